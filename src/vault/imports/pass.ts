// One way through the file, from the row after the last committed one to the end: rows in batches, rows that refer to
// later ones kept until those are there. What a batch does is the caller's: the dry run counts, the run writes.
import { setImmediate as breathe } from "node:timers/promises";
import type { CsvRow } from "./csv-reader.ts";
import { type EvaluatedRow, evaluateRow } from "./evaluate.ts";
import type { Judged } from "./decide.ts";
import { idOf, type Judge } from "./judge.ts";
import { fold as foldName } from "../search/normalise.ts";
import type { Plan } from "./plan.ts";

export const batchRows = 500;
/** UTF-16 units of cells in a batch, so that rows of great length do not add up. */
const batchLength = 4_000_000;
/** Rows that may wait for later ones; more are refused as if what they refer to were not there. */
const maxWaiting = 100_000;

export interface Batch {
  readonly rows: readonly EvaluatedRow[];
  /** All rows up to this one have been given to a batch, this one included. */
  readonly upTo: number;
  /** The batch before: this one may be worked on meanwhile, but must not be committed earlier. */
  readonly after: Promise<void>;
}

/** Does one batch, all of it or nothing, and tells what became of each row. Throws when `after` does. */
export type Sink = (batch: Batch) => Promise<readonly Judged[]>;

/** What an earlier run of the same job did, row by row. */
export interface Earlier {
  readonly doneRows: number;
  isDone(row: number): boolean;
  idOf(row: number): string | undefined;
}

export interface PassOptions {
  readonly plan: Plan;
  readonly judge: Judge;
  readonly rows: AsyncIterable<readonly CsvRow[]>;
  readonly sink: Sink;
  /** Two batches may be under way at once: nothing they write can make them wait for each other in the database. */
  readonly overlap: boolean;
  readonly earlier?: Earlier | undefined;
  /** Told the first row, when it holds headings. */
  readonly heading?: (cells: readonly string[]) => void;
  /** Rows read so far; asked after each batch, so that a pass can be stopped. Throws to stop. */
  readonly step: (rows: number) => void;
}

/** Rows of the file without the header. */
export interface PassResult {
  readonly rows: number;
}

/** Goes through the whole file. Throws what the sink or `step` throws, and Problem `file_unreadable`. */
export async function runPass(options: PassOptions): Promise<PassResult> {
  const { plan, judge, earlier } = options;
  const waiting = new Map<string, EvaluatedRow[]>();
  /** Names of refused rows, for those that refer to them. */
  const refusedRows = new Map<string, number>();
  let waitingCount = 0;
  let ready: EvaluatedRow[] = [];
  let count = 0;
  let upTo = earlier?.doneRows ?? 0;

  const absorb = (judged: readonly Judged[]): void => {
    const linked: string[] = [];
    for (const { row, verdict } of judged) {
      const id = idOf(verdict);
      if (id === undefined) continue;
      judge.link(row, id);
      if (row.name !== undefined) linked.push(row.name);
    }
    for (const { row, verdict } of judged) {
      if (verdict.op === "bad" && judge.refersToItself && row.name !== undefined && refusedRows.size < maxWaiting)
        refusedRows.set(row.name, row.row.row);
      if (verdict.op !== "wait") continue;
      if (judge.isLinked(verdict.name)) ready.push(row);
      else if (waitingCount >= maxWaiting) ready.push(refused(row, plan, "no_such_record"));
      else {
        waiting.set(verdict.name, [...(waiting.get(verdict.name) ?? []), row]);
        waitingCount += 1;
      }
    }
    // What waited for these rows, and what waited for that: a batch may refer to itself.
    for (const name of linked) {
      const rows = waiting.get(name);
      if (!rows) continue;
      waiting.delete(name);
      waitingCount -= rows.length;
      ready.push(...rows);
      for (const row of rows) if (row.name !== undefined) linked.push(row.name);
    }
  };
  const give = async (rows: readonly EvaluatedRow[], after: Promise<void>): Promise<void> => {
    const now = count;
    if (rows.length > 0) absorb(await options.sink({ rows, upTo, after }));
    options.step(now);
  };
  const giveReady = async (): Promise<void> => {
    while (ready.length > 0) {
      const now = ready.slice(0, batchRows);
      ready = ready.slice(batchRows);
      await give(now, settled);
    }
  };

  const batches = evaluatedBatches(options);
  let last = settled;
  try {
    let next = batches.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) break;
      count = value.count;
      upTo = value.upTo;
      const before = last;
      last = give(value.rows, before);
      // Both are awaited further down, but the other one first when it fails.
      last.catch(() => undefined);
      // While this batch is on its way to the database, the next one is read and evaluated.
      next = batches.next();
      next.catch(() => undefined);
      await (options.overlap && ready.length === 0 ? before : last);
      if (ready.length > 0) {
        await last;
        await giveReady();
      }
    }
    await last;
    await giveReady();
  } finally {
    await last.catch(() => undefined);
    await batches.return(undefined).catch(() => undefined);
  }
  const take = (names: readonly string[]): EvaluatedRow[] =>
    names.flatMap((name) => {
      const rows = waiting.get(name) ?? [];
      waiting.delete(name);
      waitingCount -= rows.length;
      return rows;
    });
  // Those whose row was dealt with before a stop; then those whose row is not there.
  ready = take([...waiting.keys()].filter((name) => judge.isLinked(name)));
  await giveReady();
  ready = leftovers(plan, take([...waiting.keys()]), refusedRows);
  await giveReady();
  return { rows: count };
}

const settled = Promise.resolve();

async function* evaluatedBatches({
  plan,
  judge,
  rows,
  earlier,
  heading,
}: PassOptions): AsyncGenerator<Omit<Batch, "after"> & { readonly count: number }, undefined> {
  let width: number | undefined;
  let batch: EvaluatedRow[] = [];
  let length = 0;
  let count = 0;
  let upTo = 0;
  let sinceBreath = 0;
  for await (const read of rows) {
    for (const row of read) {
      if (width === undefined) {
        width = row.width;
        if (plan.settings.header) {
          heading?.(row.cells);
          continue;
        }
      }
      count += 1;
      upTo = row.row;
      if (earlier && row.row <= earlier.doneRows && earlier.isDone(row.row)) {
        remember(plan, judge, row, width, earlier);
        continue;
      }
      const evaluated = evaluateRow(plan, row, width);
      batch.push(evaluated);
      for (const cell of row.cells) length += cell.length;
      sinceBreath += 1;
      if (batch.length >= batchRows || length >= batchLength) {
        yield { rows: batch, upTo, count };
        batch = [];
        length = 0;
      } else if (sinceBreath >= 100) {
        sinceBreath = 0;
        await breathe();
      }
    }
  }
  yield { rows: batch, upTo, count };
  return undefined;
}

/** A row that an earlier run has dealt with still has its key, and others may refer to it. */
function remember(plan: Plan, judge: Judge, row: CsvRow, width: number, earlier: Earlier): void {
  if (!judge.remembers) return;
  const evaluated = evaluateRow(plan, row, width);
  if (evaluated.problems.length === 0) judge.claim(evaluated);
  const id = earlier.idOf(row.row);
  if (id !== undefined) judge.link(evaluated, id);
}

/** At the end of the file: what still waits refers in a circle, to a row that is refused, or to what is not there. */
function leftovers(
  plan: Plan,
  rows: readonly EvaluatedRow[],
  refusedRows: ReadonlyMap<string, number>,
): EvaluatedRow[] {
  const byName = new Map(rows.flatMap((row) => (row.name === undefined ? [] : [[row.name, row] as const])));
  return rows.map((row) => {
    const met = new Set<EvaluatedRow>();
    let at: EvaluatedRow | undefined = row;
    while (at && !met.has(at)) {
      met.add(at);
      const above: string | undefined = ownReference(plan, at)?.name;
      at = above === undefined ? undefined : byName.get(above);
    }
    if (at === row) return refused(row, plan, "circular");
    const name = ownReference(plan, row)?.name ?? "";
    const other = refusedRows.get(name) ?? byName.get(name)?.row.row;
    return other === undefined ? refused(row, plan, "no_such_record") : refused(row, plan, "row_refused", other);
  });
}

function ownReference(plan: Plan, row: EvaluatedRow) {
  const reference = row.references.find(({ column }) => column.target?.key === plan.object.key);
  return reference && { ...reference, name: foldName(reference.text) };
}

function refused(
  row: EvaluatedRow,
  plan: Plan,
  reason: "circular" | "no_such_record" | "row_refused",
  other = 0,
): EvaluatedRow {
  const reference = ownReference(plan, row);
  return {
    ...row,
    problems: [
      {
        column: reference?.column,
        reason,
        params: { value: reference?.text.slice(0, 60).toWellFormed() ?? "", ...(other > 0 && { row: other }) },
      },
    ],
  };
}
