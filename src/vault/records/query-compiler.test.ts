// Random filters, sorts and scopes over the same rows in PostgreSQL and in the projection: both must give the ids that a
// plain reading of the query form gives, in the same order.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { type Condition, type Filter, type Query, querySchema } from "../../contract/query.ts";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemScope } from "../db/database.ts";
import { fold } from "../search/normalise.ts";
import { Projection } from "../search/projection.ts";
import { fullAccess, put, testId } from "../search/test-rows.ts";
import { chooseTarget, compileQuery } from "./query-compiler.ts";
import type { QueryAccess } from "./query-compiler-access.ts";
import {
  columnFields,
  expected,
  insertRow,
  object,
  rows,
  sealedFields,
  someAccess,
  someQuery,
  subtree,
} from "./test-query-rows.ts";

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

test("both stores give the rows that the query means, in order", async () => {
  let found = 0;
  await database.db.tx(systemScope("test"), async (tx) => {
    for (let round = 0; round < 1500; round++) {
      const withSealed = round % 3 === 0;
      const query = someQuery(withSealed ? [...columnFields, ...sealedFields] : columnFields);
      const access = someAccess();
      const wanted = expected(query, access);
      const page = wanted.slice(query.offset, query.offset + query.limit).map((row) => row.id);
      const about = JSON.stringify({
        query,
        access: {
          ...access,
          readable: [...access.readable],
          own: access.own && { ...access.own, readable: undefined },
        },
      });
      const answer = projection.query(compileQuery(query, { object, target: "projection", access, subtree }));
      assert.deepEqual([answer.rows.map((row) => row[0]), answer.count], [page, wanted.length], about);
      found += page.length;
      if (withSealed) continue;
      assert.equal(chooseTarget(query, object), "postgres");
      const compiled = compileQuery(query, { object, target: "postgres", access, subtree });
      const answers = await tx.query<{ id: string }>(compiled.text, compiled.values);
      const [count] = await tx.query<{ count: number }>(compiled.countText, compiled.countValues);
      assert.deepEqual([answers.map((row) => row.id), Number(count?.count)], [page, wanted.length], about);
    }
  });
  assert.ok(found > 5000, `only ${found} rows compared`);
});

test("the projection answers what PostgreSQL cannot", () => {
  const query = (one: Partial<Query>): Query => querySchema.parse({ object: "contact", ...one });
  assert.equal(chooseTarget(query({}), object), "postgres");
  assert.equal(chooseTarget(query({ search: "  " }), object), "postgres");
  assert.equal(chooseTarget(query({ search: "a" }), object), "projection");
  assert.equal(chooseTarget(query({ sort: [{ field: "name", direction: "asc" }] }), object), "projection");
  assert.equal(
    chooseTarget(query({ filter: { all: [{ any: [{ field: "phone", op: "eq", value: "1" }] }] } }), object),
    "projection",
  );
});

test("syntax in values is a value, in both stores", async () => {
  const hostile = [
    "'; drop table vault.record_contact; --",
    "' or '1'='1",
    "$1",
    "?",
    "\\",
    "%' or 1=1",
    '"',
    "x'; select pg_sleep(9); --",
    "{}",
    "张\u0001",
  ];
  const access = fullAccess(object);
  await database.db.tx(systemScope("test"), async (tx) => {
    for (const value of hostile) {
      for (const op of ["eq", "ne", "contains", "in"] as const) {
        const query = querySchema.parse({
          object: "contact",
          filter: { field: "plain", op, value: op === "in" ? [value] : value },
          limit: 200,
        });
        const wanted =
          op === "ne"
            ? rows.filter((row) => !row.deleted).length
            : rows.filter(
                (row) =>
                  !row.deleted &&
                  op === "contains" &&
                  typeof row.values["plain"] === "string" &&
                  fold(row.values["plain"]).includes(fold(value)),
              ).length;
        const compiled = compileQuery(query, { object, target: "postgres", access });
        assert.ok(
          !compiled.text.includes(value) || value === "$1" || value === "?",
          "a value is never part of the text",
        );
        assert.equal((await tx.query(compiled.text, compiled.values)).length, Math.min(wanted, 200), value);
        assert.equal(
          projection.query(compileQuery(query, { object, target: "projection", access })).rows.length,
          Math.min(wanted, 200),
          value,
        );
      }
    }
  });
});

test("wrong values and overgrown filters are refused, naming the field", () => {
  const access = fullAccess(object);
  const wrong: [string, Condition["op"], Condition["value"]][] = [
    ["whole", "eq", "12万"],
    ["whole", "eq", 1.5],
    ["whole", "gt", 2 ** 60],
    ["whole", "eq", true],
    ["whole", "eq", [1, 2]],
    ["whole", "eq", undefined],
    ["price", "eq", 1.234],
    ["price", "eq", "1e3x"],
    ["ticked", "eq", "true"],
    ["ticked", "gt", true],
    ["day", "eq", "2026-02-30"],
    ["day", "eq", "23.11.2026"],
    ["moment", "eq", "gestern"],
    ["moment", "gte", "2026-13-01T00:00:00Z"],
    ["friend", "eq", "1"],
    ["friend", "contains", "1"],
    ["owner", "eq", "'; --"],
    ["owner", "under", testId(801)],
    ["plain", "eq", 5],
    ["plain", "eq", "a\u0000b"],
    ["plain", "contains", "a\u0000b"],
    ["plain", "lt", "b"],
    ["plain", "in", [1]],
    ["chosen", "contains", "a"],
  ];
  for (const target of ["postgres", "projection"] as const) {
    for (const [field, op, value] of wrong) {
      assert.throws(
        () =>
          compileQuery(querySchema.parse({ object: "contact", filter: { field, op, value } }), {
            object,
            target,
            access,
            subtree,
          }),
        (error) => error instanceof Problem && error.code === "invalid" && error.fields[0]?.field === field,
        `${field} ${op} ${String(value)}`,
      );
    }
    let deep: Filter = { field: "plain", op: "empty" };
    for (let depth = 0; depth < 12; depth++) deep = { all: [deep] };
    const wide = {
      any: Array.from({ length: 50 }, () => ({
        all: Array.from({ length: 50 }, () => ({ field: "plain", op: "empty" }) as const),
      })),
    };
    for (const filter of [deep, wide]) {
      assert.throws(
        () => compileQuery(querySchema.parse({ object: "contact", filter }), { object, target, access }),
        (error) => error instanceof Problem && error.code === "invalid",
      );
    }
  }
});

test("the lists people read use an index", async () => {
  const plan = async (query: Partial<Query>, access: QueryAccess): Promise<string> => {
    const compiled = compileQuery(querySchema.parse({ object: "contact", ...query }), {
      object,
      target: "postgres",
      access,
    });
    const client = await database.owner.connect();
    try {
      // As at a million rows, where reading them all is never cheaper.
      await client.query("set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off");
      const { rows: lines } = await client.query<{ "QUERY PLAN": string }>(`explain ${compiled.text}`, [
        ...compiled.values,
      ]);
      return lines.map((line) => line["QUERY PLAN"]).join("\n");
    } finally {
      client.release(true);
    }
  };
  const access = fullAccess(object);
  const own = { ...access, all: false, owners: [testId(901)] };
  const newest = { sort: [{ field: "createdAt", direction: "desc" }] } as const;
  const byOwner = { filter: { field: "owner", op: "eq", value: testId(901) } } as const;
  for (const [query, who] of [
    [{}, access],
    [newest, access],
    [{}, own],
    [newest, own],
    [byOwner, access],
    [{ ...byOwner, ...newest }, access],
  ] as const) {
    const text = await plan(query as Partial<Query>, who);
    assert.match(text, /Index (?:Only )?Scan/u);
    assert.doesNotMatch(text, /Sort/u, JSON.stringify(query));
  }
});
