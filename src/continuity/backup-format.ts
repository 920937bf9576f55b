// A backup's form: a few plain lines that say which kit opens it, then one sealed message (docs/operations/
// A backups.md). Sealed in it, compressed, lie the tables one after the other and at the end a signed manifest.
import { createHash } from "node:crypto";
import { z } from "zod";
import { hkdf, keyLength } from "../vault/keys/primitives.ts";
import { checkCode, type RootKeyFile } from "../vault/keys/key-file.ts";
import { BackupProblem } from "./backup-problem.ts";

/** The lines before the sealed message. They say nothing about the company but which installation it is. */
export interface BackupHeader {
  readonly installationId: string;
  /** The recovery kit's check code. */
  readonly kit: string;
  readonly madeAt: string;
}

const first = "strongroom backup ";
const version = 1;
const form =
  /^strongroom backup 1\ninstallation ([0-9a-f-]{36})\nkit ([0-9A-F]{4}-[0-9A-F]{4})\nmade (\S{24})\ncheck ([0-9a-f]{16})\n\n$/;
/** Longest header this or a later version writes. */
export const mostHeader = 1024;
/** Cobblestone-256, as everywhere. */
export const suite = 0x01;

export function encodeHeader({ installationId, kit, madeAt }: BackupHeader): Buffer {
  const text = `${first}${version}\ninstallation ${installationId}\nkit ${kit}\nmade ${madeAt}\n`;
  return Buffer.from(`${text}check ${digest(text)}\n\n`);
}

/** The header at the beginning of a file, and its length. Throws BackupProblem. */
export function decodeHeader(start: Buffer): { header: BackupHeader; length: number } {
  const text = start.toString("latin1");
  if (!text.startsWith(first)) throw new BackupProblem("not_a_backup");
  const length = text.indexOf("\n\n") + 2;
  const given = text.slice(0, length);
  const check = /\ncheck ([0-9a-f]{16})\n\n$/.exec(given)?.[1];
  if (check !== digest(given.slice(0, -"check 0123456789abcdef\n\n".length))) throw new BackupProblem("damaged");
  // Its check fits, so this is what some version wrote.
  const [, installationId, kit, madeAt] = form.exec(given) ?? [];
  if (installationId === undefined || kit === undefined || madeAt === undefined)
    throw new BackupProblem("newer_version");
  return { header: { installationId, kit, madeAt }, length };
}

/** Tells damage from a wrong kit; it is no secret and no proof. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** What a root key opens: nothing else is sealed under this key. */
export function backupKey(rootKey: Uint8Array): Buffer {
  return hkdf(rootKey, Buffer.alloc(0), Buffer.from("strongroom backup 1"), keyLength);
}

/** Throws BackupProblem `wrong_kit` when the backup was not made under this root key. */
export function demandKit({ installationId, kit }: BackupHeader, key: RootKeyFile): void {
  if (installationId !== key.installationId || kit !== checkCode(key)) throw new BackupProblem("wrong_kit");
}

/** `rows`: a table of schema vault. `keys`: wrapped keys, which a repository keeps apart and for 30 days only. */
export const partKinds = ["rows", "keys"] as const;

export const partStart = z.strictObject({
  /** `schema.table`, or `keystore/FILE`. */
  name: z.string().regex(/^(?:[a-z_0-9]+\.[a-z_0-9]+|keystore\/[0-9a-f-]{36}\.key)$/u),
  kind: z.enum(partKinds),
  columns: z.array(z.string().regex(/^[a-z_0-9]+$/u)),
});
export type PartStart = z.infer<typeof partStart>;

const partTotals = partStart.pick({ name: true, kind: true }).extend({
  rows: z.int().min(0),
  bytes: z.int().min(0),
  /** Of the part's bytes, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
});
export type PartTotals = z.infer<typeof partTotals>;

const migration = z.strictObject({ name: z.string(), hash: z.string() });

/** What stands before the parts: needed to make the tables. */
export const backupHead = z.strictObject({
  program: z.string(),
  installationId: z.uuid(),
  madeAt: z.iso.datetime(),
  migrations: z.array(migration),
});
export type BackupHead = z.infer<typeof backupHead>;

/** What stands after the parts, signed by the installation's key: what there is, to be compared. */
export const backupManifest = backupHead.extend({
  /** The ledger's newest checkpoint in the backup; null while nothing was signed yet. */
  ledger: z.strictObject({ size: z.int(), root: z.string(), note: z.string() }).nullable(),
  /** The Ed25519 key that signs it and the checkpoints, base64. */
  publicKey: z.string(),
  /** Rows of records: customers, contacts and so on. */
  records: z.int().min(0),
  parts: z.array(partTotals),
});
export type BackupManifest = z.infer<typeof backupManifest>;

/** What is signed: the manifest's bytes as they lie in the backup, for this purpose only. */
export function signedBytes(manifest: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("strongroom backup manifest 1\0"), manifest]);
}

export const frameTypes = { head: 1, part: 2, data: 3, partEnd: 4, manifest: 5, signature: 6 } as const;
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

/** Longest payload of a frame; rows may be longer, and then go on in the next. */
export const mostPayload = 1024 * 1024;

export function frame(type: FrameType, payload: Uint8Array): Buffer {
  if (payload.length > mostPayload) throw new RangeError("a frame is too long");
  const head = Buffer.alloc(5);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}

/** The frames of a stream. Throws BackupProblem `damaged` for what no version wrote. */
export async function* readFrames(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<{ readonly type: number; readonly payload: Buffer }> {
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    let at = 0;
    while (held.length - at >= 5) {
      const length = held.readUInt32BE(at + 1);
      if (length > mostPayload) throw new BackupProblem("damaged");
      if (held.length - at - 5 < length) break;
      yield { type: held.readUInt8(at), payload: held.subarray(at + 5, at + 5 + length) };
      at += 5 + length;
    }
    held = held.subarray(at);
  }
  if (held.length > 0) throw new BackupProblem("damaged");
}
