// Makes a backup: the snapshot goes compressed and sealed into a file that carries its name only once all of it was
// read back, opened and counted. What a stop leaves behind is an unfinished file, which the next backup removes.
import { constants } from "node:fs";
import { access, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { constants as zlib, createZstdCompress } from "node:zlib";
import type { Database } from "../vault/db/database.ts";
import { sealStream } from "../vault/keys/chunked-stream.ts";
import { checkCode, type RootKeyFile } from "../vault/keys/key-file.ts";
import type { Signer } from "../vault/keys/signature.ts";
import {
  backupKey,
  type BackupHead,
  type BackupHeader,
  type BackupManifest,
  encodeHeader,
  frame,
  frameTypes,
  mostPayload,
  type PartTotals,
  signedBytes,
  suite,
} from "./backup-format.ts";
import { BackupProblem } from "./backup-problem.ts";
import { Counting } from "./counting.ts";
import { verifyBackup } from "./read-backup.ts";
import { openSnapshot, type Part, type Snapshot } from "./snapshot.ts";

export interface BackupOptions {
  readonly db: Database;
  readonly keystore: string;
  readonly rootKey: RootKeyFile;
  readonly signer: Signer;
  readonly program: string;
  /** Where to. It must be there, or its parent must. */
  readonly folder: string;
  /** From 0 to 1: the first half is writing, the second reading back. */
  readonly progress?: (share: number) => void;
}

export interface MadeBackup {
  readonly file: string;
  readonly bytes: number;
  readonly manifest: BackupManifest;
}

const ending = ".backup";
const unfinished = ".unfinished";
/** Rows are gathered to about this many bytes. */
const gathered = 64 * 1024;

/** Throws BackupProblem for what the operator can change; then nothing is left in the folder. */
export async function makeBackup(options: BackupOptions): Promise<MadeBackup> {
  const { folder, rootKey, progress = () => undefined } = options;
  await prepareFolder(folder);
  const madeAt = new Date();
  const name = fileName(rootKey.installationId, madeAt);
  const partial = path.join(folder, name + unfinished);
  try {
    await write(options, partial, madeAt, (share) => progress(share / 2));
    // Read back from the file, as whoever restores it will: before this it is no backup.
    const { manifest, bytes } = await verifyBackup(partial, rootKey, (share) => progress(0.5 + share / 2));
    const file = path.join(folder, name);
    await rename(partial, file);
    await syncFolder(folder);
    return { file, bytes, manifest };
  } catch (error) {
    await rm(partial, { force: true });
    if (isFull(error)) throw new BackupProblem("no_space", { cause: error });
    throw error;
  }
}

/** Sorted by name they are sorted by time. The id tells installations apart and names nobody. */
function fileName(installationId: string, at: Date): string {
  const time = at.toISOString().replace(/[-:.]/g, "");
  return `strongroom-${installationId.slice(0, 8)}-${time}${ending}`;
}

async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await access(folder, constants.W_OK | constants.X_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error("not a folder");
    // Copies are made one at a time, so what is unfinished was left by a kill.
    for (const file of await readdir(folder))
      if (file.startsWith("strongroom-") && file.endsWith(ending + unfinished)) await rm(path.join(folder, file));
  } catch (error) {
    throw new BackupProblem("folder_unusable", { cause: error });
  }
}

async function write(
  { db, keystore, rootKey, signer, program }: BackupOptions,
  file: string,
  madeAt: Date,
  progress: (share: number) => void,
): Promise<void> {
  const { installationId } = rootKey;
  const header: BackupHeader = { installationId, kit: checkCode(rootKey), madeAt: madeAt.toISOString() };
  const plain = Buffer.concat([encodeHeader(header), Buffer.of(suite)]);
  const key = backupKey(rootKey.rootKey);
  const handle = await open(file, "wx", 0o600);
  let snapshot: Snapshot | undefined;
  try {
    await handle.write(plain);
    snapshot = await openSnapshot(db, keystore);
    const head: BackupHead = {
      program,
      installationId,
      madeAt: madeAt.toISOString(),
      migrations: [...snapshot.migrations],
    };
    await pipeline(
      framesOf(snapshot, head, signer, progress),
      createZstdCompress({ params: { [zlib.ZSTD_c_compressionLevel]: 3 } }),
      (source: AsyncIterable<Buffer>) => sealStream(key, plain, source),
      async (sealed: AsyncIterable<Buffer>) => {
        for await (const chunk of sealed) await handle.write(chunk);
      },
    );
    await handle.sync();
  } finally {
    key.fill(0);
    await handle.close();
    await snapshot?.close();
  }
}

async function* framesOf(
  snapshot: Snapshot,
  head: BackupHead,
  signer: Signer,
  progress: (share: number) => void,
): AsyncGenerator<Buffer> {
  yield frame(frameTypes.head, json(head));
  const totals: PartTotals[] = [];
  const whole = snapshot.parts.reduce((sum, { weight }) => sum + weight, 1);
  let done = 0;
  for (const part of snapshot.parts) {
    const { name, kind, columns, weight } = part;
    yield frame(frameTypes.part, json({ name, kind, columns }));
    const counting = new Counting();
    for await (const bytes of gather(part, counting)) {
      yield frame(frameTypes.data, bytes);
      progress((done + Math.min(counting.bytes, weight)) / whole);
    }
    done += weight;
    const total = { name, kind, ...counting.totals() };
    totals.push(total);
    yield frame(frameTypes.partEnd, json(total));
  }
  const records = totals.reduce((sum, { name, rows }) => sum + (isRecords(name) ? rows : 0), 0);
  const manifest: BackupManifest = {
    ...head,
    ledger: snapshot.ledger,
    publicKey: signer.publicKey.toString("base64"),
    records,
    parts: totals,
  };
  const bytes = json(manifest);
  yield frame(frameTypes.manifest, bytes);
  yield frame(frameTypes.signature, signer.sign(signedBytes(bytes)));
}

/** Customers, contacts, people: what a person would count. */
function isRecords(name: string): boolean {
  return name.startsWith("vault.record_") && name !== "vault.record_lookup";
}

/** Rows arrive one by one; long ones are cut. */
async function* gather(part: Part, counting: Counting): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let length = 0;
  for await (const row of part.read(counting)) {
    held.push(row);
    length += row.length;
    if (length < gathered) continue;
    yield* cut(Buffer.concat(held));
    [held, length] = [[], 0];
  }
  if (length > 0) yield* cut(Buffer.concat(held));
}

function* cut(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += mostPayload) yield bytes.subarray(at, at + mostPayload);
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT", "EFBIG"].includes((error as NodeJS.ErrnoException).code ?? "");
}
