// Random rows, queries and accesses for the compiler's tests, and a plain reading of the query form to compare with.
import assert from "node:assert/strict";
import type pg from "pg";
import { type ObjectDefinition, type StoredField, fieldOf } from "../../contract/field.ts";
import { contact } from "../../contract/objects/contact.ts";
import { type Condition, type Filter, type Query, querySchema } from "../../contract/query.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { fold } from "../search/normalise.ts";
import { fullAccess, random, testId } from "../search/test-rows.ts";
import type { QueryAccess, ScopePredicate } from "./query-compiler-access.ts";
import { tableOf } from "./row.ts";
import { toColumn } from "./values.ts";

const base = {
  class: 1,
  labels: { zh: "", en: "" },
  purpose: "selling",
  retention: "with_record",
  custom: true,
} as const;
const slot = (column: string) => ({ in: "column", column }) as const;
const custom: readonly StoredField[] = [
  { ...base, key: "plain", type: "text", storage: slot("t1") },
  { ...base, key: "chosen", type: "choice", options: [], storage: slot("t2") },
  { ...base, key: "ticked", type: "boolean", storage: slot("t3") },
  { ...base, key: "friend", type: "reference", target: "contact", storage: slot("t4") },
  { ...base, key: "whole", type: "integer", storage: slot("n1") },
  { ...base, key: "price", type: "decimal", scale: 2, storage: slot("n2") },
  { ...base, key: "day", type: "date", storage: slot("d1") },
  { ...base, key: "moment", type: "datetime", storage: slot("d2") },
];
export const object: ObjectDefinition = {
  ...contact,
  fields: [...contact.fields.filter((field) => field.key !== "account"), ...custom],
};

interface Row {
  readonly id: string;
  readonly owner: string | null;
  readonly department: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly deleted: boolean;
  readonly values: Readonly<Record<string, FieldValue>>;
}

export const next = random(20_261_123);
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T; // never empty here
const maybe = <T>(value: T): T | null => (next() < 0.2 ? null : value);
const texts = "Acme|acme|ACME（北京）|北京|北京华信|a'b|a\"b|%|_|a_b|ａｃｍｅ|élan|Élan|x\\y|-1|0".split("|");
const owners = [testId(901), testId(902), testId(903)];
const departments = [testId(801), testId(802), testId(803), testId(804)];
const below: Readonly<Record<string, readonly string[]>> = {
  [testId(801)]: [testId(801), testId(802), testId(803)],
  [testId(802)]: [testId(802)],
};
const days = ["2026-01-01", "2026-02-28", "2026-11-23", "1999-12-31"];
const moments = ["2026-01-01T00:00:00.000Z", "2026-11-23T08:30:00.000Z", "2026-11-23T08:30:00.001Z"];

function someRow(index: number): Row {
  return {
    id: testId(index + 1),
    owner: maybe(pick(owners)),
    department: maybe(pick(departments)),
    createdAt: 1_700_000_000_000 + index,
    updatedAt: 1_700_000_000_000 + Math.floor(next() * 40),
    deleted: next() < 0.1,
    values: {
      name: pick(texts),
      role: maybe(pick(["decides", "uses"])),
      isPrimary: maybe(next() < 0.5),
      nextFollowUp: maybe(pick(days)),
      jobTitle: maybe(pick(texts)),
      plain: maybe(pick(texts)),
      chosen: maybe(pick(["a", "b"])),
      ticked: maybe(next() < 0.5),
      friend: maybe(testId(1 + Math.floor(next() * 5))),
      whole: maybe(Math.floor(next() * 7) - 3),
      price: maybe((Math.floor(next() * 700) - 300) / 100),
      day: maybe(pick(days)),
      moment: maybe(pick(moments)),
    },
  };
}

export const rows = Array.from({ length: 240 }, (_, index) => someRow(index));
export async function insertRow(pool: pg.Pool, row: Row): Promise<void> {
  const stored = object.fields.flatMap((field) =>
    field.storage.in === "column"
      ? [[field.storage.column, toColumn(field, row.values[field.key] ?? null)] as const]
      : [],
  );
  const columns = [
    ["id", row.id],
    ["subject_id", row.id],
    ["owner_id", row.owner],
    ["department_id", row.department],
    ["created_at", new Date(row.createdAt)],
    ["updated_at", new Date(row.updatedAt)],
    ["version", 1],
    ["deleted_at", row.deleted ? new Date(row.updatedAt) : null],
    ["tag", Buffer.alloc(32)],
    ["facts", ""],
    ...stored,
  ] as const;
  const names = columns.map(([name]) => name).join(", ");
  const places = columns.map((_, index) => `$${index + 1}`).join(", ");
  await pool.query(
    `insert into ${tableOf(object)} (${names}) values (${places})`,
    columns.map(([, value]) => value),
  );
}

// The plain reading of the query form.
function valueIn(row: Row, key: string): FieldValue {
  switch (key) {
    case "owner":
      return row.owner;
    case "department":
      return row.department;
    case "createdAt":
      return new Date(row.createdAt).toISOString();
    case "updatedAt":
      return new Date(row.updatedAt).toISOString();
    default:
      return row.values[key] ?? null;
  }
}

function meets(row: Row, filter: Filter, may: (row: Row, key: string) => boolean): boolean {
  if ("all" in filter) return filter.all.every((one) => meets(row, one, may));
  if ("any" in filter) return filter.any.some((one) => meets(row, one, may));
  if (!may(row, filter.field)) return false;
  const value = valueIn(row, filter.field);
  const wanted = filter.value;
  const same = (other: unknown): boolean => value === other;
  switch (filter.op) {
    case "empty":
      return value === null;
    case "not_empty":
      return value !== null;
    case "eq":
      return same(wanted);
    case "ne":
      return !same(wanted);
    case "in":
      return Array.isArray(wanted) && wanted.some(same);
    case "under":
      return [String(wanted), ...(below[String(wanted)] ?? [])].some(same);
    case "contains":
      return typeof value === "string" && fold(value).includes(fold(String(wanted)));
    default:
      if (value === null || wanted === undefined) return false;
      return { lt: value < wanted, lte: value <= wanted, gt: value > wanted, gte: value >= wanted }[filter.op];
  }
}

const inScope = (row: Row, scope: ScopePredicate): boolean =>
  scope.all ||
  (row.owner !== null && scope.owners.includes(row.owner)) ||
  (row.department !== null && scope.departments.includes(row.department));

export function expected(query: Query, access: QueryAccess): Row[] {
  const { own } = access;
  const may = (row: Row, key: string): boolean =>
    !object.fields.some((field) => field.key === key) ||
    access.readable.has(key) ||
    (own !== undefined && own.readable.has(key) && inScope(row, own));
  const found = rows.filter(
    (row) => row.deleted === query.deleted && inScope(row, access) && (!query.filter || meets(row, query.filter, may)),
  );
  const sort = query.sort?.length ? query.sort : [{ field: "updatedAt", direction: "desc" } as const];
  const compare = (a: Row, b: Row): number => {
    for (const { field, direction } of sort) {
      const [left, right] = [a, b].map((row) => (may(row, field) ? valueIn(row, field) : null)) as [
        FieldValue,
        FieldValue,
      ];
      const order = byValue(left, right, direction);
      if (order !== 0) return order;
    }
    return (a.id < b.id ? -1 : 1) * (sort[0]?.direction === "asc" ? 1 : -1);
  };
  return found.toSorted(compare);
}

function byValue(a: FieldValue, b: FieldValue, direction: "asc" | "desc"): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order =
    typeof a === "string" && typeof b === "string"
      ? Buffer.compare(Buffer.from(a), Buffer.from(b))
      : Number(a > b) - Number(a < b);
  return direction === "asc" ? order : -order;
}

export const columnFields = [
  "role",
  "isPrimary",
  "nextFollowUp",
  "plain",
  "chosen",
  "ticked",
  "friend",
  "whole",
  "price",
  "day",
  "moment",
  "owner",
  "department",
  "createdAt",
  "updatedAt",
];
export const sealedFields = ["name", "jobTitle"];

function someCondition(keys: readonly string[]): Condition {
  const key = pick(keys);
  const field = fieldOf(object, key);
  assert.ok(field);
  const value = (): string | number | boolean => {
    switch (field.type) {
      case "boolean":
        return next() < 0.5;
      case "integer":
        return Math.floor(next() * 7) - 3;
      case "decimal":
        return (Math.floor(next() * 700) - 300) / 100;
      case "date":
        return pick(days);
      case "datetime":
        return next() < 0.5 ? pick(moments) : new Date(1_700_000_000_000 + Math.floor(next() * 250)).toISOString();
      case "reference":
        return pick(key === "owner" ? owners : key === "department" ? departments : [testId(1), testId(2)]);
      case "choice":
        return pick(["a", "b", "decides", "uses"]);
      default:
        return pick(texts);
    }
  };
  const text = field.type === "text";
  const ordered = ["integer", "decimal", "date", "datetime"].includes(field.type);
  const operators: Condition["op"][] = ["eq", "ne", "in", "empty", "not_empty"];
  if (text) operators.push("contains", "contains", "contains");
  if (ordered) operators.push("lt", "lte", "gt", "gte");
  if (key === "department") operators.push("under", "under");
  const op = pick(operators);
  if (op === "empty" || op === "not_empty") return { field: key, op };
  if (op === "in") return { field: key, op, value: Array.from({ length: Math.floor(next() * 3) }, value) };
  return {
    field: key,
    op,
    value: op === "contains" ? pick(["a", "京", "acme", "_", "%", "'", "北京", "é", "\\", "（", "M"]) : value(),
  };
}

function someFilter(keys: readonly string[], depth = 0): Filter {
  if (depth > 2 || next() < 0.5) return someCondition(keys);
  const children = Array.from({ length: Math.floor(next() * 4) }, () => someFilter(keys, depth + 1));
  return next() < 0.5 ? { all: children } : { any: children };
}

export function someAccess(): QueryAccess {
  const full = fullAccess(object);
  const scope = (): ScopePredicate => ({
    all: next() < 0.4,
    owners: owners.filter(() => next() < 0.4),
    departments: departments.filter(() => next() < 0.3),
  });
  if (next() < 0.6) return { ...full, ...scope() };
  const some = new Set([...full.readable].filter(() => next() < 0.5));
  return { ...full, ...scope(), readable: some, own: { ...scope(), readable: full.readable } };
}

export function someQuery(keys: readonly string[]): Query {
  const sort = Array.from({ length: Math.floor(next() * 3) }, () => ({
    field: pick(keys.filter((key) => key !== "name" && key !== "jobTitle")),
    direction: pick(["asc", "desc"] as const),
  }));
  return querySchema.parse({
    object: "contact",
    ...(next() < 0.9 && { filter: someFilter(keys) }),
    sort,
    limit: 1 + Math.floor(next() * 60),
    offset: pick([0, 0, 5, 100]),
    deleted: next() < 0.1,
    count: true,
  });
}

export const subtree = (id: string): readonly string[] => below[id] ?? [id];
