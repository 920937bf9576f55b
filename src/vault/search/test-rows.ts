// Rows and accesses for the tests of search: invented people, numbered ids, a seeded random source.
import { createHmac } from "node:crypto";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { contact } from "../../contract/objects/contact.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { type Query, querySchema } from "../../contract/query.ts";
import { compileQuery } from "../records/query-compiler.ts";
import type { QueryAccess } from "../records/query-compiler-access.ts";
import type { CompiledQuery } from "../records/query-compiler-result.ts";
import type { Projection } from "./projection.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";
import { localForms } from "../records/phone.ts";
import { type LookupTag, lookupForm, restrictedCells } from "./restricted.ts";

export const testId = (number: number): string => `018f0000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;

export const testLookup: LookupTag = (kind, normalised) =>
  createHmac("sha256", "test").update(`${kind}\0${normalised}`).digest();

export interface TestRow {
  readonly id?: string;
  readonly version?: number;
  readonly base?: number;
  readonly owner?: string | null;
  readonly department?: string | null;
  readonly updatedAt?: number;
  readonly deleted?: boolean;
  readonly values: Readonly<Record<string, FieldValue>>;
}

export function headOf(row: TestRow, index: number): ProjectionRow {
  return {
    id: row.id ?? testId(index + 1),
    version: row.version ?? 1,
    base: row.base,
    owner: row.owner ?? null,
    department: row.department ?? null,
    createdAt: 1_700_000_000_000 + index,
    createdBy: null,
    updatedAt: row.updatedAt ?? 1_700_000_000_000 + index,
    updatedBy: null,
    deleted: row.deleted ?? false,
  };
}

export function put(projection: Projection, rows: readonly TestRow[], object: ObjectDefinition = contact): string[] {
  const keys = object.fields.map((field) => field.key);
  const values = rows.map((row) => object.fields.map((field) => projected(field, row)));
  return projection.upsert(object.key, rows.map(headOf), keys, values);
}

function projected(field: StoredField, row: TestRow): ProjectedValue {
  const value = row.values[field.key];
  if (value === undefined) return row.base === undefined ? null : undefined;
  return field.class === 3 ? restrictedCells(field, value, testLookup) : value;
}

/** Everything readable, class 3 by exact match. */
export function fullAccess(object: ObjectDefinition = contact): QueryAccess {
  const keys = (level: (field: StoredField) => boolean): Set<string> =>
    new Set(object.fields.filter(level).map((field) => field.key));
  return {
    all: true,
    owners: [],
    departments: [],
    readable: keys((field) => field.class < 3),
    exact: keys((field) => field.class === 3),
    lookupLocal: (field, value) =>
      field.type === "phone" ? localForms(value).map((form) => testLookup("phone", form)) : [],
    lookup: (field, value) => {
      const form = lookupForm(field, value);
      return form && testLookup(form.kind, form.normalised);
    },
  };
}

export function compiled(
  query: Partial<Query>,
  access: QueryAccess = fullAccess(),
  object: ObjectDefinition = contact,
): CompiledQuery {
  return compileQuery(querySchema.parse({ object: object.key, columns: [object.nameField], ...query }), {
    object,
    target: "projection",
    access,
  });
}

/** Names found, in order. */
export function names(projection: Projection, query: Partial<Query>, access?: QueryAccess): unknown[] {
  return projection.query(compiled(query, access)).rows.map((row) => row[4]);
}

/** mulberry32: the same numbers for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
