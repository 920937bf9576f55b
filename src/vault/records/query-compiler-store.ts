// The two stores a query can run on: PostgreSQL's record tables (class 0-1) and the projection in the vault's memory
// (class 0-2). They answer the same query with the same rows in the same order.
import type { StoredField } from "../../contract/field.ts";
import { type Cell, column, systemColumns, uuidBytes } from "../search/columns.ts";
import { fold, ignoredCharacters } from "../search/normalise.ts";
import { sortKeys } from "../search/projection-statements.ts";
import type { ScopePredicate } from "./query-compiler-access.ts";
import { type Operand, many, pgType } from "./query-compiler-operand.ts";
import { type Sql, always, anyOf, bracketed, joined, never, sql } from "./query-compiler-sql.ts";

export interface Store {
  column(field: StoredField): string;
  /** A condition that the column equals, differs, … the value; empty columns differ from every value. */
  compare(field: StoredField, operator: "=" | "<>" | "<" | "<=" | ">" | ">=", value: Operand): Sql;
  oneOf(field: StoredField, values: readonly Operand[]): Sql;
  contains(field: StoredField, part: string): Sql;
  scope(scope: ScopePredicate): Sql;
  deleted(deleted: boolean): Sql;
  /** What to sort by in turn, each to be followed by the direction; empty values come last. */
  sortKeys(field: StoredField): readonly string[];
}

export const postgresStore: Store = {
  column(field) {
    if (field.storage.in !== "column" || !/^[a-z][a-z0-9_]*$/u.test(field.storage.column)) {
      throw new Error(`${field.key} is not a column: this query needs the projection`);
    }
    return `r.${field.storage.column}`;
  },
  compare(field, operator, value) {
    const right = `?::${pgType(field)}`;
    if (operator === "<>") return sql(`${this.column(field)} is distinct from ${right}`, value.stored);
    return sql(`${this.column(field)} ${operator} ${right}`, value.stored);
  },
  oneOf(field, values) {
    if (values.length === 0) return never;
    return sql(`${this.column(field)} = any(?::${pgType(field)}[])`, many(values));
  },
  contains(field, part) {
    return sql(
      `strpos(translate(lower(normalize(${this.column(field)}, nfkc)), ?, ''), ?) > 0`,
      ignoredCharacters,
      fold(part),
    );
  },
  scope(scope) {
    const one = (name: string, ids: readonly string[]): Sql => {
      if (ids.length === 0) return never;
      return ids.length === 1 ? sql(`r.${name} = ?::uuid`, ids[0] ?? "") : sql(`r.${name} = any(?::uuid[])`, ids);
    };
    return scope.all ? always : anyOf([one("owner_id", scope.owners), one("department_id", scope.departments)]);
  },
  deleted: (deleted) => sql(deleted ? "r.deleted_at is not null" : "r.deleted_at is null"),
  sortKeys(field) {
    return [pgType(field) === "text" ? `${this.column(field)} collate "C"` : this.column(field)];
  },
};

export const projectionStore: Store = {
  column(field) {
    return systemColumns.get(field.key) ?? column(field.key);
  },
  compare(field, operator, value) {
    return sql(`${this.column(field)} ${operator === "<>" ? "is not" : operator} ?`, value.cell);
  },
  oneOf(field, values) {
    return values.length === 0
      ? never
      : among(
          this.column(field),
          values.map(({ cell }) => cell),
        );
  },
  contains(field, part) {
    return sql(`instr(coalesce(${column(field.key, "norm")}, ${column(field.key)}), ?) > 0`, fold(part));
  },
  scope(scope) {
    const one = (name: string, ids: readonly string[]): Sql =>
      ids.length === 0 ? never : among(name, ids.map(uuidBytes));
    return scope.all ? always : anyOf([one("owner_id", scope.owners), one("department_id", scope.departments)]);
  },
  deleted: (deleted) => sql(deleted ? "deleted = 1" : "deleted = 0"),
  sortKeys(field) {
    const system = systemColumns.get(field.key);
    return system === undefined ? sortKeys(field) : [system];
  },
};

/** In the projection: the field's text is one of these but for its spelling. */
export function sameText(field: StoredField, texts: readonly string[]): Sql {
  return texts.length === 0
    ? never
    : among(`coalesce(${column(field.key, "norm")}, ${column(field.key)})`, texts.map(fold));
}

function among(name: string, cells: readonly Cell[]): Sql {
  if (cells.length === 1) return sql(`${name} = ?`, cells[0] ?? null);
  return joined(
    [
      sql(`${name} in `),
      bracketed(
        joined(
          cells.map((cell) => sql("?", cell)),
          ", ",
        ),
      ),
    ],
    "",
  );
}
