// Compiles the one query form into SQL, in one place, for PostgreSQL or the projection. Scope and field rights are part of
// what is compiled: there is no way to compile a query without them. Values are always parameters.
import type { Filter, Query } from "../../contract/query.ts";
import { type ObjectDefinition, type StoredField, fieldOf } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { column, table } from "../search/columns.ts";
import { type QueryAccess, usableField } from "./query-compiler-access.ts";
import { type FilterContext, compileFilter, hasName } from "./query-compiler-filter.ts";
import { compileSearch } from "./query-compiler-search.ts";
import { compileSums, summedFields } from "./query-compiler-sums.ts";
import { type CompiledQuery, type QueryTarget, candidateCap, countCap, sampleSize } from "./query-compiler-result.ts";
import { type Sql, allOf, always, joined, lines, numbered, sql } from "./query-compiler-sql.ts";
import { type Store, postgresStore, projectionStore } from "./query-compiler-store.ts";
import { baseColumns, tableOf } from "./row.ts";

export interface CompileOptions {
  readonly object: ObjectDefinition;
  readonly target: QueryTarget;
  readonly access: QueryAccess;
  /** Resolves `under`: the department and all below it. Without it `under` is refused. */
  readonly subtree?: (departmentId: string) => readonly string[];
  /** Projection only: rows whose name is one of these, however it is spelt. */
  readonly named?: readonly string[];
  /** PostgreSQL only: also select these sealed values. */
  readonly sealed?: readonly (2 | 3)[];
  /** Projection only: also select the key of the field by which a search found the row. */
  readonly matched?: boolean;
}

/** The projection when words are given or a field that is no column is sorted or filtered; PostgreSQL otherwise. */
export function chooseTarget(query: Query, object: ObjectDefinition): QueryTarget {
  if (searches(query)) return "projection";
  const keys = [
    ...(query.sort ?? []).map((key) => key.field),
    ...(query.filter ? filterFields(query.filter) : []),
    ...summedFields(object, query.sums ?? []),
  ];
  return keys.some((key) => (fieldOf(object, key)?.storage.in ?? "column") !== "column") ? "projection" : "postgres";
}

function filterFields(filter: Filter): string[] {
  if ("all" in filter) return filter.all.flatMap(filterFields);
  return "any" in filter ? filter.any.flatMap(filterFields) : [filter.field];
}

/**
 * Compiles a query. Throws Problem('not_sortable') when it names a field the actor may not read (or none), and
 * Problem('invalid') for a value of the wrong type. Rows are sorted by the last change, newest first, unless the object
 * has an order of its own or the query asks for another, and always by id last.
 */
export function compileQuery(query: Query, options: CompileOptions): CompiledQuery {
  const { object, access, target } = options;
  const store = target === "postgres" ? postgresStore : projectionStore;
  const context: FilterContext = { object, access, store, subtree: options.subtree };
  const conditions = [store.deleted(query.deleted), store.scope(access)];
  if (query.filter) conditions.push(compileFilter(query.filter, context));
  if (options.named) conditions.push(hasName(options.named, context));
  const order = compileSort(query, context);
  const page = pageOf(query);
  const base = { object: object.key, target, counted: query.count };
  if (target === "postgres") {
    const from = sql(`from ${tableOf(object)} r where`);
    const where = allOf(conditions);
    const rows = lines(sql(`select ${postgresColumns(query, options)}`), from, where, order, page);
    const count = countOf(lines(sql("select 1"), from, where));
    return {
      ...base,
      text: numbered(rows.text),
      values: rows.values,
      countText: numbered(count.text),
      countValues: count.values,
      sums: compileSums(query.sums ?? [], context, from, conditions).map(({ field, sql: { text, values } }) => ({
        field,
        text: numbered(text),
        values,
      })),
      columns: [],
      matched: false,
    };
  }
  const columns = projectedFields(query, object, access);
  const select = sql(
    `select ${["id", "version", "owner_id", "department_id", ...columns.map(selectedColumn)].join(", ")}`,
  );
  const search = searches(query) ? compileSearch(query.search ?? "", context) : undefined;
  if (search) conditions.push(search.condition);
  const where = lines(sql("where"), allOf(conditions));
  const from = sql(`from ${table(object.key)}`);
  const unindexed = sql(`from ${table(object.key)} not indexed`);
  const rowsFrom = (source: Sql): Sql => {
    const found = lines(select, source, where, order, page);
    return search && options.matched === true ? withMatch(found, search.matched, object) : found;
  };
  const rows = rowsFrom(from);
  const direct = hasOwnIndex(query, access);
  const count = countOf(lines(sql("select 1"), direct ? from : unindexed, where));
  return {
    ...base,
    ...rows,
    countText: count.text,
    countValues: count.values,
    sums: compileSums(
      query.sums ?? [],
      context,
      lines(search?.candidates ? candidatesFrom(search.candidates, object) : direct ? from : unindexed, sql("where")),
      conditions,
    ).map(({ field, sql: statement }) => ({ field, ...statement })),
    columns: columns.map((field) => field.key),
    matched: search !== undefined && options.matched === true,
    ...(!direct &&
      conditions.some((condition) => condition !== always && condition !== conditions[0]) && {
        scan: {
          rows: rowsFrom(unindexed),
          ...(isSortIndexed(query, object) && {
            sample: lines(sql("select count(*)"), unindexed, where, sql(`and rid <= ${sampleSize}`)),
          }),
        },
      }),
    ...(search?.candidates && { narrowed: narrowed(search.candidates, where, rowsFrom, object) }),
  };
}

/** Judged for the rows of the page only: the expression is as dear as the search itself. */
function withMatch(rows: Sql, matched: Sql, object: ObjectDefinition): Sql {
  const own = table(object.key);
  return lines(
    sql("select found.*, (select"),
    matched,
    sql(`from ${own} where ${own}.id = found.id) from (`),
    rows,
    sql(") as found"),
  );
}

function candidatesFrom(candidates: Sql, object: ObjectDefinition): Sql {
  return joined([sql("from ("), candidates, sql(`) cross join ${table(object.key)} on rid = c`)], "");
}

function narrowed(
  candidates: Sql,
  where: Sql,
  rowsFrom: (source: Sql) => Sql,
  object: ObjectDefinition,
): NonNullable<CompiledQuery["narrowed"]> {
  const from = candidatesFrom(candidates, object);
  return {
    rows: rowsFrom(from),
    count: countOf(lines(sql("select 1"), from, where)),
    probe: lines(sql("select count(*) from ("), candidates, sql("limit ?)", candidateCap + 1)),
  };
}

/** The rows of one owner have an index of their own, which beats reading all. */
function hasOwnIndex(query: Query, access: QueryAccess): boolean {
  if (!access.all && access.departments.length === 0 && access.owners.length === 1) return true;
  const conditions = query.filter && "all" in query.filter ? query.filter.all : [query.filter];
  return conditions.some((one) => one !== undefined && "field" in one && one.field === "owner" && one.op === "eq");
}

function isSortIndexed(query: Query, object: ObjectDefinition): boolean {
  const first = query.sort?.[0]?.field ?? "updatedAt";
  return first === "updatedAt" || first === "createdAt" || first === object.nameField;
}

/** The limit is checked and written out, since PostgreSQL plans badly for a limit it does not know. */
function pageOf({ limit, offset }: Query): Sql {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError("limit is no whole number");
  return offset === 0 ? sql(`limit ${limit}`) : sql(`limit ${limit} offset ?`, offset);
}

const searches = (query: Query): boolean => query.search !== undefined && query.search.trim() !== "";

function countOf(matching: Sql): Sql {
  return lines(sql("select count(*) from ("), matching, sql(`limit ${countCap + 1}) as found`));
}

function compileSort(query: Query, { object, access, store }: FilterContext): Sql {
  const { orderBy } = object;
  const usual =
    orderBy !== undefined && access.readable.has(orderBy)
      ? ({ field: orderBy, direction: "asc" } as const)
      : ({ field: "updatedAt", direction: "desc" } as const);
  const sort = query.sort?.length ? query.sort : [usual];
  const keys: Sql[] = [];
  for (const { field: key, direction } of sort) {
    const { field, reach } = usableField(object, key, access);
    if (reach === "exact") throw new Problem("not_sortable");
    if (key === "createdAt") {
      // Ids are UUIDv7: their order is the order of creation, and they have the indexes.
      keys.push(sql(`${idOf(store)} ${direction}`));
      return lines(sql("order by"), joined(keys, ", "));
    }
    const own = reach === "own" && access.own ? store.scope(access.own) : always;
    for (const name of store.sortKeys(field))
      keys.push(sortKey(name, direction, own, neverEmptyFields.has(key) || key === object.nameField));
  }
  keys.push(sql(`${idOf(store)} ${sort[0]?.direction ?? "desc"}`));
  return lines(sql("order by"), joined(keys, ", "));
}

const neverEmptyFields: ReadonlySet<string> = new Set(["createdAt", "updatedAt"]);

/** In rows where the actor may not read the field it counts as empty. */
function sortKey(name: string, direction: "asc" | "desc", readableIn: Sql, neverEmpty: boolean): Sql {
  const ending = neverEmpty ? direction : `${direction} nulls last`;
  if (readableIn === always) return sql(`${name} ${ending}`);
  return lines(sql("case when"), readableIn, sql(`then ${name} end ${ending}`));
}

function idOf(store: Store): string {
  return store === postgresStore ? "r.id" : "id";
}

function postgresColumns(query: Query, { object, sealed }: CompileOptions): string {
  const wanted = wantedFields(query, object);
  const columns = wanted.flatMap((field) =>
    field.storage.in === "column" && object.fields.includes(field) ? [field.storage.column] : [],
  );
  const ext = wanted.some((field) => field.storage.in === "ext") ? ["ext"] : [];
  const seals = (sealed ?? []).map((level) => `sealed${level}`);
  for (const name of columns) if (!/^[a-z][a-z0-9_]*$/u.test(name)) throw new Error("not a column");
  return [...baseColumns.split(", "), ...columns, ...ext, ...seals].map((name) => `r.${name}`).join(", ");
}

/** Unknown columns are no problem: they are just not there. */
function wantedFields(query: Query, object: ObjectDefinition): StoredField[] {
  if (!query.columns) return object.fields.filter((field) => field.listed === true);
  return object.fields.filter((field) => query.columns?.includes(field.key) === true);
}

/** Fields readable somewhere in the scope, and masks. What may be shown in which row is the caller's to judge per row. */
function projectedFields(query: Query, object: ObjectDefinition, access: QueryAccess): StoredField[] {
  return wantedFields(query, object).filter(
    (field) => field.class === 3 || access.readable.has(field.key) || access.own?.readable.has(field.key) === true,
  );
}

function selectedColumn(field: StoredField): string {
  return column(field.key, field.class === 3 ? "mask" : undefined);
}
