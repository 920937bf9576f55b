// The run: every batch writes its records, its account, its refused rows and the job's progress in one transaction, so
// that a stop at any moment leaves no half batch and the next start goes on with the first row that is not committed.
import { setTimeout as sleep } from "node:timers/promises";
import { type FieldReason, Problem, type ProblemCode } from "../../contract/problem.ts";
import { problemOf } from "../database-problem.ts";
import type { Tx } from "../db/database.ts";
import { type BulkRow, bulkWrite } from "../records/bulk.ts";
import { readEarlier, type WrittenRow, writeBlock, writeRefused } from "./blocks.ts";
import { type ImportParts, type Prepared, prepare, refusedOf } from "./check-run.ts";
import type { CellProblem } from "./evaluate.ts";
import { loadExisting, sealBefore } from "./existing.ts";
import { importScope, type Job } from "./jobs.ts";
import { demandMandate, demandRights, mandateActor, RunStopped } from "./mandate.ts";
import type { Judged } from "./decide.ts";
import { Judge } from "./judge.ts";
import { type Batch, runPass } from "./pass.ts";
import type { Plan } from "./plan.ts";

/** Refusals that are about one row; any other stops the run. */
const ofOneRow: ReadonlySet<string> = new Set([
  "invalid",
  "duplicate",
  "in_use",
  "not_allowed",
  "field_not_allowed",
  "not_found",
  "conflict",
  "limit_reached",
]);
const conflictTries = 4;

export class WriteRun {
  readonly #parts: ImportParts;
  readonly #prepared: Prepared;
  readonly #judge: Judge;
  #job: Job;

  private constructor(parts: ImportParts, job: Job, prepared: Prepared) {
    this.#parts = parts;
    this.#job = job;
    this.#prepared = prepared;
    this.#judge = new Judge(parts.records, prepared.access, prepared.plan, prepared.compare);
  }

  /**
   * Works through the file from where the job stands and returns the job as it is then. `step` is told the rows read
   * and may throw to stop. Throws RunStopped, and Problems about file, plan and rights.
   */
  static async run(parts: ImportParts, job: Job, step: (rows: number) => void): Promise<Job> {
    const prepared = await prepare(parts, job);
    const earlier =
      job.doneRows === 0
        ? undefined
        : await parts.records.db.tx(importScope, (tx) => readEarlier(tx, job.id, job.doneRows));
    const run = new WriteRun(parts, job, prepared);
    // Created rows of one file take no locks that another batch waits for; changed ones may (the lock on a tree).
    const { object, settings } = prepared.plan;
    const overlap = settings.mode === "insert" && object.fields.every(({ tells }) => tells === undefined);
    await runPass({
      plan: prepared.plan,
      judge: run.#judge,
      rows: prepared.rows,
      earlier,
      step,
      overlap,
      sink: (batch) => run.#batch(batch),
    });
    return run.#job;
  }

  /** One batch; where a row makes it fail, its halves, so that only that row is left out. */
  async #batch(batch: Batch): Promise<readonly Judged[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#commit(batch);
      } catch (error) {
        const problem = problemOf(error);
        if (!problem || !ofOneRow.has(problem.code)) throw error;
        if (problem.code === "conflict" && attempt < conflictTries) {
          await sleep(20 * 2 ** attempt);
          continue;
        }
        if (batch.rows.length > 1) {
          const middle = Math.ceil(batch.rows.length / 2);
          const first = batch.rows.slice(0, middle);
          const second = batch.rows.slice(middle);
          // Until the second half is committed too, only what lies before the first of its rows is done.
          const rest = Math.min(...second.map((row) => row.row.row)) - 1;
          const judged = await this.#batch({
            rows: first,
            upTo: Math.max(this.#job.doneRows, Math.min(rest, batch.upTo)),
            after: batch.after,
          });
          return [...judged, ...(await this.#batch({ ...batch, rows: second }))];
        }
        const [row] = batch.rows;
        if (!row || row.problems.length > 0) throw error;
        return this.#batch({ ...batch, rows: [{ ...row, problems: [rowProblem(this.#prepared.plan, problem)] }] });
      }
    }
  }

  async #commit(batch: Batch): Promise<readonly Judged[]> {
    const { records, jobs } = this.#parts;
    const { keys, plan } = this.#prepared;
    const now = new Date();
    return records.db.tx(importScope, async (tx) => {
      const judged = await this.#judge.judge(tx, batch.rows);
      const written = await this.#write(tx, judged, now);
      await batch.after;
      demandMandate(
        this.#job,
        "import.start",
        judged.filter(({ verdict }) => verdict.op === "create" || verdict.op === "update").length,
        now,
      );
      await demandRights(this.#parts, this.#job, this.#prepared);
      await tx.rescope(importScope);
      const number = this.#job.batches + 1;
      const refused = refusedOf(judged);
      await writeBlock(tx, records.keyring, this.#job.id, number, written);
      await writeRefused(tx, keys, this.#job.id, number, refused);
      const count = (op: string): number => judged.filter((one) => one.verdict.op === op).length;
      const updated = await jobs
        .update(tx, this.#job, {
          batches: number,
          doneRows: Math.max(batch.upTo, this.#job.doneRows),
          createdRows: this.#job.createdRows + count("create"),
          updatedRows: this.#job.updatedRows + count("update"),
          skippedRows: this.#job.skippedRows + count("skip"),
          badRows: this.#job.badRows + refused.length,
        })
        .catch((error: unknown) => {
          throw error instanceof Problem ? new RunStopped("changed") : error;
        });
      await records.ledger.insert(tx, [
        {
          action: "import.batch",
          at: now,
          actor: mandateActor(this.#job),
          object: plan.object.key,
          result: "ok",
          counts: { written: count("create") + count("update") },
          rows: [updated.change],
        },
      ]);
      tx.afterCommit(() => {
        this.#job = updated.row;
      });
      return judged;
    });
  }

  async #write(tx: Tx, judged: readonly Judged[], now: Date): Promise<WrittenRow[]> {
    const { access, plan } = this.#prepared;
    const rows: BulkRow[] = [];
    for (const { verdict } of judged) {
      if (verdict.op === "create") rows.push({ op: "create", ...verdict.change });
      else if (verdict.op === "update")
        rows.push({ op: "update", version: verdict.existing.version, ...verdict.change });
    }
    const { records } = this.#parts;
    const origin = { actor: mandateActor(this.#job), by: this.#job.personId, now };
    const done = rows.length === 0 ? [] : await bulkWrite(records, tx, access, plan.object, rows, origin);
    const versions = new Map(done.map((one) => [one.id, one.version]));
    // A changed record may be about somebody else now; what it held before is sealed with that one's key.
    const resealed = judged.flatMap(({ verdict }) =>
      verdict.op === "update" && plan.object.about !== undefined ? [verdict.change.id] : [],
    );
    const existing = await loadExisting(records, tx, access, plan.object, resealed);
    return judged.flatMap(({ row, verdict }): WrittenRow[] => {
      if (verdict.op === "skip") return [{ row: row.row.row, id: verdict.id, version: 0, before: null }];
      if (verdict.op !== "create" && verdict.op !== "update") return [];
      const version = versions.get(verdict.change.id) ?? 1;
      return [
        {
          row: row.row.row,
          id: verdict.change.id,
          version,
          before:
            verdict.op === "update"
              ? sealBefore(existing.get(verdict.change.id) ?? verdict.existing, version, verdict.before)
              : null,
        },
      ];
    });
  }
}

/** What a refusal without a named field means for a row. */
const rowReasons: Readonly<Partial<Record<ProblemCode, FieldReason>>> = {
  duplicate: "already_used",
  conflict: "changed_meanwhile",
  not_allowed: "not_yours",
  not_found: "not_yours",
  field_not_allowed: "not_writable",
};

/** A refusal of a single row as a problem of one of its cells. */
function rowProblem(plan: Plan, problem: Problem): CellProblem {
  const [field] = problem.fields;
  const column = field && plan.columns.find((one) => one.field.key === field.field);
  if (field) return { column, reason: field.reason, params: field.params };
  return { column, reason: rowReasons[problem.code] ?? "wrong_type" };
}
