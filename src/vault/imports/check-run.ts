// The dry run: goes the whole way of a run but for the writing, and reports what would happen.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { ImportReport } from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import type { Access } from "../access/access.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Records } from "../records/deps.ts";
import { refusedRow, writeRefused } from "./blocks.ts";
import { fileRows } from "./file.ts";
import { importScope, type Job, type Jobs } from "./jobs.ts";
import { demandRights, mandateActor } from "./mandate.ts";
import type { Judged } from "./decide.ts";
import { Judge } from "./judge.ts";
import { runPass } from "./pass.ts";
import { makePlan, type Plan } from "./plan.ts";
import type { Compare } from "./references.ts";
import { suggester } from "./shared-lists.ts";
import { Tally } from "./tally.ts";

export interface ImportParts {
  readonly records: Records;
  readonly jobs: Jobs;
  /** Whether a device was revoked, not merely replaced by another of its person. */
  readonly deviceRevoked: (deviceId: string) => Promise<boolean>;
}

export interface Prepared {
  readonly keys: SubjectKeys;
  readonly access: Access;
  readonly plan: Plan;
  /** All whose rights the run rests on: the object and those it refers to. */
  readonly objects: readonly ObjectDefinition[];
  readonly compare: Compare;
  readonly rows: ReturnType<typeof fileRows>;
}

/** Rights and plan as they are now. Throws Problem `not_allowed` for a person who is no longer active, and what makePlan throws. */
export async function prepare({ records, jobs }: ImportParts, job: Job): Promise<Prepared> {
  await records.directory.ready();
  const keys = await records.db.tx(importScope, (tx) => jobs.keys(tx, job.id));
  const settings = jobs.settings(keys, job);
  const access = records.directory.access(job.personId, settings.confirmed);
  if (!access) throw new Problem("not_allowed");
  const plan = makePlan(records.schema, records.schema.load(job.object), access, settings);
  const compare: Compare = (kind, amount) =>
    kind === "compared" ? countCompared(records, job, amount) : countFound(records, job, amount);
  const objects = [plan.object, ...plan.columns.flatMap((column) => column.target ?? [])];
  return { keys, access, plan, objects, compare, rows: fileRows(records.db, job, keys, settings) };
}

/**
 * Durable before anything is looked up, whatever becomes of the run. A check needs a reveal that is left: otherwise its
 * refusal would tell that there is something to find.
 */
async function countCompared(records: Records, job: Job, amount: number): Promise<void> {
  if (amount === 0) return;
  const at = new Date();
  const hold = records.meter.begin(job.personId, at);
  hold.demand("compared", amount);
  try {
    if (job.state === "checking") hold.demand("revealed", 1);
    await count(records, job, at, { compared: amount });
  } finally {
    hold.release();
  }
}

/** What was found is known to the person and so counts as revealed, until nothing is left. A run finds what its check has found. */
async function countFound(records: Records, job: Job, amount: number): Promise<void> {
  if (amount === 0 || job.state !== "checking") return;
  const at = new Date();
  const { used, limit } = records.meter.used(job.personId, "revealed", at);
  const left = Math.max(0, limit - used);
  await count(records, job, at, { revealed: Math.min(amount, left) });
  if (amount > left) throw new Problem("allowance_used", { extra: { kind: "revealed", used: limit, limit } });
}

async function count(
  { meter, ledger }: Records,
  job: Job,
  at: Date,
  counts: { compared: number } | { revealed: number },
): Promise<void> {
  const actor = mandateActor(job);
  await ledger.append([{ action: "import.compare", at, actor, object: job.object, result: "ok", counts }]);
  meter.add(job.personId, counts, at);
}

export function refusedOf(judged: readonly Judged[]) {
  return judged.flatMap(({ row, verdict }) => (verdict.op === "bad" ? [refusedRow(row, verdict.problems)] : []));
}

/**
 * Tries the whole file; refused rows are kept for the error file. `step` is told the rows read after each batch and may
 * throw to stop. Throws Problems about file, plan and rights.
 */
export async function checkRun(
  parts: ImportParts,
  job: Job,
  step: (rows: number) => void,
): Promise<{ report: ImportReport; headings: readonly string[] }> {
  const { db } = parts.records;
  const prepared = await prepare(parts, job);
  const { keys, access, plan, compare, rows } = prepared;
  const judge = new Judge(parts.records, access, plan, compare);
  let headings: readonly string[] = [];
  const tally = new Tally((index) => headings[index]);
  let batch = 0;
  const result = await runPass({
    plan,
    judge,
    rows,
    step,
    overlap: false,
    heading: (cells) => {
      headings = cells;
    },
    sink: async ({ rows: evaluated }) => {
      const judged = await db.tx(importScope, (tx) => judge.judge(tx, evaluated));
      await demandRights(parts, job, prepared);
      tally.add(judged);
      const refused = refusedOf(judged);
      batch += 1;
      if (refused.length > 0) await db.tx(importScope, (tx) => writeRefused(tx, keys, job.id, batch, refused));
      return judged;
    },
  });
  const suggest = await db.tx(importScope, (tx) => suggester(parts.records, tx, access, plan));
  return { report: tally.report(result.rows, suggest), headings };
}
