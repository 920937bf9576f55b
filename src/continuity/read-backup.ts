// Reads a backup: which kit opens it, and its parts, each byte authenticated before it is given out. Whether the
// copy is whole is known at its end only: nothing that was read may be used for good before that.
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import type { z } from "zod";
import { SealBroken } from "../vault/keys/broken.ts";
import { openStream } from "../vault/keys/chunked-stream.ts";
import type { RootKeyFile } from "../vault/keys/key-file.ts";
import { ed25519Verify } from "../vault/keys/signature.ts";
import {
  backupHead,
  type BackupHead,
  type BackupHeader,
  backupKey,
  backupManifest,
  type BackupManifest,
  decodeHeader,
  demandKit,
  frameTypes,
  mostHeader,
  partStart,
  type PartStart,
  readFrames,
  signedBytes,
  suite,
} from "./backup-format.ts";
import { BackupProblem } from "./backup-problem.ts";
import { Counting } from "./counting.ts";

/** Takes what is read. `part` must read its source to the end. */
export interface BackupReader {
  head?(head: BackupHead): Promise<void>;
  part(part: PartStart, source: AsyncIterable<Buffer>): Promise<void>;
}

export interface VerifiedBackup {
  readonly bytes: number;
  readonly manifest: BackupManifest;
}

/** The plain lines of a file. Throws BackupProblem. */
export async function readHeader(file: string): Promise<{ header: BackupHeader; length: number }> {
  try {
    const handle = await open(file, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostHeader), 0, mostHeader, 0);
      return decodeHeader(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new BackupProblem("file_missing", { cause: error });
    throw error;
  }
}

/** Reads all of it and uses nothing. Throws BackupProblem. */
export function verifyBackup(
  file: string,
  key: RootKeyFile,
  progress?: (share: number) => void,
): Promise<VerifiedBackup> {
  const ignore = async (_part: PartStart, source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const _ of source);
  };
  return readBackup(file, key, { part: ignore }, progress);
}

/** Reads a backup to its end. Throws BackupProblem, and whatever the reader throws. */
export async function readBackup(
  file: string,
  key: RootKeyFile,
  reader: BackupReader,
  progress: (share: number) => void = () => undefined,
): Promise<VerifiedBackup> {
  const { header, length } = await readHeader(file);
  demandKit(header, key);
  const { size } = await stat(file);
  const sealKey = backupKey(key.rootKey);
  try {
    const manifest = await readSealed(file, { length, size, sealKey, reader, progress });
    if (manifest.installationId !== header.installationId || manifest.madeAt !== header.madeAt)
      throw new BackupProblem("damaged");
    return { bytes: size, manifest };
  } catch (error) {
    throw isDamage(error) ? new BackupProblem("damaged", { cause: error }) : error;
  } finally {
    sealKey.fill(0);
  }
}

interface Sealed {
  readonly length: number;
  readonly size: number;
  readonly sealKey: Buffer;
  readonly reader: BackupReader;
  readonly progress: (share: number) => void;
}

async function readSealed(file: string, { length, size, sealKey, reader, progress }: Sealed): Promise<BackupManifest> {
  const plain = Buffer.alloc(length + 1);
  const handle = await open(file, "r");
  try {
    await handle.read(plain, 0, plain.length, 0);
  } finally {
    await handle.close();
  }
  if (plain[length] !== suite) throw new BackupProblem("newer_version");
  let read = plain.length;
  const told = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      read += chunk.length;
      progress(read / size);
      yield chunk;
    }
  };
  const plaintext = new PassThrough();
  const opened = pipeline(
    createReadStream(file, { start: plain.length }),
    told,
    (source: AsyncIterable<Buffer>) => openStream(sealKey, plain, source),
    createZstdDecompress(),
    plaintext,
  );
  // Its error reaches whoever reads the plaintext; it is waited for below.
  opened.catch(() => undefined);
  const manifest = await readParts(readFrames(plaintext), reader);
  await opened;
  return manifest;
}

type Frames = AsyncGenerator<{ readonly type: number; readonly payload: Buffer }>;

async function readParts(frames: Frames, reader: BackupReader): Promise<BackupManifest> {
  const head = parse(backupHead, await next(frames, frameTypes.head));
  await reader.head?.(head);
  const totals: unknown[] = [];
  for (;;) {
    const { type, payload } = await any(frames);
    if (type === frameTypes.manifest) {
      const manifest = parse(backupManifest, payload);
      const signature = await next(frames, frameTypes.signature);
      const signed = ed25519Verify(Buffer.from(manifest.publicKey, "base64"), signedBytes(payload), signature);
      const { program, installationId, madeAt, migrations } = manifest;
      const same = JSON.stringify([manifest.parts, { program, installationId, madeAt, migrations }]);
      if (!signed || same !== JSON.stringify([totals, head]) || (await frames.next()).done !== true)
        throw new BackupProblem("damaged");
      return manifest;
    }
    if (type !== frameTypes.part) throw new BackupProblem("damaged");
    const start = parse(partStart, payload);
    totals.push(await readPart(frames, start, reader));
  }
}

async function readPart(frames: Frames, start: PartStart, reader: BackupReader): Promise<unknown> {
  const counting = new Counting();
  let end: unknown;
  const data = async function* (): AsyncGenerator<Buffer> {
    for (;;) {
      const { type, payload } = await any(frames);
      if (type === frameTypes.partEnd) {
        end = JSON.parse(payload.toString());
        return;
      }
      if (type !== frameTypes.data) throw new BackupProblem("damaged");
      counting.add(payload);
      yield payload;
    }
  };
  await reader.part(start, data());
  const total = { name: start.name, kind: start.kind, ...counting.totals() };
  if (JSON.stringify(end) !== JSON.stringify(total)) throw new BackupProblem("damaged");
  return total;
}

async function any(frames: Frames): Promise<{ readonly type: number; readonly payload: Buffer }> {
  const { done, value } = await frames.next();
  if (done === true) throw new BackupProblem("damaged");
  return value;
}

async function next(frames: Frames, due: number): Promise<Buffer> {
  const { type, payload } = await any(frames);
  if (type !== due) throw new BackupProblem("damaged");
  return payload;
}

function parse<S extends z.ZodType>(schema: S, payload: Buffer): z.infer<S> {
  const parsed = schema.safeParse(JSON.parse(payload.toString("utf8")));
  // It was sealed under our key, so a version that knows more wrote it.
  if (!parsed.success) throw new BackupProblem("newer_version");
  return parsed.data;
}

/** What authenticated reading throws at a changed or missing byte. */
function isDamage(error: unknown): boolean {
  if (error instanceof SealBroken || error instanceof SyntaxError) return true;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  return code.startsWith("ZSTD_") || code.startsWith("ERR_ZSTD") || code === "Z_BUF_ERROR";
}
