// What a list, the recycle bin, the log and a history show beside the rows themselves: others' deleted rows only with the
// capability, names counted as rows are, and the first value of every field, however the record was made.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { StoredField } from "../../contract/field.ts";
import type { RoleDefinition } from "../../contract/roles.ts";
import { querySchema } from "../../contract/query.ts";
import { Access } from "../access/access.ts";
import type { NotedEntry, PersonCall } from "../call.ts";
import { listLedger } from "../admin/ledger-verbs.ts";
import { type TestRoom, testRoom } from "../imports/test-room.ts";
import { ceilings } from "../watch/meter.ts";
import { commitRecords } from "./commit.ts";
import { readHistory } from "./history.ts";
import { anyVersion } from "./placement.ts";
import { listRecords, openRecord } from "./read.ts";
import { searchEverything } from "./find.ts";

let room: TestRoom;
let manager: string;
let seller: string;

before(async () => {
  room = await testRoom();
  manager = await room.person("Dustin Brinkmann", ["sales_manager"], "Central");
  seller = await room.person("Anna Snelling", ["salesperson"], "Central");
});
after(() => room.close());

type Operation = Parameters<typeof commitRecords>[2]["operations"][number];
const commit = (call: PersonCall, operations: readonly Operation[]) =>
  commitRecords(room.records, call, { operations, guards: [] });
const query = (more: object) => querySchema.omit({ object: true }).parse(more);

/** A call whose entries can be looked at. */
function noted(userId: string): { call: PersonCall; listed: () => number } {
  const entries: NotedEntry[] = [];
  const call = { ...room.call(userId), note: (entry: NotedEntry) => void entries.push(entry) };
  return { call, listed: () => entries.reduce((sum, { counts }) => sum + (counts?.listed ?? 0), 0) };
}

/** The manager's rights, with the capability or without. */
function managing(capable: boolean): PersonCall {
  const call = room.call(manager);
  const roles = call.access.subject.roles.map((role): RoleDefinition => ({
    ...role,
    capabilities: capable ? ["recycle.manage"] : [],
  }));
  return { ...call, access: new Access({ ...call.access.subject, roles }) };
}

test("others' deleted rows are seen and taken back only with recycle.manage, one's own always", async () => {
  const ids: string[] = [];
  for (const person of [seller, manager]) {
    const { written } = await commit(room.call(person), [
      { op: "create", object: "account", values: { name: `Thrown away by ${person}` } },
    ]);
    const [made] = written;
    assert.ok(made);
    await commit(room.call(person), [{ op: "delete", object: "account", id: made.id, version: 1 }]);
    ids.push(made.id);
  }
  const [others = "", own = ""] = ids;
  const bin = async (call: PersonCall): Promise<string[]> =>
    (await listRecords(room.records, call, { object: "account", query: query({ deleted: true }) })).rows
      .map((row) => row.id)
      .filter((id) => ids.includes(id));
  assert.deepEqual(await bin(managing(false)), [own]);
  assert.deepEqual((await bin(managing(true))).toSorted(), ids.toSorted());
  assert.deepEqual(await bin(room.call(seller)), [others]);
  const restore = (call: PersonCall, id: string) => commit(call, [{ op: "restore", object: "account", id }]);
  await assert.rejects(restore(managing(false), others), { code: "not_found" });
  await assert.rejects(openRecord(room.records, managing(false), { object: "account", id: others }), {
    code: "not_found",
  });
  await restore(managing(false), own);
  await openRecord(room.records, managing(true), { object: "account", id: others });
  await restore(managing(true), others);
});

test("customers one does not serve count as opened ones where a list or a search shows their confidential values", async () => {
  const field: StoredField = {
    key: "siteOf",
    type: "text",
    class: 2,
    labels: { zh: "场地", en: "Site" },
    purpose: "selling",
    retention: "with_record",
    searchable: true,
    custom: true,
    storage: { in: "sealed2" },
  };
  room.records.schema.add("account", field);
  await room.records.search.addField("account", field);
  const { written } = await commit(room.call(room.owner), [
    { op: "create", object: "account", values: { name: "Away One", siteOf: "Harbour Road 1" } },
    { op: "create", object: "account", values: { name: "Away Two", siteOf: "Harbour Road 2" } },
    { op: "create", object: "account", values: { name: "Away Three" } },
  ]);
  await commit(room.call(seller), [
    { op: "create", object: "account", values: { name: "Away Served", siteOf: "Harbour Road 3" } },
  ]);
  const wide = await room.person("Wide View", ["owner"], "Central");
  const outside = async (userId: string, columns: readonly string[], object = "account"): Promise<number> => {
    const entries: NotedEntry[] = [];
    const call = { ...room.call(userId), note: (entry: NotedEntry) => void entries.push(entry) };
    await listRecords(room.records, call, { object, query: query({ columns, limit: 200 }) });
    return entries.reduce((sum, { counts }) => sum + (counts?.outside ?? 0), 0);
  };
  assert.equal(await outside(wide, ["name", "siteOf"]), 2, "those with a value, but not the one of the department");
  assert.equal(await outside(wide, ["name", "industry", "phone"]), 0, "names and masks are listed only");
  assert.equal(await outside(room.owner, ["name", "siteOf"]), 0, "he serves all");
  assert.equal(await outside(wide, ["name", "jobTitle"], "user"), 0, "colleagues are no customers");
  const found: NotedEntry[] = [];
  await searchEverything(
    room.records,
    { ...room.call(wide), note: (entry: NotedEntry) => void found.push(entry) },
    { text: "Harbour" },
  );
  assert.deepEqual(
    found.map(({ object, counts }) => [object, counts]),
    [["account", { listed: 3, outside: 2 }]],
  );
  room.records.meter.add(wide, { outside: ceilings.outside - 1 }, new Date());
  await assert.rejects(outside(wide, ["name", "siteOf"]), { code: "allowance_used" });
  await outside(wide, ["name"]);
  await commit(
    room.call(room.owner),
    written.map(({ id }) => ({ op: "delete" as const, object: "account", id, version: 1 })),
  );
});

test("names of other records count as listed: in lists, on a page, in a history, in the log", async () => {
  const { written } = await commit(room.call(seller), [
    { op: "create", object: "account", values: { name: "Named" } },
    { op: "create", object: "account", values: { name: "Named too" } },
  ]);
  const [one, two] = written.map(({ id }) => id);
  const contacts = await commit(room.call(seller), [
    { op: "create", object: "contact", values: { name: "A", account: one } },
    { op: "create", object: "contact", values: { name: "B", account: two } },
    { op: "create", object: "contact", values: { name: "C", account: two } },
  ]);
  const contact = contacts.written[0]?.id ?? "";
  const list = noted(seller);
  const { rows, names } = await listRecords(room.records, list.call, { object: "contact", query: query({}) });
  assert.deepEqual([rows.length, names[one ?? ""], names[two ?? ""]], [3, "Named", "Named too"]);
  assert.equal(list.listed(), 3 + 2);
  const page = noted(seller);
  await openRecord(room.records, page.call, { object: "contact", id: contact });
  assert.equal(page.listed(), 1);
  const history = noted(seller);
  await readHistory(room.records, history.call, { object: "contact", id: contact });
  assert.equal(history.listed(), 1);

  await room.records.ledger.sequence();
  const log = noted(room.owner);
  const first = await listLedger(room.records, log.call, { object: "contact", limit: 10 });
  assert.equal(first.names[contact], "A");
  assert.equal(log.listed(), 3);
  // Above the ceiling the log is read on, without names of customers.
  const { meter } = room.records;
  meter.add(room.owner, { listed: ceilings.listed - meter.used(room.owner, "listed", new Date()).used }, new Date());
  const late = noted(room.owner);
  const again = await listLedger(room.records, late.call, { object: "contact", limit: 10 });
  assert.equal(again.entries.length, first.entries.length);
  assert.deepEqual([again.names[contact], again.names[seller], late.listed()], [undefined, "Anna Snelling", 0]);
});

test("the history of an imported record begins with what it was made with", async () => {
  const file = "name,employees,phone,note\nImported,10,13812345678,first note\n";
  await room.run(seller, await room.check(seller, "account", file));
  const imported = (await room.byName("account")).get("Imported");
  assert.ok(imported);
  const { id } = imported;
  const update = (version: number, values: Record<string, unknown>) =>
    commit(room.call(seller), [{ op: "update", object: "account", id, version, values }]);
  const made = async () => {
    const { changes } = await readHistory(room.records, room.call(seller), { object: "account", id });
    const last = changes.at(-1);
    assert.deepEqual([last?.action, last?.version, last?.by], ["import.create", 1, seller]);
    return Object.fromEntries((last?.fields ?? []).map(({ field, before, after }) => [field, [before, after]]));
  };
  const expected = {
    name: [null, "Imported"],
    employees: [null, 10],
    phone: ["", "138****5678"],
    note: [null, "first note"],
  };
  assert.deepEqual(await made(), expected);
  await update(1, { employees: 20, phone: "13900000000", level: "a", note: null });
  await update(2, { employees: 30 });
  assert.deepEqual(await made(), expected, "changes since do not change how it began");
});

test("no version that a request can bear stands for any", async () => {
  const { written } = await commit(room.call(seller), [{ op: "create", object: "account", values: { name: "Old" } }]);
  const id = written[0]?.id ?? "";
  await assert.rejects(
    commit(room.call(seller), [
      { op: "update", object: "account", id, version: Number.MAX_SAFE_INTEGER, values: { name: "New" } },
    ]),
    { code: "conflict" },
  );
});

test("customers stay with their department when their owner moves; a hand-over takes them along", async () => {
  const { records } = room;
  const eastManager = await room.person("East Manager", ["sales_manager"], "East");
  const mover = await room.person("Mover", ["salesperson"], "Central");
  const { written } = await commit(room.call(mover), [
    { op: "create", object: "account", values: { name: "Staying" } },
  ]);
  const id = written[0]?.id ?? "";
  const sees = async (person: string): Promise<boolean> =>
    openRecord(records, room.call(person), { object: "account", id }).then(
      () => true,
      () => false,
    );
  const look = async () => [await sees(mover), await sees(manager), await sees(eastManager)];
  assert.deepEqual(await look(), [true, true, false]);
  const east = records.directory.person(eastManager)?.department ?? "";
  const give = async (object: string, of: string, by: string, values: Record<string, unknown>): Promise<void> => {
    await commit(room.call(by), [{ op: "update", object, id: of, version: anyVersion, values }]);
    records.directory.changed();
    await records.directory.ready();
  };
  await give("user", mover, room.owner, { department: east });
  assert.deepEqual(await look(), [true, true, false], "the move opened customers to another department");
  // Handed over by the manager who is responsible for it, and back: now it is the new department's.
  await give("account", id, manager, { owner: manager });
  assert.deepEqual(await look(), [false, true, false]);
  await give("account", id, room.owner, { owner: mover });
  assert.deepEqual(await look(), [true, false, true]);
});
