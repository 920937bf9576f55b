// Sums over random queries: both stores add up exactly what a plain reading of the query gives, under the rights of whoever asks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { type Query, querySchema } from "../../contract/query.ts";
import { systemScope } from "../db/database.ts";
import { scaledDecimal } from "../search/columns.ts";
import { Projection } from "../search/projection.ts";
import { fullAccess, put } from "../search/test-rows.ts";
import type { QueryAccess } from "./query-compiler-access.ts";
import { compileQuery } from "./query-compiler.ts";
import type { SumCells } from "./query-compiler-result.ts";
import { readSums } from "./query-compiler-sums.ts";
import {
  columnFields,
  expected,
  insertRow,
  object as plainObject,
  rows,
  sealedFields,
  someAccess,
  someQuery,
  subtree,
} from "./test-query-rows.ts";

/** The same object, its price counted in what is chosen. */
const object: ObjectDefinition = {
  ...plainObject,
  fields: plainObject.fields.map((field): StoredField =>
    field.key === "price" ? { ...field, unit: "chosen" } : field,
  ),
};
const projection = new Projection([object]);
let database: TestDatabase;

before(async () => {
  put(
    projection,
    rows.map((row) => ({ ...row })),
    object,
  );
  database = await testDatabase();
  for (const row of rows) await insertRow(database.owner, row);
});
after(() => database.close());

type Sum = ReturnType<typeof readSums>[number];

function fieldOf(key: string): StoredField {
  const field = object.fields.find((one) => one.key === key);
  assert.ok(field);
  return field;
}

function inMemory(query: Query, access: QueryAccess): Sum[] {
  const compiled = compileQuery(query, { object, target: "projection", access, subtree });
  const { sums = [] } = projection.query(compiled);
  return compiled.sums.flatMap(({ field }, index) => readSums(fieldOf(field), sums[index] ?? [], true));
}

function inTables(query: Query, access: QueryAccess): Promise<Sum[]> {
  const compiled = compileQuery(query, { object, target: "postgres", access, subtree });
  return database.db.tx(systemScope("test"), async (tx) => {
    const found: Sum[] = [];
    for (const { field, text, values } of compiled.sums) {
      const cells = await tx.query<{ unit: unknown; high: unknown; low: unknown }>(text, values);
      found.push(
        ...readSums(
          fieldOf(field),
          cells.map(({ unit, high, low }): SumCells => [unit, high, low]),
          false,
        ),
      );
    }
    return found;
  });
}

/** By reading the rows themselves, with integers without limit: field and unit to the sum in the smallest unit. */
function byHand(query: Query, access: QueryAccess): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const row of expected(query, access))
    for (const key of query.sums ?? []) {
      const field = fieldOf(key);
      const value = row.values[key];
      if (typeof value !== "number") continue;
      const unit = field.unit === undefined ? null : (row.values[field.unit] ?? null);
      const name = `${key} ${String(unit)}`;
      totals.set(name, (totals.get(name) ?? 0n) + BigInt(Math.round(value * 10 ** scaleOf(field))));
    }
  return totals;
}

const scaleOf = (field: StoredField): number => (field.type === "decimal" ? field.scale : 0);

function scaled(sums: readonly Sum[]): Map<string, bigint> {
  return new Map(
    sums.map(({ field, unit, sum }) => [`${field} ${unit}`, scaledDecimal(sum, scaleOf(fieldOf(field))) ?? -1n]),
  );
}

test("both stores add up what the query means", async () => {
  let added = 0;
  for (let round = 0; round < 300; round++) {
    const sealed = round % 3 === 0;
    const asked = someQuery(sealed ? [...columnFields, ...sealedFields] : columnFields);
    const query: Query = { ...asked, sums: ["whole", "price"] };
    const access = someAccess();
    if (access.readable.has("whole") && access.readable.has("price") && access.readable.has("chosen")) {
      const wanted = byHand(query, access);
      const about = JSON.stringify({ query, access: { ...access, readable: [...access.readable] } });
      assert.deepEqual(scaled(inMemory(query, access)), wanted, about);
      if (!sealed) assert.deepEqual(scaled(await inTables(query, access)), wanted, about);
      added += wanted.size;
    }
  }
  assert.ok(added > 100, `${added} sums compared`);
});

test("what may not be read, is sealed or is no number is not added up", () => {
  const query = (field: string): Query => querySchema.parse({ object: object.key, sums: [field] });
  const access = fullAccess(object);
  for (const target of ["postgres", "projection"] as const) {
    const compile = (field: string, by: QueryAccess) =>
      compileQuery(query(field), { object, target, access: by, subtree });
    const without = (key: string): QueryAccess => ({
      ...access,
      readable: new Set([...access.readable].filter((one) => one !== key)),
    });
    for (const field of ["noSuchField", "name", "phone"])
      assert.throws(() => compile(field, access), { code: "not_sortable" }, field);
    assert.throws(() => compile("price", without("price")), { code: "not_sortable" });
    assert.throws(() => compile("price", without("chosen")), { code: "not_sortable" });
    assert.throws(() => compile("plain", access), { code: "invalid" });
  }
});

test("a sum is exact beyond what a number holds", () => {
  const price = fieldOf("price");
  assert.deepEqual(readSums(price, [["CNY", "900719925474099312345", "0"]], false), [
    { field: "price", unit: "CNY", sum: "9007199254740993123.45" },
  ]);
  assert.deepEqual(readSums(price, [[null, -1, -50]], true), [{ field: "price", unit: null, sum: "-1000000.5" }]);
  assert.deepEqual(readSums(price, [[null, null, null]], true), [], "no value, no sum");
});
