// What becomes of a row whose references are found: rights on the record and on each field, owner and department, unique
// values, and whether anything differs at all.
import { Problem } from "../../contract/problem.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { type Access, inScope } from "../access/access.ts";
import { uuidv7 } from "../db/uuid.ts";
import { keyOf } from "../records/bulk-find.ts";
import type { Records } from "../records/deps.ts";
import { type StageBook, stageRule } from "../records/stage-rule.ts";
import { excerpt } from "../records/values.ts";
import type { CellProblem, EvaluatedRow } from "./evaluate.ts";
import type { Before, Existing } from "./existing.ts";
import type { Plan, PlannedColumn } from "./plan.ts";

interface Change {
  readonly id: string;
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly owner?: string;
  readonly department?: string | null;
}

export type Verdict =
  | { readonly op: "create"; readonly change: Change }
  | { readonly op: "update"; readonly change: Change; readonly existing: Existing; readonly before: Before }
  | { readonly op: "skip"; readonly id: string }
  | { readonly op: "wait"; readonly name: string }
  | { readonly op: "bad"; readonly problems: readonly CellProblem[] };

export interface Judged {
  readonly row: EvaluatedRow;
  readonly verdict: Verdict;
}

/** A row whose references are found. */
export interface Resolved {
  values: Record<string, FieldValue>;
  owner?: string;
  department?: string;
  waits?: { readonly name: string; readonly column: PlannedColumn };
  readonly problems: CellProblem[];
}

export class Decider {
  readonly #records: Records;
  readonly #access: Access;
  readonly #plan: Plan;

  constructor(records: Records, access: Access, plan: Plan) {
    this.#records = records;
    this.#access = access;
    this.#plan = plan;
  }

  /** `ids`: the records its key finds; `existing`: those opened; `taken`: unique values that are in use. */
  decide(
    row: EvaluatedRow,
    resolved: Resolved,
    ids: readonly string[],
    existing: ReadonlyMap<string, Existing>,
    taken: ReadonlySet<string>,
    book: StageBook | undefined,
  ): Verdict {
    const { key, settings } = this.#plan;
    const text = key ? excerpt(String(row.values[key.field.key] ?? "")) : "";
    if (ids.length > 1)
      return { op: "bad", problems: [{ column: key, reason: "several_records", params: { value: text } }] };
    const one = existing.get(ids[0] ?? "");
    if (one) return this.#change(one, resolved, book);
    if (ids.length === 1 || settings.mode === "update")
      return { op: "bad", problems: [{ column: key, reason: "no_such_record", params: { value: text } }] };
    return this.#create(row, resolved, taken, book);
  }

  /** What a new record cannot do without: required fields, something to be named after, and something it is about. */
  missing(values: Readonly<Record<string, FieldValue>>): CellProblem[] {
    const { nameFrom = [], nameField, follows = [], placement } = this.#plan.object;
    const none = (keys: readonly string[]): boolean => keys.every((key) => (values[key] ?? null) === null);
    const required = this.#plan.required.map(({ key }) => key).filter((key) => none([key]));
    if (nameFrom.length > 0 && none([nameField, ...nameFrom])) required.push(nameField);
    return [
      ...required.map((key): CellProblem => ({ column: this.#columnOf(key), field: key, reason: "required" })),
      ...(placement === "follows" && none(follows) ? [{ column: undefined, reason: "about_nothing" } as const] : []),
    ];
  }

  #create(row: EvaluatedRow, resolved: Resolved, taken: ReadonlySet<string>, book: StageBook | undefined): Verdict {
    const { object, unique } = this.#plan;
    const problems = this.missing(resolved.values);
    for (const column of unique) {
      const value = row.values[column.field.key] ?? null;
      if (value !== null && taken.has(`${column.field.key}\n${keyOf(value)}`))
        problems.push({ column, reason: "already_used" });
    }
    problems.push(...this.#stageProblems(book, undefined, resolved.values));
    const id = uuidv7();
    const place = this.#placement(resolved, id, problems);
    if (place && !inScope(this.#access.scope(object.key, "import"), place))
      problems.push({ column: this.#columnOf("owner") ?? this.#columnOf("department"), reason: "not_yours" });
    if (problems.length > 0) return { op: "bad", problems };
    return {
      op: "create",
      change: {
        id,
        values: resolved.values,
        ...(object.placement === "owner" && { owner: resolved.owner ?? this.#access.userId }),
        ...(object.placement === "person" && { department: resolved.department ?? null }),
      },
    };
  }

  #placement(
    resolved: Resolved,
    id: string,
    problems: CellProblem[],
  ): { owner: string | null; department: string | null } | undefined {
    const { placement } = this.#plan.object;
    if (placement === "company") return { owner: null, department: null };
    // Where what it follows is, of which the person sees no more than he may write to; the write itself judges it again.
    if (placement === "follows") return undefined;
    if (placement === "department") return { owner: null, department: id };
    if (placement === "person") return { owner: id, department: resolved.department ?? null };
    const owner = this.#records.directory.person(resolved.owner ?? this.#access.userId);
    if (owner && !owner.deleted && owner.status !== "disabled")
      return { owner: owner.id, department: owner.department };
    problems.push({
      column: this.#columnOf("owner"),
      reason: "no_such_record",
      params: { value: excerpt(owner?.name ?? "") },
    });
    return undefined;
  }

  /** What the rule of stages will say of the write. */
  #stageProblems(
    book: StageBook | undefined,
    before: Existing["values"] | undefined,
    values: Record<string, FieldValue>,
  ): CellProblem[] {
    const { stages } = this.#plan.object;
    if (!stages || !book) return [];
    try {
      stageRule(stages, book, before, values, new Date());
      return [];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return error.fields.map(({ field, reason }) => ({ column: this.#columnOf(field), field, reason }));
    }
  }

  #change(existing: Existing, resolved: Resolved, book: StageBook | undefined): Verdict {
    const { object } = this.#plan;
    const place = { owner: existing.owner, department: existing.department };
    if (existing.deleted || !this.#access.covers(object.key, "edit", place))
      return { op: "bad", problems: [{ column: this.#plan.key, reason: "not_yours" }] };
    const problems: CellProblem[] = [];
    const values: Record<string, FieldValue> = {};
    const before: Record<string, FieldValue> = {};
    for (const column of this.#plan.columns) {
      const { field } = column;
      const value = resolved.values[field.key];
      if (value === undefined) continue;
      const now = existing.values[field.key] ?? null;
      // A name found in another spelling is the same name: the key does not change what it finds.
      if (column === this.#plan.key && typeof value === "string" && keyOf(now) === keyOf(value)) continue;
      // A restricted value is written whether it differs or not: otherwise the row would tell which of the two.
      if (now === value && (field.class < 3 || value === null)) continue;
      if (this.#access.level(object, field, place) !== "write") problems.push({ column, reason: "not_writable" });
      values[field.key] = value;
      before[field.key] = now;
    }
    problems.push(...this.#stageProblems(book, existing.values, values));
    const moves = resolved.owner !== undefined && resolved.owner !== existing.owner;
    const relocates = resolved.department !== undefined && resolved.department !== existing.department;
    if (moves || relocates) {
      const next = this.#placement(resolved, existing.id, problems);
      if (next && !inScope(this.#access.scope(object.key, "import"), next))
        problems.push({ column: this.#columnOf("owner") ?? this.#columnOf("department"), reason: "not_yours" });
    }
    if (problems.length > 0) return { op: "bad", problems };
    if (Object.keys(values).length === 0 && !moves && !relocates) return { op: "skip", id: existing.id };
    return {
      op: "update",
      existing,
      change: {
        id: existing.id,
        values,
        ...(moves && resolved.owner !== undefined && { owner: resolved.owner }),
        ...(relocates && resolved.department !== undefined && { department: resolved.department }),
      },
      before: {
        values: before,
        ...(moves && existing.owner !== null && { owner: existing.owner }),
        ...(relocates && { department: existing.department }),
      },
    };
  }

  #columnOf(key: string): PlannedColumn | undefined {
    return this.#plan.columns.find((column) => column.field.key === key);
  }
}
