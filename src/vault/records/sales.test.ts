// What follows from writing a record that is about others: whose key seals it, where it belongs, what it inherits and tells,
// and how an opportunity goes through its stages. The same for single writes, commits and bulk writes.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { querySchema } from "../../contract/query.ts";
import type { RecordView } from "../../contract/record-verbs.ts";
import { type TestRoom, testRoom } from "../imports/test-room.ts";
import type { NotedEntry, PersonCall } from "../call.ts";
import { systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { bulkWrite } from "./bulk.ts";
import { commitRecords } from "./commit.ts";
import { readHistory } from "./history.ts";
import { problemOf } from "../database-problem.ts";
import { monthSubject } from "./month-subject.ts";
import { listRecords, openRecord } from "./read.ts";
import { readRows } from "./read-rows.ts";
import { rebuildAll } from "./rebuild-all.ts";
import type { RecordRow } from "./row.ts";

let room: TestRoom;
let anna: string;
let bernd: string;

before(async () => {
  room = await testRoom();
  anna = await room.person("Anna Snelling", ["salesperson"], "Central");
  bernd = await room.person("Bernd Sauer", ["salesperson"], "West");
});
after(() => room.close());

type Operation = Parameters<typeof commitRecords>[2]["operations"][number];
type Values = Readonly<Record<string, unknown>>;

async function make(userId: string, object: string, values: Values): Promise<string> {
  const operation: Operation = { op: "create", object, values: { ...values } };
  const { written } = await commitRecords(room.records, room.call(userId), { operations: [operation], guards: [] });
  return written[0]?.id ?? "";
}

async function change(userId: string, object: string, id: string, values: Values): Promise<void> {
  const { version } = await row(object, id);
  const operation: Operation = { op: "update", object, id, version, values: { ...values } };
  await commitRecords(room.records, room.call(userId), { operations: [operation], guards: [] });
}

async function open(userId: string, object: string, id: string): Promise<RecordView> {
  return (await openRecord(room.records, room.call(userId), { object, id })).record;
}

/** As it lies in its table, its tag and facts checked. */
async function row(object: string, id: string): Promise<RecordRow> {
  const { records } = room;
  const reads = records.db.reads(systemScope("test"));
  const [found] = await readRows(records.keyring, reads, records.schema.load(object), "all", "where id = $1", [id]);
  assert.ok(found);
  return found;
}

const ids = async (userId: string, object: string, query: object = {}): Promise<string[]> => {
  const parsed = querySchema.omit({ object: true }).parse({ limit: 200, ...query });
  return (await listRecords(room.records, room.call(userId), { object, query: parsed })).rows.map(({ id }) => id);
};

test("a row is sealed for the nearest it is about, and anew when another is nearer", async () => {
  const account = await make(anna, "account", { name: "Acme 华信" });
  const contact = await make(anna, "contact", { name: "Zoe", account });
  const nobody = await make(anna, "opportunity", { name: "no customer yet", amount: 5 });
  assert.equal((await row("opportunity", nobody)).subject_id, monthSubject(room.records.keyring, new Date()));
  const second = await make(bernd, "opportunity", { name: "another", amount: 6 });
  assert.equal((await row("opportunity", second)).subject_id, (await row("opportunity", nobody)).subject_id);
  const said = await make(anna, "activity", { content: "about the deal alone", opportunity: nobody });
  assert.equal((await row("activity", said)).subject_id, (await row("opportunity", nobody)).subject_id);
  const earlier = await row("opportunity", nobody);
  await change(anna, "opportunity", nobody, { account });
  const now = await row("opportunity", nobody);
  assert.equal(now.subject_id, account);
  assert.ok(now.seal2 > earlier.seal2 && !now.sealed2?.equals(earlier.sealed2 ?? Buffer.alloc(0)));
  assert.equal((await row("activity", said)).subject_id, account, "what is about it is sealed with it");
  assert.equal((await open(anna, "activity", said)).values["content"], "about the deal alone");
  await change(anna, "opportunity", nobody, { contact });
  assert.equal((await row("opportunity", nobody)).subject_id, contact);
  assert.equal((await open(anna, "opportunity", nobody)).values["name"], "no customer yet");
  const { changes } = await readHistory(room.records, room.call(anna), { object: "opportunity", id: nobody });
  assert.deepEqual(
    changes.map(({ fields }) => fields.map(({ field }) => field).toSorted()),
    [
      ["contact"],
      ["account"],
      ["lastFollowUp"],
      changes
        .at(-1)
        ?.fields.map(({ field }) => field)
        .toSorted(),
    ],
  );
  assert.ok(changes.at(-1)?.fields.some(({ field, after: value }) => field === "name" && value === "no customer yet"));
});

test("the end of a subject's keys reaches all that is about it, also after a rebuild", async () => {
  const account = await make(anna, "account", { name: "Stays" });
  const contact = await make(anna, "contact", { name: "Leaves", account });
  const about = { content: "she said so", contact };
  const activity = await make(anna, "activity", about);
  const other = await make(anna, "activity", { content: "of the company", account });
  const task = await make(anna, "todo", { title: "call her", contact });
  const comment = await make(anna, "comment", { text: "well done", activity });
  for (const [object, id] of [
    ["activity", activity],
    ["todo", task],
    ["comment", comment],
  ] as const)
    assert.equal((await row(object, id)).subject_id, contact, object);
  await room.records.db.tx(systemScope("test"), (tx) => room.records.keyring.destroySubject(tx, contact));
  await rebuildAll(room.records);
  for (const [object, id, field] of [
    ["activity", activity, "content"],
    ["todo", task, "title"],
    ["comment", comment, "text"],
  ] as const)
    assert.equal((await open(anna, object, id)).values[field], undefined, object);
  assert.equal((await open(anna, "activity", other)).values["content"], "of the company");
  await assert.rejects(make(anna, "activity", { content: "more of her", contact }), { code: "invalid" });
});

test("what follows a record goes with it, and only who sees the record sees it", async () => {
  const account = await make(anna, "account", { name: "Handed over" });
  const deal = await make(anna, "opportunity", { name: "stays with Anna", account });
  const onAccount = await make(anna, "activity", { content: "visit", account, type: "visit" });
  const onDeal = await make(anna, "activity", { content: "offer", opportunity: deal });
  const comment = await make(anna, "comment", { text: "good", activity: onAccount });
  const task = await make(anna, "todo", { title: "mine", account });
  assert.equal((await open(anna, "activity", onDeal)).values["account"], account, "the deal's account is inherited");
  assert.equal((await open(anna, "comment", comment)).values["account"], account);
  assert.ok(!(await ids(bernd, "activity")).includes(onAccount));
  const notes: NotedEntry[] = [];
  const call: PersonCall = { ...room.call(room.owner), note: (entry) => void notes.push(entry) };
  const { version } = await row("account", account);
  await commitRecords(room.records, call, {
    operations: [{ op: "update", object: "account", id: account, version, values: { owner: bernd } }],
    guards: [],
  });
  const told = notes.filter(({ action }) => action === "record.follow").flatMap(({ rows = [] }) => rows);
  assert.deepEqual(told.map(({ id }) => id).toSorted(), [onAccount, comment].toSorted());
  for (const { table, id, version: reached, tag } of told) {
    const stored = await row(table, id);
    assert.deepEqual([stored.version, stored.owner_id, stored.tag.equals(tag)], [reached, bernd, true]);
  }
  assert.deepEqual([(await row("activity", onDeal)).owner_id, (await row("todo", task)).owner_id], [anna, anna]);
  assert.ok((await ids(bernd, "activity", { search: "visit" })).includes(onAccount), "the projection follows");
  assert.ok((await ids(bernd, "comment")).includes(comment));
  assert.ok(!(await ids(anna, "activity")).includes(onAccount));
  await assert.rejects(open(anna, "comment", comment), { code: "not_found" });
  await assert.rejects(make(anna, "activity", { content: "not mine any more", account }), { code: "invalid" });
  await assert.rejects(make(anna, "activity", { content: "about nothing" }), { code: "invalid" });
  await assert.rejects(make(anna, "comment", { text: "whose?", owner: anna, account: deal }), { code: "invalid" });
});

test("a follow-up tells its records when they were last spoken to, and when next", async () => {
  const account = await make(anna, "account", { name: "Spoken to" });
  const contact = await make(anna, "contact", { name: "Somebody", account });
  const at = "2026-11-20T08:00:00.000Z";
  await make(anna, "activity", { content: "first", contact, happenedAt: at, nextAt: "2026-12-01" });
  for (const [object, id] of [
    ["account", account],
    ["contact", contact],
  ] as const) {
    const { values } = await open(anna, object, id);
    assert.deepEqual([values["lastFollowUp"], values["nextFollowUp"]], [at, "2026-12-01"], object);
  }
  await make(anna, "activity", { content: "told late", contact, happenedAt: "2026-11-01T08:00:00.000Z" });
  assert.equal((await open(anna, "contact", contact)).values["lastFollowUp"], at, "never earlier than it was");
  const before = await row("account", account);
  await make(anna, "activity", { content: "now", account });
  const now = await row("account", account);
  assert.ok(now.version === before.version + 1 && now.seal2 === before.seal2, "nothing is sealed anew");
  const { changes } = await readHistory(room.records, room.call(anna), { object: "account", id: account });
  assert.deepEqual(
    changes[0]?.fields.map(({ field }) => field),
    ["lastFollowUp"],
  );
  assert.equal(changes[0]?.by, anna);
});

async function stagesOf(): Promise<Map<string, string>> {
  const { rows } = await listRecords(room.records, room.call(anna), {
    object: "stage",
    query: querySchema.omit({ object: true }).parse({ columns: ["name"] }),
  });
  return new Map(rows.map(({ id, values }) => [String(values["name"]), id]));
}

test("an opportunity goes through the stages of its pipeline", async () => {
  const stage = await stagesOf();
  assert.deepEqual(
    [...stage.keys()],
    ["初步接触", "需求确认", "方案报价", "商务谈判", "赢单", "输单"],
    "in their order",
  );
  const deal = await make(anna, "opportunity", { name: "deal", amount: 10.5 });
  const at = async () => (await open(anna, "opportunity", deal)).values;
  const first = await at();
  assert.equal(first["stage"], stage.get("初步接触"));
  assert.deepEqual(
    [first["state"], first["probability"], first["currency"], first["closedAt"]],
    ["open", 10, "CNY", undefined],
  );
  assert.ok(typeof first["stageEnteredAt"] === "string" && typeof first["pipeline"] === "string");
  await change(anna, "opportunity", deal, { note: "nothing of the stage" });
  assert.equal((await at())["stageEnteredAt"], first["stageEnteredAt"]);
  await change(anna, "opportunity", deal, { stage: stage.get("赢单") });
  const won = await at();
  assert.deepEqual([won["state"], won["probability"]], ["won", 100]);
  assert.match(String(won["closedAt"]), /^\d{4}-\d\d-\d\d$/u);
  await change(anna, "opportunity", deal, { stage: stage.get("商务谈判"), probability: 80 });
  const again = await at();
  assert.deepEqual([again["state"], again["probability"], again["closedAt"]], ["open", 80, undefined]);
  await change(anna, "opportunity", deal, { stage: stage.get("输单"), lostReason: "price", closedAt: "2026-01-02" });
  assert.deepEqual([(await at())["state"], (await at())["closedAt"]], ["lost", "2026-01-02"]);
  const { changes } = await readHistory(room.records, room.call(anna), { object: "opportunity", id: deal });
  const stages = changes.flatMap(({ by, fields }) =>
    fields.filter(({ field }) => field === "stage").map(({ before: from, after: to }) => ({ by, from, to })),
  );
  assert.deepEqual(
    stages.map(({ to }) => to),
    ["输单", "商务谈判", "赢单", "初步接触"].map((name) => stage.get(name)),
    "its way through the stages is read from its history",
  );
  assert.ok(stages.every(({ by }) => by === anna));
  for (const values of [{ state: "won" }, { stageEnteredAt: "2026-01-01T00:00:00.000Z" }, { stage: null }])
    await assert.rejects(change(anna, "opportunity", deal, values), { code: "invalid" });
});

test("a stage belongs to its pipeline, whichever way it is written", async () => {
  const own = await make(room.owner, "pipeline", { name: "Key accounts", isDefault: true, currency: "EUR" });
  const [before] = await ids(anna, "pipeline", { filter: { field: "isDefault", op: "eq", value: true } });
  assert.equal(before, own);
  assert.equal((await ids(anna, "pipeline", { filter: { field: "isDefault", op: "eq", value: true } })).length, 1);
  await assert.rejects(make(anna, "opportunity", { name: "no stage there yet" }), { code: "invalid" });
  const opening = await make(room.owner, "stage", { name: "Opening", pipeline: own, kind: "open", position: 1 });
  const deal = await make(anna, "opportunity", { name: "by the new default" });
  const { values } = await open(anna, "opportunity", deal);
  assert.deepEqual([values["pipeline"], values["stage"], values["currency"]], [own, opening, "EUR"]);
  const won = (await stagesOf()).get("赢单");
  await assert.rejects(make(anna, "opportunity", { name: "x", pipeline: own, stage: won }), { code: "invalid" });
  await change(anna, "opportunity", deal, { stage: won });
  assert.equal((await open(anna, "opportunity", deal)).values["state"], "won", "a stage brings its pipeline");
  await change(anna, "opportunity", deal, { pipeline: own });
  assert.equal((await open(anna, "opportunity", deal)).values["stage"], opening, "a pipeline brings its first stage");
  await assert.rejects(change(room.owner, "stage", opening, { kind: "lost" }), { code: "invalid" });
  const { version } = await row("stage", opening);
  await assert.rejects(
    commitRecords(room.records, room.call(room.owner), {
      operations: [{ op: "delete", object: "stage", id: opening, version }],
      guards: [],
    }),
    { code: "in_use" },
  );
  const { records } = room;
  const access = room.call(anna).access;
  const origin = { actor: { kind: "system" as const }, by: anna, now: new Date() };
  const object = records.schema.load("opportunity");
  const bulk = (values: Record<string, string>) =>
    records.db.tx(systemScope("test"), (tx) =>
      bulkWrite(records, tx, access, object, [{ op: "create", id: uuidv7(), values }], origin),
    );
  await assert.rejects(bulk({ name: "bulk", pipeline: own, stage: won ?? "" }), { code: "invalid" });
  const [made] = await bulk({ name: "bulk", stage: won ?? "" });
  assert.equal((await open(anna, "opportunity", made?.id ?? "")).values["state"], "won");
});

test("an opportunity without a name is called after its account and product, as far as the writer reads them", async () => {
  const product = await make(room.owner, "product", { name: "GTX Pro", price: 4821 });
  const account = await make(anna, "account", { name: "Cancity" });
  const named = await make(anna, "opportunity", { account, product });
  assert.equal((await open(anna, "opportunity", named)).values["name"], "Cancity · GTX Pro");
  const alone = await make(anna, "opportunity", { product });
  assert.equal((await open(anna, "opportunity", alone)).values["name"], "GTX Pro");
  await assert.rejects(make(anna, "opportunity", { amount: 3 }), { code: "invalid" });
  await assert.rejects(change(anna, "opportunity", alone, { name: null }), { code: "invalid" });
  const task = await make(anna, "todo", { title: "t", account });
  await change(anna, "todo", task, { done: true });
  assert.equal(typeof (await open(anna, "todo", task)).values["doneAt"], "string");
  await change(anna, "todo", task, { done: false });
  assert.equal((await open(anna, "todo", task)).values["doneAt"], undefined);
});

test("sums are of all rows in reach, by currency, and stand in the entry of the list without being listed", async () => {
  const carl = await room.person("Carl Lin", ["salesperson"], "East");
  for (const [amount, currency] of [
    [10.1, "EUR"],
    [20.2, "EUR"],
    [5, "JPY"],
    [null, "JPY"],
  ])
    await make(carl, "opportunity", { name: `worth ${amount}`, amount, currency });
  const notes: NotedEntry[] = [];
  const call: PersonCall = { ...room.call(carl), note: (entry) => void notes.push(entry) };
  const query = querySchema.omit({ object: true }).parse({ sums: ["amount"], limit: 1, columns: ["name"] });
  const { rows, sums } = await listRecords(room.records, call, { object: "opportunity", query });
  assert.equal(rows.length, 1);
  assert.deepEqual(sums, [
    { field: "amount", unit: "EUR", sum: "30.3" },
    { field: "amount", unit: "JPY", sum: "5" },
  ]);
  assert.deepEqual(
    notes.map(({ fields, counts }) => ({ fields, counts })),
    [{ fields: ["name", "amount"], counts: { listed: 1 } }],
  );
});

test("a follow-up written while its record changes hands ends where the record ends", async () => {
  const account = await make(room.owner, "account", { name: "Contended", owner: anna });
  const contact = await make(room.owner, "contact", { name: "Contended person", account, owner: anna });
  const deal = await make(room.owner, "opportunity", { name: "Contended deal", account, owner: anna });
  let clashes = 0;
  const trying = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => {
      // Told as a conflict, never half done; any other error is one.
      if ((problemOf(error)?.code ?? "") !== "conflict") throw error;
      clashes += 1;
    });
  };
  const hands = [anna, bernd];
  const moving = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1)
      await trying(() =>
        change(room.owner, turn % 3 === 0 ? "opportunity" : "account", turn % 3 === 0 ? deal : account, {
          owner: hands[turn % 2],
        }),
      );
  };
  const writing = async (about: Values): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1)
      await trying(() => make(room.owner, "activity", { content: `turn ${turn}`, ...about }));
  };
  const said = await make(room.owner, "activity", { content: "wanders", account });
  const wandering = async (): Promise<void> => {
    for (let turn = 0; turn < 12; turn += 1)
      await trying(() =>
        change(room.owner, "activity", said, turn % 2 === 0 ? { opportunity: deal } : { opportunity: null, contact }),
      );
  };
  await Promise.all([
    moving(),
    writing({ account }),
    writing({ opportunity: deal }),
    writing({ contact }),
    wandering(),
  ]);
  const { records } = room;
  const rows = await records.db.read<Record<string, string | null>>(
    systemScope("test"),
    "select id, owner_id, f_opportunity, f_contact, f_account from vault.record_activity where f_account = $1",
    [account],
  );
  assert.ok(rows.length >= 37 - clashes, `${rows.length} rows, ${clashes} clashes`);
  const ownerOf = new Map<string, string | null>();
  for (const [object, id] of [
    ["account", account],
    ["contact", contact],
    ["opportunity", deal],
  ] as const)
    ownerOf.set(id, (await row(object, id)).owner_id);
  for (const one of rows) {
    const followed = one["f_opportunity"] ?? one["f_contact"] ?? one["f_account"] ?? "";
    assert.equal(one["owner_id"], ownerOf.get(followed), JSON.stringify(one));
  }
});
