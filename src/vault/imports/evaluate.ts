// One row of the file against the plan, as far as that needs no other record: each cell as a value or a problem, and the
// texts by which other records must be found.
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { FieldReason } from "../../contract/problem.ts";
import { importMaxCell } from "../../contract/import-verbs.ts";
import { fold } from "../search/normalise.ts";
import { foldOption, readText } from "../records/read-text.ts";
import { excerpt } from "../records/values.ts";
import type { CsvRow } from "./csv-reader.ts";
import type { Plan, PlannedColumn } from "./plan.ts";

export interface CellProblem {
  /** Undefined: the whole row. */
  readonly column: PlannedColumn | undefined;
  /** A field that has no column. */
  readonly field?: string;
  readonly reason: FieldReason;
  readonly params?: Readonly<Record<string, string | number>> | undefined;
}

/** A record to be found by what stands in a cell. */
export interface CellReference {
  readonly column: PlannedColumn;
  readonly text: string;
}

export interface EvaluatedRow {
  readonly row: CsvRow;
  /** Empty cells are left out: in an update they leave the field as it is. */
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly references: readonly CellReference[];
  readonly problems: readonly CellProblem[];
  /** The name in the form names are compared in. */
  readonly name: string | undefined;
}

/** Never throws. `width` is the number of columns of the file. About 20 µs for ten cells. */
export function evaluateRow(plan: Plan, row: CsvRow, width: number): EvaluatedRow {
  const refuse = (reason: FieldReason, params: Readonly<Record<string, string | number>>): EvaluatedRow => ({
    row,
    values: {},
    references: [],
    name: undefined,
    problems: [{ column: undefined, reason, params }],
  });
  if (row.tooLong) return refuse("too_long", { max: importMaxCell });
  if (row.width !== width) return refuse("wrong_columns", { found: row.width, expected: width });
  const values: Record<string, FieldValue> = {};
  const references: CellReference[] = [];
  const problems: CellProblem[] = [];
  for (const column of plan.columns) {
    const { field } = column;
    const cell = undefuse(row.cells[column.index] ?? "");
    const fixed = column.fixes.size > 0 ? column.fixes.get(foldOption(cell)) : undefined;
    if (column.target) {
      const text = fixed ?? cell.trim();
      if (text.length > 500) problems.push({ column, reason: "no_such_record", params: { value: excerpt(text) } });
      else if (text !== "") references.push({ column, text });
      continue;
    }
    const checked = fixed === undefined ? readText(field, cell, column.options) : { value: fixed };
    if ("problem" in checked) problems.push({ column, reason: checked.problem.reason, params: checked.problem.params });
    else if (checked.value !== null) values[field.key] = checked.value;
    else if (column === plan.key) problems.push({ column, reason: "required" });
  }
  const name = values[plan.object.nameField];
  return { row, values, references, problems, name: typeof name === "string" ? fold(name) : undefined };
}

/** Error files defuse formulas with an apostrophe; a corrected file brings it back. */
function undefuse(cell: string): string {
  return /^'[=+\-@\t\r]/u.test(cell) ? cell.slice(1) : cell;
}
