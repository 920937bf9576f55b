// Adds up what the dry run found: how many rows would be created, changed, left and refused, the first problems, how
// often each reason stands in each column, and which values are no option.
import type { ImportReport, ImportRowProblem } from "../../contract/import-verbs.ts";
import { excerpt } from "../records/values.ts";
import { foldOption } from "../records/read-text.ts";
import type { CellProblem, EvaluatedRow } from "./evaluate.ts";
import type { Judged } from "./decide.ts";
import { type PlannedColumn, isChosen } from "./plan.ts";

/** What is wrong with a value that another of the list would mend. */
const ofTheValue: ReadonlySet<string> = new Set<CellProblem["reason"]>([
  "not_an_option",
  "not_an_option_suggest",
  "no_such_record",
  "several_records",
  "other_pipeline",
]);

const maxProblems = 200;
const maxChoices = 200;
const maxDistinct = 10_000;

interface Choice {
  readonly column: PlannedColumn;
  readonly value: string;
  count: number;
}

/** The heading of a column as problems name it. */
export function headingOf(heading: string | undefined, index: number): string {
  const name = heading?.trim() ?? "";
  return name === "" ? `#${index + 1}` : name.slice(0, 200).toWellFormed();
}

export class Tally {
  readonly #heading: (index: number) => string | undefined;
  readonly #counts = { create: 0, update: 0, skip: 0, bad: 0 };
  readonly #problems: ImportRowProblem[] = [];
  readonly #reasons = new Map<string, { column: string | null; reason: CellProblem["reason"]; count: number }>();
  readonly #choices = new Map<string, Choice>();

  constructor(heading: (index: number) => string | undefined) {
    this.#heading = heading;
  }

  add(judged: readonly Judged[]): void {
    for (const { row, verdict } of judged) {
      if (verdict.op === "wait") continue;
      this.#counts[verdict.op] += 1;
      if (verdict.op === "bad") for (const problem of verdict.problems) this.#problem(row, problem);
    }
  }

  /** `suggest`: the likeliest of the list that a column's values are chosen from. */
  report(rows: number, suggest: (column: PlannedColumn, value: string) => string | undefined): ImportReport {
    const choices = [...this.#choices.values()].toSorted((a, b) => b.count - a.count).slice(0, maxChoices);
    return {
      rows,
      ...this.#counts,
      problems: this.#problems.toSorted((a, b) => a.row - b.row),
      reasons: [...this.#reasons.values()].toSorted((a, b) => b.count - a.count),
      choices: choices.map(({ column, value, count }) => ({
        column: this.#name(column),
        field: column.field.key,
        value,
        count,
        suggestion: suggest(column, value) ?? null,
      })),
    };
  }

  #name(column: PlannedColumn): string {
    return headingOf(this.#heading(column.index), column.index);
  }

  #problem(row: EvaluatedRow, problem: CellProblem): void {
    const column = problem.column ? this.#name(problem.column) : null;
    if (this.#problems.length < maxProblems) {
      this.#problems.push({
        row: row.row.row,
        column,
        field: problem.column?.field.key ?? problem.field ?? null,
        reason: problem.reason,
        params: { ...problem.params },
        value: problem.column ? excerpt((row.row.cells[problem.column.index] ?? "").trim()) : null,
      });
    }
    const key = `${column}\n${problem.reason}`;
    const reason = this.#reasons.get(key) ?? { column, reason: problem.reason, count: 0 };
    reason.count += 1;
    this.#reasons.set(key, reason);
    if (problem.column && isChosen(problem.column) && ofTheValue.has(problem.reason)) this.#choice(row, problem.column);
  }

  #choice(row: EvaluatedRow, column: PlannedColumn): void {
    const value = (row.row.cells[column.index] ?? "").trim().slice(0, 200).toWellFormed();
    const key = `${column.index}\n${foldOption(value)}`;
    const known = this.#choices.get(key);
    if (known) known.count += 1;
    else if (this.#choices.size < maxDistinct) this.#choices.set(key, { column, value, count: 1 });
  }
}
