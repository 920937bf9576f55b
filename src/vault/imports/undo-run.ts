// Takes an import back, newest batch first: what it created goes to the recycle bin, what it changed is set back. A
// record that somebody has changed since, or that the person may no longer change, is kept as it is and counted.
import { Problem } from "../../contract/problem.ts";
import { problemOf } from "../database-problem.ts";
import type { Tx } from "../db/database.ts";
import { type BulkRow, bulkWrite } from "../records/bulk.ts";
import type { ObjectDefinition } from "../../contract/field.ts";
import type { Access } from "../access/access.ts";
import { markUndone, readBlock, type WrittenRow, writtenBatches } from "./blocks.ts";
import type { ImportParts } from "./check-run.ts";
import { loadExisting, openBefore } from "./existing.ts";
import { importScope, type Job } from "./jobs.ts";
import { demandMandate, demandRights, mandateActor, RunStopped } from "./mandate.ts";

interface Outcome {
  readonly rows: readonly BulkRow[];
  readonly removed: number;
  readonly restored: number;
  readonly kept: number;
}

/**
 * Works from where the job stands and returns the job as it is then. `step` is told the batches done and may throw to
 * stop. Throws RunStopped, and Problem `not_allowed` when the person is no longer active.
 */
export async function undoRun(parts: ImportParts, job: Job, step: (rows: number) => void): Promise<Job> {
  const { records } = parts;
  await records.directory.ready();
  const keys = await records.db.tx(importScope, (tx) => parts.jobs.keys(tx, job.id));
  const access = records.directory.access(job.personId, parts.jobs.settings(keys, job).confirmed);
  if (!access) throw new Problem("not_allowed");
  const object = records.schema.load(job.object);
  let current = job;
  let rows = 0;
  for (const batch of await records.db.tx(importScope, (tx) => writtenBatches(tx, job.id))) {
    current = await undoBatch(parts, current, access, object, batch);
    rows = current.undoRemoved + current.undoRestored + current.undoKept;
    step(rows);
  }
  return current;
}

async function undoBatch(
  parts: ImportParts,
  job: Job,
  access: Access,
  object: ObjectDefinition,
  batch: number,
): Promise<Job> {
  try {
    return await commitBatch(parts, job, access, object, batch, undefined);
  } catch (error) {
    if (!problemOf(error) || error instanceof RunStopped) throw error;
  }
  // One of the records cannot be taken back: each by itself, to find out which.
  const refused = new Set<string>();
  const block = await parts.records.db.tx(importScope, (tx) => readBlock(tx, parts.records.keyring, job.id, batch));
  for (const row of block?.rows ?? []) {
    try {
      await parts.records.db.tx(importScope, async (tx) => {
        const { rows } = await plan(parts, tx, access, object, [row]);
        await write(parts, tx, job, access, object, rows);
        throw new Tried();
      });
    } catch (error) {
      if (error instanceof Tried) continue;
      if (!problemOf(error)) throw error;
      refused.add(row.id);
    }
  }
  return commitBatch(parts, job, access, object, batch, refused);
}

/** Ends a trial without leaving anything. */
class Tried extends Error {}

async function commitBatch(
  parts: ImportParts,
  job: Job,
  access: Access,
  object: ObjectDefinition,
  batch: number,
  refused: ReadonlySet<string> | undefined,
): Promise<Job> {
  const { records, jobs } = parts;
  const now = new Date();
  return records.db.tx(importScope, async (tx) => {
    const block = await readBlock(tx, records.keyring, job.id, batch);
    if (!block || block.undone) return job;
    const wanted = block.rows.filter((row) => refused?.has(row.id) !== true);
    const outcome = await plan(parts, tx, access, object, wanted);
    demandMandate(job, "import.undo", outcome.rows.length, now);
    await write(parts, tx, job, access, object, outcome.rows);
    await demandRights(parts, job, { access, objects: [object] });
    await tx.rescope(importScope);
    await markUndone(tx, job.id, batch, now);
    const updated = await jobs
      .update(tx, job, {
        undoRemoved: job.undoRemoved + outcome.removed,
        undoRestored: job.undoRestored + outcome.restored,
        undoKept: job.undoKept + outcome.kept + (refused?.size ?? 0),
      })
      .catch((error: unknown) => {
        throw error instanceof Problem ? new RunStopped("changed") : error;
      });
    await records.ledger.insert(tx, [
      {
        action: "import.undo_batch",
        at: now,
        actor: mandateActor(job),
        object: object.key,
        result: "ok",
        counts: { written: outcome.rows.length },
        rows: [updated.change],
      },
    ]);
    return updated.row;
  });
}

/** What has to be written to take these rows back. */
async function plan(
  { records }: ImportParts,
  tx: Tx,
  access: Access,
  object: ObjectDefinition,
  written: readonly WrittenRow[],
): Promise<Outcome> {
  const wanted = written.filter((row) => row.version > 0);
  const existing = await loadExisting(
    records,
    tx,
    access,
    object,
    wanted.map((row) => row.id),
  );
  const rows: BulkRow[] = [];
  let removed = 0;
  let restored = 0;
  let kept = 0;
  for (const row of wanted) {
    const one = existing.get(row.id);
    if (!one || one.deleted || one.version !== row.version) {
      kept += 1;
      continue;
    }
    if (row.before === null) {
      rows.push({ op: "delete", id: row.id, version: row.version, values: {} });
      removed += 1;
    } else {
      const before = openBefore(one, row.version, row.before);
      rows.push({ op: "update", id: row.id, version: row.version, ...before });
      restored += 1;
    }
  }
  return { rows, removed, restored, kept };
}

async function write(
  { records }: ImportParts,
  tx: Tx,
  job: Job,
  access: Access,
  object: ObjectDefinition,
  rows: readonly BulkRow[],
): Promise<void> {
  if (rows.length > 0)
    await bulkWrite(records, tx, access, object, rows, { actor: mandateActor(job), by: job.personId, now: new Date() });
}
