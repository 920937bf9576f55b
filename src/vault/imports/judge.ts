// Decides what becomes of each row of a batch: created, changed, left as it is, refused with its reasons, or kept waiting
// for a row further down that it refers to. The dry run and the run itself decide by this same code.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import type { Tx } from "../db/database.ts";
import { findByKey, keyOf } from "../records/bulk-find.ts";
import type { Records } from "../records/deps.ts";
import { normaliseForLookup } from "../records/masks.ts";
import { type StageBook, loadStages } from "../records/stage-rule.ts";
import { excerpt } from "../records/values.ts";
import { fold } from "../search/normalise.ts";
import { Decider, type Judged, type Resolved, type Verdict } from "./decide.ts";
import type { CellProblem, CellReference, EvaluatedRow } from "./evaluate.ts";
import { loadExisting } from "./existing.ts";
import type { Plan, PlannedColumn } from "./plan.ts";
import { type Compare, References } from "./references.ts";

export class Judge {
  readonly #records: Records;
  readonly #access: Access;
  readonly #plan: Plan;
  readonly #references: References;
  readonly #decider: Decider;
  readonly #compare: Compare;
  /** Columns by whose values the verdict on a row tells what records hold. */
  readonly #compared: readonly PlannedColumn[];
  /** Rows that are counted already: a batch may be judged again in parts. */
  readonly #counted = new Set<number>();
  /** Restricted values that were found: from then on the person knows them. */
  readonly #hits = new Set<string>();
  /** Key and unique values to the first row that has them. */
  readonly #seen = new Map<string, number>();
  /** Names of this file's records, once written, when rows refer to each other; null: several have it. */
  readonly #written = new Map<string, string | null>();
  /** Pipelines and stages as they are for the batch being judged. */
  #book: StageBook | undefined;
  readonly refersToItself: boolean;

  constructor(records: Records, access: Access, plan: Plan, compare: Compare) {
    this.#records = records;
    this.#access = access;
    this.#plan = plan;
    this.#references = new References(records, access, compare);
    this.#compare = compare;
    this.#compared = plan.columns.filter(
      (column) => column.field.class === 3 && (column.field.unique === true || column === plan.key),
    );
    this.#decider = new Decider(records, access, plan);
    this.refersToItself = plan.columns.some((column) => column.target?.key === plan.object.key);
  }

  /** Whether rows already dealt with must be looked at again after a stop. */
  get remembers(): boolean {
    return this.refersToItself || this.#plan.key !== undefined || this.#plan.unique.length > 0;
  }

  /** Tells that a row's record is there, so that others can refer to it. */
  link(row: EvaluatedRow, id: string): void {
    if (this.refersToItself) linkName(this.#written, row, id);
  }

  isLinked(name: string): boolean {
    return this.#written.has(name);
  }

  /** The row that has a key or unique value of this one already; claims them for it otherwise. */
  claim(row: EvaluatedRow): CellProblem | undefined {
    for (const column of this.#plan.key && !this.#plan.unique.includes(this.#plan.key)
      ? [this.#plan.key, ...this.#plan.unique]
      : this.#plan.unique) {
      const value = row.values[column.field.key] ?? null;
      if (value === null) continue;
      const form = `${column.field.key}\n${normaliseForLookup(column.field, value) ?? keyOf(value)}`;
      const first = this.#seen.get(form);
      if (first === undefined) this.#seen.set(form, row.row.row);
      else if (first !== row.row.row) return { column, reason: "duplicate_in_file", params: { row: first } };
    }
    return undefined;
  }

  /** Judges rows in their order. Reads only; the transaction is left in the person's view scope. */
  async judge(tx: Tx, rows: readonly EvaluatedRow[]): Promise<Judged[]> {
    const verdicts = new Map<EvaluatedRow, Verdict>();
    const open: EvaluatedRow[] = [];
    // Refused for a cell already; whatever else is wrong with them is told in the same go.
    const refused: EvaluatedRow[] = [];
    for (const row of rows) {
      const problem = row.problems.length === 0 ? this.claim(row) : undefined;
      if (problem) verdicts.set(row, { op: "bad", problems: [problem] });
      else if (row.problems.length > 0) refused.push(row);
      else open.push(row);
    }
    await this.#count(open);
    if (this.#plan.object.stages) this.#book = await loadStages(this.#records, tx);
    await this.#loadReferences(tx, [...open, ...refused]);
    for (const row of refused) verdicts.set(row, { op: "bad", problems: this.#allProblems(row) });
    const found = await this.#findExisting(tx, open);
    const existing = await loadExisting(
      this.#records,
      tx,
      this.#access,
      this.#plan.object,
      [...found.values()].flatMap((ids) => (ids.length === 1 ? ids : [])),
    );
    const taken = await this.#takenValues(
      tx,
      open.filter((row) => (found.get(row) ?? []).length === 0),
    );
    // Records of this very batch, to which its other rows may refer: round by round, so that their order does not matter.
    const batch = new Map<string, string | null>();
    let left = open;
    for (let before = -1; left.length > 0 && left.length !== before;) {
      before = left.length;
      left = left.filter((row) => {
        const resolved = this.#resolve(row, batch);
        const waits = resolved.problems.length === 0 && resolved.waits;
        const verdict: Verdict =
          resolved.problems.length > 0
            ? { op: "bad", problems: this.#allProblems(row, resolved) }
            : waits
              ? { op: "wait", name: waits.name }
              : this.#decider.decide(row, resolved, found.get(row) ?? [], existing, taken, this.#book);
        verdicts.set(row, verdict);
        const id = idOf(verdict);
        if (id !== undefined && this.refersToItself) linkName(batch, row, id);
        return verdict.op === "wait";
      });
    }
    return rows.map((row) => ({ row, verdict: verdicts.get(row) ?? { op: "bad", problems: [] } }));
  }

  async #count(rows: readonly EvaluatedRow[]): Promise<void> {
    if (this.#compared.length === 0) return;
    let amount = 0;
    for (const { row, values } of rows) {
      if (this.#counted.has(row.row)) continue;
      this.#counted.add(row.row);
      for (const { field } of this.#compared) if ((values[field.key] ?? null) !== null) amount += 1;
    }
    await this.#compare("compared", amount);
  }

  async #countHits({ field }: PlannedColumn, values: Iterable<string>): Promise<void> {
    if (field.class < 3) return;
    const before = this.#hits.size;
    for (const value of values) this.#hits.add(`${field.key}\n${value}`);
    await this.#compare("revealed", this.#hits.size - before);
  }

  async #loadReferences(tx: Tx, rows: readonly EvaluatedRow[]): Promise<void> {
    const wanted = new Map<ObjectDefinition, Set<string>>();
    for (const row of rows) {
      for (const { column, text } of row.references) {
        const { target } = column;
        if (!target || (target.key === this.#plan.object.key && this.#written.has(fold(text)))) continue;
        const texts = wanted.get(target) ?? new Set();
        texts.add(text);
        wanted.set(target, texts);
      }
    }
    await this.#references.load(tx, wanted);
  }

  /** Everything that is wrong with a row as far as the file alone tells: cells, references, and what is missing. */
  #allProblems(row: EvaluatedRow, resolved = this.#resolve(row, new Map())): readonly CellProblem[] {
    if (row.problems.some(({ column }) => column === undefined)) return row.problems;
    const { problems, values } = resolved;
    const named = [...row.problems, ...problems];
    const missing = this.#plan.settings.mode === "insert" ? this.#decider.missing(values) : [];
    return [...named, ...missing.filter(({ column }) => !named.some((one) => one.column === column))];
  }

  #resolve(row: EvaluatedRow, batch: ReadonlyMap<string, string | null>): Resolved {
    const resolved: Resolved = { values: { ...row.values }, problems: [] };
    const { stages } = this.#plan.object;
    const isStage = ({ column }: CellReference): boolean => column.field.key === stages?.stage;
    // Stages of several pipelines may have one name: that of the row's pipeline is meant, else that of the default one.
    const inPipeline = (id: string): boolean => {
      const pipeline = (stages && resolved.values[stages.pipeline]) ?? this.#book?.pipelines[0]?.id;
      return this.#book?.stages.some((one) => one.id === id && one.values["pipeline"] === pipeline) === true;
    };
    for (const reference of row.references.toSorted((a, b) => Number(isStage(a)) - Number(isStage(b)))) {
      const { column, text } = reference;
      const { target } = column;
      if (!target) continue;
      const within = target.key === this.#plan.object.key;
      const name = fold(text);
      if (within && name === row.name) {
        resolved.problems.push({ column, reason: "circular" });
        continue;
      }
      const written = within ? (this.#written.get(name) ?? batch.get(name)) : undefined;
      const found =
        written === undefined
          ? this.#references.get(target, text, isStage(reference) ? inPipeline : undefined)
          : written === null
            ? ({ reason: "several_records", params: { value: excerpt(text) } } as const)
            : { id: written };
      if ("id" in found) this.#place(resolved, column, found.id);
      else if (within && found.reason === "no_such_record") resolved.waits ??= { name, column };
      else resolved.problems.push({ column, reason: found.reason, params: found.params });
    }
    return resolved;
  }

  #place(resolved: Resolved, column: PlannedColumn, id: string): void {
    if (this.#plan.object.fields.includes(column.field)) resolved.values[column.field.key] = id;
    else if (column.field.key === "owner") resolved.owner = id;
    else resolved.department = id;
  }

  async #findExisting(tx: Tx, rows: readonly EvaluatedRow[]): Promise<Map<EvaluatedRow, readonly string[]>> {
    const { key, object } = this.#plan;
    if (!key || rows.length === 0) return new Map();
    const valueOf = (row: EvaluatedRow): FieldValue => row.values[key.field.key] ?? null;
    await tx.rescope(this.#access.rowScope(object.key, "view"));
    const found = await findByKey(this.#records, tx, this.#access, object, key.field.key, rows.map(valueOf));
    await this.#countHits(key, found.keys());
    return new Map(rows.map((row) => [row, [...new Set((found.get(keyOf(valueOf(row))) ?? []).map((one) => one.id))]]));
  }

  /** For rows that would be created: values of unique fields that a record in sight has already. */
  async #takenValues(tx: Tx, rows: readonly EvaluatedRow[]): Promise<Set<string>> {
    const taken = new Set<string>();
    for (const column of this.#plan.unique) {
      const values = rows.map((row) => row.values[column.field.key] ?? null).filter((value) => value !== null);
      if (values.length === 0) continue;
      await tx.rescope(this.#access.rowScope(this.#plan.object.key, "view"));
      const found = await findByKey(this.#records, tx, this.#access, this.#plan.object, column.field.key, values);
      await this.#countHits(column, found.keys());
      for (const value of values)
        if ((found.get(keyOf(value)) ?? []).length > 0) taken.add(`${column.field.key}\n${keyOf(value)}`);
    }
    return taken;
  }
}

/** Under its name; null where several have it. */
function linkName(names: Map<string, string | null>, row: EvaluatedRow, id: string): void {
  if (row.name === undefined) return;
  const known = names.get(row.name);
  names.set(row.name, known === undefined || known === id ? id : null);
}

/** The record that a row became or is. */
export function idOf(verdict: Verdict): string | undefined {
  if (verdict.op === "create" || verdict.op === "update") return verdict.change.id;
  return verdict.op === "skip" ? verdict.id : undefined;
}
