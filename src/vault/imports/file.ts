// The uploaded file: sealed parts in the database, opened one at a time, decoded and read row by row. Nothing of it is
// ever whole in memory or in the clear on the disk.
import { setImmediate as breathe } from "node:timers/promises";
import { type ImportEncoding, importPartBytes } from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import type { Database, Tx } from "../db/database.ts";
import { openBytes, sealBytes } from "../keys/chunked.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { sealContextBytes } from "../keys/seal.ts";
import { CsvReader, type CsvRow } from "./csv-reader.ts";
import { EncodingDetector, sampleBytes } from "./detect.ts";
import { importScope, type Job } from "./jobs.ts";

/** Cobblestone-256, as in records' seals. */
const suite = 0x01;

export function partsOf(size: number): number {
  return Math.ceil(size / importPartBytes);
}

function partLength(size: number, index: number): number {
  return Math.min(importPartBytes, size - index * importPartBytes);
}

function contextOf(jobId: string, index: number): Buffer {
  return sealContextBytes({ object: "import_part", recordId: jobId, class: 2, sealVersion: index });
}

/** Puts one part down; again if it was there. Returns how many are missing. Throws Problem `invalid` for a wrong length. */
export async function writePart(tx: Tx, job: Job, keys: SubjectKeys, index: number, data: Uint8Array): Promise<number> {
  if (index >= partsOf(job.size) || data.length !== partLength(job.size, index))
    throw new Problem("invalid", {
      fields: [{ field: "data", reason: "out_of_range", params: { min: 0, max: partsOf(job.size) - 1 } }],
    });
  const sealed = sealBytes(keys.class2, contextOf(job.id, index), data, 1);
  sealed[0] = suite;
  await tx.query("delete from vault.import_part where job_id = $1 and index = $2", [job.id, index]);
  await tx.query("insert into vault.import_part (job_id, index, sealed) values ($1, $2, $3)", [job.id, index, sealed]);
  const [row] = await tx.query<{ n: number }>("select count(*) as n from vault.import_part where job_id = $1", [
    job.id,
  ]);
  return partsOf(job.size) - (row?.n ?? 0);
}

export async function removeParts(tx: Tx, jobId: string): Promise<void> {
  await tx.query("delete from vault.import_part where job_id = $1", [jobId]);
}

/** The bytes of the file in order, at most 4 MiB at a time. Throws SealBroken for parts changed from outside. */
export async function* fileBytes(db: Database, job: Job, keys: SubjectKeys): AsyncGenerator<Buffer> {
  for (let index = 0; index < partsOf(job.size); index++) {
    const [row] = await db.read<{ sealed: Buffer }>(
      importScope,
      "select sealed from vault.import_part where job_id = $1 and index = $2",
      [job.id, index],
    );
    if (!row) throw new Problem("not_found");
    yield openBytes(keys.class2, contextOf(job.id, index), row.sealed.subarray(1));
  }
}

export interface FileForm {
  readonly encoding: ImportEncoding;
  readonly delimiter: string;
}

/** Bytes decoded at a time, so that no turn of the event loop takes longer than about 10 ms. */
const pieceBytes = 262_144;

/**
 * The rows of the file in order. Throws Problem `file_unreadable` with `because`: `encoding` where bytes are none of
 * the encoding, `quote_not_closed` with its row.
 */
export async function* fileRows(db: Database, job: Job, keys: SubjectKeys, form: FileForm): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder(form.encoding, { fatal: true });
  const reader = new CsvReader(form.delimiter);
  for await (const bytes of fileBytes(db, job, keys)) {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const rows = reader.push(decode(decoder, bytes.subarray(at, at + pieceBytes)));
      if (rows.length > 0) yield rows;
      await breathe();
    }
  }
  const rows = [...reader.push(decode(decoder)), ...reader.end()];
  if (rows.length > 0) yield rows;
}

function decode(decoder: TextDecoder, bytes?: Buffer): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new Problem("file_unreadable", { extra: { because: "encoding" } });
  }
}

/** The encoding of the whole file and the text of its first 64 KiB. */
export async function sampleFile(
  db: Database,
  job: Job,
  keys: SubjectKeys,
  given?: ImportEncoding,
): Promise<{ encoding: ImportEncoding; text: string }> {
  const detector = new EncodingDetector();
  let head: Buffer | undefined;
  for await (const bytes of fileBytes(db, job, keys)) {
    head ??= Buffer.from(bytes.subarray(0, sampleBytes));
    if (given !== undefined) break;
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      detector.add(bytes.subarray(at, at + pieceBytes));
      await breathe();
    }
  }
  const encoding = given ?? detector.end();
  // Not strict: a character may be cut at the end, and a wrongly given encoding should show itself in the samples.
  return { encoding, text: new TextDecoder(encoding).decode(head, { stream: true }) };
}
