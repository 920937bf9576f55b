// The index with its threads: rebuilding from sealed rows, writes meanwhile, death of the worker, and that nothing in
// plain ever lies in a file.
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { after, test } from "node:test";
import { Worker } from "node:worker_threads";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import { Problem } from "../../contract/problem.ts";
import { lookupTag } from "../keys/tag.ts";
import { lookupForm } from "./restricted.ts";
import { SearchIndex, type UpsertRow } from "./search-index.ts";
import type { RebuildPass } from "./rebuild-page.ts";
import { type PlainRecord, packRow, sealRecord, testMaterial } from "./test-sealed.ts";
import { compiled, fullAccess, random, testId } from "./test-rows.ts";

const material = testMaterial();
const lookup = (kind: string, normalised: string): Uint8Array => lookupTag(material.lookup, kind, normalised);
const open: SearchIndex[] = [];
after(() => Promise.all(open.map((index) => index.close())));

async function start(onLost?: () => void): Promise<SearchIndex> {
  const index = await SearchIndex.start({ objects: [contact, account], lookup, ...(onLost && { onLost }) });
  open.push(index);
  return index;
}

const surnames = [..."王李张刘陈曾单欧"];
const given = [..."伟芳娜敏静秀英丽强磊"];
const next = random(7);
const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)] ?? "";

function people(count: number, from = 1): PlainRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    id: testId(from + index),
    owner: testId(900 + (index % 3)),
    updatedAt: new Date(1_700_000_000_000 + index),
    values: {
      name: pick(surnames) + pick(given) + pick(given),
      jobTitle: pick(["经理", "CTO"]),
      phone: `+86138${String(10_000_000 + index)}`,
      role: pick(["uses", "buys"]),
      nextFollowUp: "2026-11-23",
      note: "x".repeat(50),
    },
  }));
}

type Sealed = ReturnType<typeof sealRecord>;
const seal = (records: readonly PlainRecord[]): Sealed[] =>
  records.map((record) => sealRecord(material, contact, record));

function source(
  sealed: readonly (Pick<Sealed, "row"> & { readonly key?: Sealed["key"] })[],
  size = 200,
  between?: (pass: RebuildPass, batch: number) => Promise<void> | void,
): (pass: RebuildPass) => AsyncGenerator<string> {
  return async function* pages(pass) {
    for (let start = 0; start < sealed.length; start += size) {
      await between?.(pass, start / size);
      yield JSON.stringify(sealed.slice(start, start + size).map(({ row, key }) => packRow(contact, pass, row, key)));
    }
  };
}

function upsertRow(record: PlainRecord, version = record.version ?? 1): UpsertRow {
  const at = record.updatedAt ?? new Date();
  return {
    id: record.id,
    version,
    owner: record.owner ?? null,
    department: null,
    createdAt: at,
    createdBy: null,
    updatedAt: at,
    updatedBy: null,
    deletedAt: null,
    values: record.values,
  };
}

const access = {
  ...fullAccess(),
  lookup: (field: Parameters<typeof lookupForm>[0], value: string) => {
    const form = lookupForm(field, value);
    return form && lookup(form.kind, form.normalised);
  },
};
const columns = contact.fields.map((field) => field.key);
const ask = async (index: SearchIndex, search: string): Promise<unknown[]> =>
  (await index.query(compiled({ search, columns, count: true, limit: 200 }, access))).rows.map((row) => [...row]);
const searches = ["张", "zw", "wang", "伟", "138 1000 0005", "0007", "zeng", "cto", "英丽"];

test("what was written and what is rebuilt answer alike; a dead worker comes back", async () => {
  const records = people(1000);
  const written = await start();
  await written.rebuild({ object: "contact", source: source([]), material: () => material });
  await written.upsert(
    "contact",
    records.map((record) => upsertRow(record)),
  );
  let lost = 0;
  const rebuilt = await start(() => lost++);
  await assert.rejects(ask(rebuilt, "张"), (error) => error instanceof Problem && error.code === "starting");
  const sealed = seal(records);
  const rebuild = () => rebuilt.rebuild({ object: "contact", source: source(sealed), material: () => material });
  assert.deepEqual(await rebuild(), { rows: 1000, erased: 0, broken: [] });
  assert.deepEqual(rebuilt.ready("contact"), { ready: true, complete: true, rows: 1000 });
  const answers = async (index: SearchIndex): Promise<unknown[]> =>
    Promise.all(searches.map((search) => ask(index, search)));
  const before = await answers(rebuilt);
  assert.deepEqual(before, await answers(written));
  assert.ok(before.flat().length > 100);
  const ids = records.slice(0, 50).map((record) => record.id);
  assert.deepEqual(await rebuilt.columns("contact", ids, columns), await written.columns("contact", ids, columns));

  const pending = ask(rebuilt, "张");
  const failed = assert.rejects(pending, (error) => error instanceof Problem && error.code === "unavailable");
  await rebuilt.restart();
  await failed;
  assert.equal(lost, 1);
  await assert.rejects(ask(rebuilt, "张"), (error) => error instanceof Problem && error.code === "starting");
  await rebuild();
  assert.deepEqual(await answers(rebuilt), before);
});

test("a rebuild cut off by the worker's death fails and can be repeated", async () => {
  const index = await start();
  const sealed = seal(people(600));
  const cut = index.rebuild({
    object: "contact",
    source: source(sealed, 100, (_, batch) => (batch === 3 ? index.restart() : undefined)),
    material: () => material,
  });
  await assert.rejects(cut);
  assert.equal(index.ready("contact").ready, false);
  assert.equal(
    (await index.rebuild({ object: "contact", source: source(sealed), material: () => material })).rows,
    600,
  );
});

test("writes during a rebuild win by version, removed rows stay removed", async () => {
  const index = await start();
  const records = people(800);
  const [first, middle, last, gone, partly] = [records[0], records[400], records[799], records[700], records[10]];
  assert.ok(first && middle && last && gone && partly);
  const change = (record: PlainRecord, name: string): UpsertRow =>
    upsertRow({ ...record, values: { ...record.values, name } }, 2);
  const told: Promise<unknown>[] = [];
  let stale: string[] = [];
  const meanwhile = async (pass: RebuildPass, batch: number): Promise<void> => {
    if (pass === "rows" && batch === 1) {
      // One row already stored, one still to come, one of a record that did not exist when the pages were read.
      told.push(
        index.upsert("contact", [
          change(first, "改一"),
          change(last, "改二"),
          upsertRow({ ...middle, id: testId(5000), values: { name: "新来的" } }),
        ]),
      );
      told.push(index.remove("contact", [gone.id]));
    }
    if (pass === "restricted" && batch === 0) {
      assert.deepEqual(index.ready("contact"), { ready: true, complete: false, rows: 800 });
      assert.equal((await ask(index, "改一")).length, 1, "names are found before the numbers are there");
      assert.equal((await index.columns("contact", [first.id], ["name"])).size, 1);
      assert.equal(
        (await index.columns("contact", [first.id], ["name", "phone"])).size,
        0,
        "no list shows a number as empty",
      );
      stale = await index.upsert("contact", [{ ...upsertRow(partly, 2), base: 1, values: { jobTitle: "董事" } }]);
      await index.upsert("contact", [{ ...upsertRow(partly, 2), values: { ...partly.values, jobTitle: "董事" } }]);
    }
  };
  await index.rebuild({ object: "contact", source: source(seal(records), 200, meanwhile), material: () => material });
  await Promise.all(told);
  assert.deepEqual(stale, [partly.id], "a part over a row not yet whole is refused");
  const names = [
    ...(await index.columns("contact", [first.id, last.id, testId(5000), gone.id], ["name", "phone"])).values(),
  ].map((row) => [row.version, row.values.get("name")]);
  assert.deepEqual(names, [
    [2, "改一"],
    [2, "改二"],
    [1, "新来的"],
  ]);
  const whole = (await index.columns("contact", [partly.id], ["jobTitle", "phone"])).get(partly.id);
  assert.deepEqual(
    [whole?.version, whole?.values.get("jobTitle"), whole?.values.get("phone")],
    [2, "董事", "138****0010"],
  );
  assert.equal((await ask(index, "138 1000 0010")).length, 1);
  assert.deepEqual(await ask(index, "138 1000 0700"), []);
});

test("rows that were tampered with are left out and named; erased subjects have no values", async () => {
  const index = await start();
  const sealed = seal(people(10));
  const row = (place: number): Sealed => sealed[place] as Sealed; // ten were made
  const taken = { ...row(1), row: { ...row(1).row, owner_id: testId(999) } };
  const swapped = { ...row(2), row: { ...row(2).row, sealed2: row(3).row.sealed2 ?? null } };
  const swappedPhone = { ...row(4), row: { ...row(4).row, sealed3: row(5).row.sealed3 ?? null } };
  const foreignKey = { ...row(6), key: { ...row(7).key, subject_id: row(6).key.subject_id } };
  const erased = { row: row(9).row };
  const rows = [row(0), taken, swapped, row(3), swappedPhone, row(5), foreignKey, row(7), row(8), erased];
  const result = await index.rebuild({ object: "contact", source: source(rows), material: () => material });
  assert.deepEqual(
    result.broken.toSorted(),
    [taken, swapped, swappedPhone, foreignKey].map((one) => one.row.id).toSorted(),
  );
  assert.equal(result.erased, 1);
  const held = await index.columns(
    "contact",
    rows.map((one) => one.row.id),
    ["name", "phone"],
  );
  for (const one of [taken, swapped, foreignKey]) assert.equal(held.has(one.row.id), false);
  assert.deepEqual(
    [held.get(erased.row.id)?.values.get("name"), held.get(erased.row.id)?.values.get("phone")],
    [null, null],
  );
  assert.equal(held.get(swappedPhone.row.id)?.values.get("phone"), null);
});

test("keys rotated during a rebuild are asked for", async () => {
  const index = await start();
  const [one] = people(1);
  assert.ok(one);
  const rotated = {
    ...material,
    class2: new Map([...material.class2, ...testMaterial(2).class2]),
    class3: new Map([...material.class3, ...testMaterial(2).class3]),
  };
  const sealed = [...seal(people(3, 10)), sealRecord(rotated, contact, one, 2)];
  let asked = 0;
  const newest = () =>
    asked++ === 0
      ? material
      : { ...rotated, class2: new Map([...rotated.class2].slice(1)), class3: new Map([...rotated.class3].slice(1)) };
  const result = await index.rebuild({ object: "contact", source: source(sealed, 2), material: newest });
  assert.deepEqual(result, { rows: 4, erased: 0, broken: [] });
  assert.equal(asked, 2);
});

test("a read after a write sees it; suggestions name the nearest first", async () => {
  const index = await start();
  for (const object of ["contact", "account"])
    await index.rebuild({ object, source: source([]), material: () => material });
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
  assert.deepEqual(await suggested("华信"), ["华信", "华信义", "华信科技", "上海大华信托", "北京华信科技有限公司"]);
  assert.deepEqual(await suggested("华信", 3), ["华信", "华信义", "华信科技"]);
  assert.deepEqual(await suggested("+86 (138) 1234-5678"), ["华信义"]);
  assert.deepEqual(await suggested("5678"), ["华信义"]);
  assert.deepEqual(await suggested("  "), []);
  assert.deepEqual(await suggested("（）"), []);
});

test("20,000 new rows go in while queries are answered", async () => {
  const index = await start();
  await index.rebuild({ object: "contact", source: source([]), material: () => material });
  const records = people(20_000).map((record) => upsertRow(record));
  const stored = Promise.all(
    Array.from({ length: 40 }, (_, place) => index.upsert("contact", records.slice(place * 500, place * 500 + 500))),
  );
  const [result] = await Promise.all([index.query(compiled({ count: true }, access)), stored]);
  assert.equal(result.countCapped, true);
});

/** Unlinked or temporary files this process holds open. */
function plainFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /etilqs|\(deleted\)$/u.test(target) && !target.startsWith("/memfd:") ? [target] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

async function filesDuring(work: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  let done = false;
  void work.finally(() => (done = true)).catch(() => undefined);
  while (!done) {
    for (const file of plainFiles()) seen.add(file);
    await wait(1);
  }
  await work;
  return [...seen];
}

test(
  "no sort, however big, opens a temporary file",
  { skip: process.platform !== "linux" && "needs /proc" },
  async () => {
    const index = await start();
    await index.rebuild({ object: "contact", source: source([]), material: () => material });
    const note = "y".repeat(1500);
    for (let from = 0; from < 20_000; from += 2000)
      await index.upsert(
        "contact",
        people(2000, from + 1).map((record) => upsertRow({ ...record, values: { ...record.values, note } })),
      );
    const sorts = async (): Promise<void> => {
      for (const field of ["note", "jobTitle"])
        await index.query(
          compiled({ columns, sort: [{ field, direction: "asc" }], offset: 19_990, count: true }, access),
        );
    };
    const before = new Set(plainFiles());
    assert.deepEqual(
      (await filesDuring(sorts())).filter((file) => !before.has(file)),
      [],
    );

    // The same search for files does find the ones SQLite makes when it may.
    const spilling = `const { DatabaseSync } = require("node:sqlite"); const { parentPort } = require("node:worker_threads");
    const db = new DatabaseSync(":memory:"); db.exec("pragma temp_store = file; create table t (a, b)");
    const put = db.prepare("insert into t values (?, ?)"); db.exec("begin");
    for (let i = 0; i < 20000; i++) put.run(Math.random(), "y".repeat(1500)); db.exec("commit");
    let n = 0; for (const row of db.prepare("select * from t order by a, b").iterate()) n++;
    parentPort.postMessage(n);`;
    const worker = new Worker(spilling, { eval: true });
    const spilled = await filesDuring(
      new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
    );
    assert.ok(
      spilled.some((file) => !before.has(file)),
      "the control made a temporary file and it was seen",
    );
  },
);
