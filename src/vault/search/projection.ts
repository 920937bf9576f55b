// The search projection: an in-memory SQLite that answers everything PostgreSQL cannot, because it holds the confidential
// fields in plain. Nothing of it may ever reach a file: no temporary file, no attached file, no extension.
import { DatabaseSync, type StatementSync, constants } from "node:sqlite";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import {
  type CompiledQuery,
  type Statement,
  type SumCells,
  candidateCap,
  countCap,
  sparseHits,
} from "../records/query-compiler-result.ts";
import type { MatchValue, SqlValue } from "../records/query-compiler-sql.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { Cell } from "./columns.ts";
import { type ProjectedValue, readId, readValue } from "./projection-cells.ts";
import { type ProjectionRow, ProjectionTable } from "./projection-table.ts";
import { syllablesBeginWith } from "./syllables.ts";

/** id, version, owner and department, then the compiled query's columns in turn. */
export type FoundRow = readonly [
  id: string,
  version: number,
  owner: string | null,
  department: string | null,
  ...values: FieldValue[],
];

export interface QueryResult {
  readonly rows: readonly FoundRow[];
  /** The key of the field each row was found by, when the query asks for it. */
  readonly matched?: readonly string[];
  /** At most countCap; `countCapped` says that there are more. */
  readonly count?: number;
  readonly countCapped?: boolean;
  /** For each field to be added up: unit and the two parts of the sum, see readSums. */
  readonly sums?: readonly (readonly SumCells[])[];
}

const mostStatements = 200;

export class Projection {
  readonly #db: DatabaseSync;
  readonly #tables = new Map<string, ProjectionTable>();
  readonly #statements = new Map<string, StatementSync>();
  /** Objects whose rows a rebuild brings, all in one transaction: each commit would write a piece of the text index. */
  readonly #filling = new Set<string>();

  constructor(objects: readonly ObjectDefinition[]) {
    this.#db = new DatabaseSync(":memory:", { allowExtension: false });
    // Otherwise a large sort spills plain values into an unlinked file in /tmp.
    this.#db.exec("pragma temp_store = memory; pragma trusted_schema = off; pragma cell_size_check = on");
    const kept = this.#db.prepare("pragma temp_store").get();
    if (kept?.["temp_store"] !== 2) throw new Error("SQLite did not accept temp_store = memory");
    this.#db.function("syllables_begin", { deterministic: true, directOnly: true }, (stored, pieces) =>
      typeof stored === "string" && typeof pieces === "string" && syllablesBeginWith(stored, pieces.split(" ")) ? 1 : 0,
    );
    for (const object of objects) this.addObject(object);
    // No statement may name a file from here on.
    this.#db.setAuthorizer((action) =>
      action === constants.SQLITE_ATTACH ? constants.SQLITE_DENY : constants.SQLITE_OK,
    );
  }

  addObject(object: ObjectDefinition): void {
    if (!this.#tables.has(object.key)) this.#tables.set(object.key, new ProjectionTable(this.#db, object));
  }

  addField(object: string, field: StoredField): void {
    this.#statements.clear();
    this.#table(object).addField(field);
  }

  /** All or none. Returns the ids of partial rows whose base is not what is stored. */
  upsert(
    object: string,
    rows: readonly ProjectionRow[],
    keys: readonly string[],
    values: readonly (readonly ProjectedValue[])[],
  ): string[] {
    const table = this.#table(object);
    return this.#together(() =>
      rows.flatMap((row, index) => (table.upsert(row, keys, values[index] ?? []) ? [] : [row.id])),
    );
  }

  remove(object: string, ids: readonly string[]): void {
    const table = this.#table(object);
    this.#together(() => ids.forEach((id) => table.remove(id)));
  }

  values(
    object: string,
    ids: readonly string[],
    keys: readonly string[],
  ): [id: string, version: number, ...FieldValue[]][] {
    return this.#table(object).values(ids, keys);
  }

  query(compiled: CompiledQuery): QueryResult {
    const table = this.#table(compiled.object);
    const narrow =
      compiled.narrowed && this.#count(table, compiled.narrowed.probe) <= candidateCap ? compiled.narrowed : undefined;
    const fields = compiled.columns.flatMap((key) => table.field(key) ?? []);
    const found = this.#run(table, narrow?.rows ?? this.#walkOrScan(table, compiled));
    const rows = found.map((cells): FoundRow => [
      readId(cells[0] ?? null),
      Number(cells[1]),
      cells[2] instanceof Uint8Array ? readId(cells[2]) : null,
      cells[3] instanceof Uint8Array ? readId(cells[3]) : null,
      ...fields.map((field, index) => readValue(field, cells[index + 4] ?? null)),
    ]);
    const matched = compiled.matched
      ? { matched: found.map((cells) => String(cells[fields.length + 4] ?? "")) }
      : undefined;
    const sums =
      compiled.sums.length === 0
        ? undefined
        : // As they are selected: unit, high, low.
          { sums: compiled.sums.map((sum) => this.#run(table, sum) as unknown as SumCells[]) };
    if (!compiled.counted) return { rows, ...matched, ...sums };
    const count = this.#count(table, narrow?.count ?? { text: compiled.countText, values: compiled.countValues });
    return { rows, ...matched, ...sums, count: Math.min(count, countCap), countCapped: count > countCap };
  }

  /** See ProjectionTable.fill. */
  fill(object: string, lacking: "rows" | "restricted" | "nothing"): void {
    this.#statements.clear();
    if (lacking === "rows") this.#filling.add(object);
    if (this.#filling.size > 0 && !this.#db.isTransaction) this.#db.exec("begin");
    this.#table(object).fill(lacking);
    if (lacking !== "rows") this.#filling.delete(object);
    if (this.#filling.size === 0 && this.#db.isTransaction) this.#db.exec("commit");
  }

  /** Rows of a rebuild, between fill("rows") and the next step. Unlike `upsert` it may store some of them when it throws. */
  bring(
    object: string,
    rows: readonly ProjectionRow[],
    keys: readonly string[],
    values: readonly (readonly ProjectedValue[])[],
  ): void {
    const table = this.#table(object);
    for (const [index, row] of rows.entries()) table.upsert(row, keys, values[index] ?? []);
  }

  /** The class 3 cells of rows of these versions; one transaction. */
  addRestricted(
    object: string,
    rows: readonly ProjectionRow[],
    keys: readonly string[],
    values: readonly (readonly ProjectedValue[])[],
  ): void {
    const table = this.#table(object);
    this.#together(() =>
      rows.forEach((row, index) => table.addRestricted(row.id, row.version, keys, values[index] ?? [])),
    );
  }

  /** Bytes that SQLite uses. */
  get size(): number {
    const [pages, size] = ["page_count", "page_size"].map((name) =>
      Number(this.#db.prepare(`pragma ${name}`).get()?.[name]),
    );
    return (pages ?? 0) * (size ?? 0);
  }

  close(): void {
    this.#db.close();
  }

  #walkOrScan(table: ProjectionTable, compiled: CompiledQuery): Statement {
    const { scan } = compiled;
    if (!scan) return compiled;
    return scan.sample && this.#count(table, scan.sample) >= sparseHits ? compiled : scan.rows;
  }

  #table(object: string): ProjectionTable {
    const table = this.#tables.get(object);
    if (!table) throw new Error(`no such object: ${object}`);
    return table;
  }

  #count(table: ProjectionTable, statement: Statement): number {
    return Number(this.#run(table, statement)[0]?.[0]);
  }

  #run(table: ProjectionTable, { text, values }: Statement): Cell[][] {
    let statement = this.#statements.get(text);
    if (!statement) {
      if (this.#statements.size >= mostStatements) this.#statements.clear();
      statement = this.#db.prepare(text);
      statement.setReturnArrays(true);
      this.#statements.set(text, statement);
    }
    // Rows come as arrays, as set above.
    return statement.all(...values.map((value) => bound(table, value))) as unknown as Cell[][];
  }

  #together<T>(work: () => T): T {
    // Outside of a transaction this begins one, and releasing it commits.
    this.#db.exec("savepoint together");
    try {
      const result = work();
      this.#db.exec("release together");
      return result;
    } catch (error) {
      this.#db.exec("rollback to together; release together");
      throw error;
    }
  }
}

function bound(table: ProjectionTable, value: SqlValue): Cell {
  if (typeof value === "string" || typeof value === "number" || value === null || value instanceof Uint8Array)
    return value;
  if (isMatch(value)) {
    const columns = table.textColumns(value.matchFields);
    return `{${columns.join(" ")}} : (${value.expression})`;
  }
  throw new Error("a value that the projection does not take");
}

function isMatch(value: SqlValue): value is MatchValue {
  return typeof value === "object" && value !== null && "matchFields" in value;
}
