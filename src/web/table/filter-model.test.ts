// Filters in words become the conditions of the query form: whole local days, nothing for masked fields.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { filterOf, operatorsFor } from "./filter-model.ts";

const field = (part: Partial<SchemaField>): SchemaField => ({
  key: "x",
  type: "text",
  class: 1,
  labels: { zh: "", en: "" },
  purpose: "selling",
  level: "write",
  required: false,
  listed: true,
  searchable: false,
  sortable: true,
  computed: false,
  custom: false,
  system: false,
  ...part,
});
const now = new Date(2026, 10, 23, 10);

test("several chips are joined, one stands alone, none is no filter", () => {
  const fields = [field({ key: "level", type: "choice" }), field({ key: "employees", type: "integer" })];
  const level = { field: "level", operator: "is" as const, values: [{ value: "a", label: "A" }] };
  const size = { field: "employees", operator: "more" as const, values: [{ value: 100, label: "100" }] };
  assert.equal(filterOf([], fields, "all", now), undefined);
  assert.deepEqual(filterOf([level], fields, "all", now), { field: "level", op: "eq", value: "a" });
  assert.deepEqual(filterOf([level, size], fields, "any", now), {
    any: [
      { field: "level", op: "eq", value: "a" },
      { field: "employees", op: "gte", value: 100 },
    ],
  });
});

test("groups stand in groups; an empty one is no condition", () => {
  const fields = [field({ key: "level", type: "choice" }), field({ key: "employees", type: "integer" })];
  const is = (value: string) => ({ field: "level", operator: "is" as const, values: [{ value, label: "" }] });
  const size = { field: "employees", operator: "more" as const, values: [{ value: 100, label: "100" }] };
  const nested = { match: "any" as const, items: [is("a"), { match: "all" as const, items: [is("b"), size] }] };
  assert.deepEqual(filterOf([size, nested, { match: "any", items: [] }], fields, "all", now), {
    all: [
      { field: "employees", op: "gte", value: 100 },
      {
        any: [
          { field: "level", op: "eq", value: "a" },
          {
            all: [
              { field: "level", op: "eq", value: "b" },
              { field: "employees", op: "gte", value: 100 },
            ],
          },
        ],
      },
    ],
  });
});

test("days are whole: a date by its text, a moment from midnight to midnight here", () => {
  const week = { operator: "within" as const, values: [{ value: "thisWeek", label: "" }] };
  assert.deepEqual(filterOf([{ field: "day", ...week }], [field({ key: "day", type: "date" })], "all", now), {
    all: [
      { field: "day", op: "gte", value: "2026-11-23" },
      { field: "day", op: "lte", value: "2026-11-29" },
    ],
  });
  assert.deepEqual(
    filterOf(
      [{ field: "at", operator: "is", values: [{ value: "2026-11-23", label: "" }] }],
      [field({ key: "at", type: "datetime" })],
      "all",
      now,
    ),
    {
      all: [
        { field: "at", op: "gte", value: new Date(2026, 10, 23).toISOString() },
        { field: "at", op: "lt", value: new Date(2026, 10, 24).toISOString() },
      ],
    },
  );
});

test("chips of fields that are gone, or without a value, are left out", () => {
  assert.equal(
    filterOf([{ field: "gone", operator: "is", values: [{ value: 1, label: "" }] }], [], "all", now),
    undefined,
  );
  assert.equal(filterOf([{ field: "x", operator: "is", values: [] }], [field({})], "all", now), undefined);
});

test("masked and hidden fields cannot be filtered; restricted ones match whole only", () => {
  assert.deepEqual(operatorsFor(field({ level: "masked" })), []);
  assert.deepEqual(operatorsFor(field({ level: "hidden" })), []);
  assert.deepEqual(operatorsFor(field({ type: "phone", class: 3 })), ["is"]);
  assert.deepEqual(operatorsFor(field({ type: "choice", class: 3 })), []);
});
