// The account of a run: per batch, which rows were written to which records, and which rows were refused and why. The
// first is tagged, so that undo touches nothing the import did not make; the second is sealed with the job's key.
import type { FieldReason } from "../../contract/problem.ts";
import type { Queryable, Tx } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Keyring } from "../keys/keyring.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { EvaluatedRow } from "./evaluate.ts";

export interface WrittenRow {
  readonly row: number;
  readonly id: string;
  /** 0: the record had these values already. */
  readonly version: number;
  /** Sealed; null for a record that was created. */
  readonly before: Buffer | null;
}

interface WrittenBlock {
  readonly batch: number;
  readonly row_numbers: readonly number[];
  readonly record_ids: readonly string[];
  readonly versions: readonly number[];
  readonly before: readonly (Buffer | null)[];
  readonly undone_at: Date | null;
  readonly tag: Buffer;
}

const table = "import_written";

function tagFields(jobId: string, batch: number, rows: readonly WrittenRow[]) {
  const head = JSON.stringify(rows.map((row) => [row.row, row.id, row.version, row.before?.length ?? -1]));
  return [jobId, batch, head, Buffer.concat(rows.flatMap((row) => (row.before ? [row.before] : [])))] as const;
}

export async function writeBlock(
  tx: Tx,
  keyring: Keyring,
  jobId: string,
  batch: number,
  rows: readonly WrittenRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    "insert into vault.import_written (job_id, batch, row_numbers, record_ids, versions, before, tag) values ($1, $2, $3, $4, $5, $6, $7)",
    [
      jobId,
      batch,
      rows.map((row) => row.row),
      rows.map((row) => row.id),
      rows.map((row) => row.version),
      rows.map((row) => row.before),
      keyring.tag(table, tagFields(jobId, batch, rows)),
    ],
  );
}

/** One block; undefined where there is none. Throws TagBroken. */
export async function readBlock(
  q: Queryable,
  keyring: Keyring,
  jobId: string,
  batch: number,
): Promise<{ rows: WrittenRow[]; undone: boolean } | undefined> {
  const [block] = await q.query<WrittenBlock>(
    "select batch, row_numbers, record_ids, versions, before, undone_at, tag from vault.import_written where job_id = $1 and batch = $2",
    [jobId, batch],
  );
  if (!block) return undefined;
  const rows = block.record_ids.map((id, index) => ({
    id,
    row: block.row_numbers[index] ?? 0,
    version: block.versions[index] ?? 0,
    before: block.before[index] ?? null,
  }));
  keyring.verifyTag(table, tagFields(jobId, batch, rows), block.tag);
  return { rows, undone: block.undone_at !== null };
}

/** Batches that wrote something, the newest first. */
export async function writtenBatches(q: Queryable, jobId: string): Promise<number[]> {
  const rows = await q.query<{ batch: number }>(
    "select batch from vault.import_written where job_id = $1 and undone_at is null order by batch desc",
    [jobId],
  );
  return rows.map((row) => row.batch);
}

export async function markUndone(tx: Tx, jobId: string, batch: number, at: Date): Promise<void> {
  await tx.query("update vault.import_written set undone_at = $3 where job_id = $1 and batch = $2", [jobId, batch, at]);
}

export interface RefusedRow {
  readonly row: number;
  readonly cells: readonly string[];
  readonly problems: readonly {
    readonly index: number | null;
    readonly field: string | null;
    readonly reason: FieldReason;
    readonly params: Readonly<Record<string, string | number>>;
  }[];
}

/** Most of a refused row that is kept for the error file. */
const maxCell = 2000;
const maxRow = 32_000;

export function refusedRow(row: EvaluatedRow, problems: EvaluatedRow["problems"]): RefusedRow {
  let room = maxRow;
  const cells = row.row.cells.map((cell) => {
    const kept = cell.slice(0, Math.min(maxCell, room)).toWellFormed();
    room -= kept.length;
    return kept;
  });
  return {
    row: row.row.row,
    cells,
    problems: problems.slice(0, 20).map((one) => ({
      index: one.column?.index ?? null,
      field: one.column?.field.key ?? one.field ?? null,
      reason: one.reason,
      params: one.params ?? {},
    })),
  };
}

function placeOf(jobId: string, batch: number) {
  return { object: "import_row_error", recordId: jobId, class: 2, sealVersion: batch } as const;
}

export async function writeRefused(
  tx: Tx,
  keys: SubjectKeys,
  jobId: string,
  batch: number,
  rows: readonly RefusedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const sealed = sealValue(keys.class2, placeOf(jobId, batch), rows);
  await tx.query("insert into vault.import_row_error (job_id, batch, row_numbers, sealed) values ($1, $2, $3, $4)", [
    jobId,
    batch,
    rows.map((row) => row.row),
    sealed,
  ]);
}

/** The refused rows of the first batch from `batch` on that has any. Throws SealBroken. */
export async function readRefused(
  q: Queryable,
  keys: SubjectKeys,
  jobId: string,
  batch: number,
): Promise<{ batch: number; rows: readonly RefusedRow[] } | undefined> {
  const [block] = await q.query<{ batch: number; sealed: Buffer }>(
    "select batch, sealed from vault.import_row_error where job_id = $1 and batch >= $2 order by batch limit 1",
    [jobId, batch],
  );
  // Sealed by writeRefused.
  return (
    block && {
      batch: block.batch,
      rows: openValue(keys.class2, placeOf(jobId, block.batch), block.sealed) as RefusedRow[],
    }
  );
}

export async function removeRefused(tx: Tx, jobId: string): Promise<void> {
  await tx.query("delete from vault.import_row_error where job_id = $1", [jobId]);
}

export async function removeWritten(tx: Tx, jobId: string): Promise<void> {
  await tx.query("delete from vault.import_written where job_id = $1", [jobId]);
}

/** Row numbers that earlier batches dealt with for good, and the records they became. */
export async function readEarlier(
  q: Queryable,
  jobId: string,
  doneRows: number,
): Promise<{ doneRows: number; isDone: (row: number) => boolean; idOf: (row: number) => string | undefined }> {
  const done = new Uint8Array(doneRows + 1);
  const ids = new Map<number, string>();
  const mark = (row: number): void => {
    if (row <= doneRows) done[row] = 1;
  };
  for (const { row_numbers, record_ids } of await q.query<{ row_numbers: number[]; record_ids: string[] }>(
    "select row_numbers, record_ids from vault.import_written where job_id = $1",
    [jobId],
  )) {
    for (const [index, row] of row_numbers.entries()) {
      mark(row);
      const id = record_ids[index];
      if (id !== undefined) ids.set(row, id);
    }
  }
  for (const { row_numbers } of await q.query<{ row_numbers: number[] }>(
    "select row_numbers from vault.import_row_error where job_id = $1",
    [jobId],
  ))
    for (const row of row_numbers) mark(row);
  return { doneRows, isDone: (row) => done[row] === 1, idOf: (row) => ids.get(row) };
}
