// The index with its thread: writing, reading, suggesting, and coming back after the worker's death.
import assert from "node:assert/strict";
import { test } from "node:test";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import { Problem } from "../../contract/problem.ts";
import type { SearchIndex } from "./search-index.ts";
import { access, ask, columns, material, people, refill, seal, source, start, upsertRow } from "./test-index.ts";
import { compiled, fullAccess, testId } from "./test-rows.ts";

const searches = ["张", "zw", "wang", "伟", "138 1000 0005", "0007", "zeng", "cto", "英丽"];

test("what was written and what is rebuilt answer alike; a dead worker comes back", async () => {
  const records = people(1000);
  const written = await start();
  await refill(written, { object: "contact", source: source([]), material: () => material });
  await written.upsert(
    "contact",
    records.map((record) => upsertRow(record)),
  );
  let lost = 0;
  const rebuilt = await start(() => lost++);
  await assert.rejects(ask(rebuilt, "张"), (error) => error instanceof Problem && error.code === "starting");
  const sealed = seal(records);
  const rebuild = () => refill(rebuilt, { object: "contact", source: source(sealed), material: () => material });
  assert.deepEqual(await rebuild(), { rows: 1000, erased: 0, broken: [] });
  assert.deepEqual(rebuilt.ready("contact"), { ready: true, complete: true, rows: 1000 });
  const answers = async (index: SearchIndex): Promise<unknown[]> =>
    Promise.all(searches.map((search) => ask(index, search)));
  const before = await answers(rebuilt);
  assert.deepEqual(before, await answers(written));
  assert.ok(before.flat().length > 100);
  const ids = records.slice(0, 50).map((record) => record.id);
  assert.deepEqual(await rebuilt.columns("contact", ids, columns), await written.columns("contact", ids, columns));

  // Answered before the worker ended, or refused as what may be asked again: nothing hangs.
  const pending = ask(rebuilt, "张").catch((error: unknown) => {
    assert.ok(error instanceof Problem && error.code === "unavailable");
  });
  await rebuilt.restart();
  await pending;
  assert.equal(lost, 1);
  await assert.rejects(ask(rebuilt, "张"), (error) => error instanceof Problem && error.code === "starting");
  await rebuild();
  assert.deepEqual(await answers(rebuilt), before);
});

test("a read after a write sees it; suggestions name the nearest first", async () => {
  const index = await start();
  for (const object of ["contact", "account"])
    await refill(index, { object, source: source([]), material: () => material });
  const at = new Date();
  const companies = ["北京华信科技有限公司", "华信", "华信科技", "上海大华信托"].map((name, place) =>
    upsertRow({ id: testId(100 + place), updatedAt: at, values: { name } }),
  );
  void index.upsert("account", companies);
  void index.upsert("contact", [upsertRow({ id: testId(200), values: { name: "华信义", phone: "+8613812345678" } })]);
  const targets = [
    { object: account, access: { ...fullAccess(account), lookup: access.lookup } },
    { object: contact, access },
  ];
  const suggested = async (text: string, limit = 10): Promise<unknown[]> =>
    (await index.suggest(text, targets, limit)).map((one) => one.name);
  const matched = async (text: string): Promise<unknown[]> =>
    (await index.suggest(text, targets, 10)).map((one) => one.matched);
  assert.deepEqual(await suggested("华信"), ["华信", "华信义", "华信科技", "上海大华信托", "北京华信科技有限公司"]);
  assert.deepEqual(await suggested("华信", 3), ["华信", "华信义", "华信科技"]);
  assert.deepEqual(await suggested("+86 (138) 1234-5678"), ["华信义"]);
  assert.deepEqual(await suggested("5678"), ["华信义"]);
  assert.deepEqual(await matched("hxy"), ["name"]);
  assert.deepEqual(await matched("+86 (138) 1234-5678"), ["phone"]);
  assert.deepEqual(await matched("5678"), ["phone"]);
  assert.deepEqual(await suggested("  "), []);
  assert.deepEqual(await suggested("（）"), []);
});

test("20,000 new rows go in while queries are answered", async () => {
  const index = await start();
  await refill(index, { object: "contact", source: source([]), material: () => material });
  const records = people(20_000).map((record) => upsertRow(record));
  const stored = Promise.all(
    Array.from({ length: 40 }, (_, place) => index.upsert("contact", records.slice(place * 500, place * 500 + 500))),
  );
  const [result] = await Promise.all([index.query(compiled({ count: true }, access)), stored]);
  assert.equal(result.countCapped, true);
});

test("an index that could not take a written row is not asked until it is filled anew", async () => {
  const lost: unknown[] = [];
  const index = await start((why) => lost.push(why));
  const rebuild = () => refill(index, { object: "account", source: source([]), material: () => material });
  const ready = () => index.ready("account").ready;
  await rebuild();
  assert.equal(ready(), true);
  // More than SQLite takes, and no type lets it through: any fault of the worker looks the same from here.
  const version = (2n ** 70n) as unknown as number;
  const row = upsertRow({ id: testId(1), values: { name: "华信" } }, version);
  await assert.rejects(index.upsert("account", [row]), /search worker/);
  assert.match(String(lost), /search worker/);
  assert.equal(lost.length, 1);
  assert.equal(ready(), false);
  await rebuild();
  assert.equal(ready(), true);
});
