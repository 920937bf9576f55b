// Noninterference: every field of every record bears a value that stands nowhere else; people of each role go through
// every channel, and not one answer may bear a value, a mask or an id that is not theirs to have. Custom fields of every
// class, made at run time, take part like any other.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { type FieldDefinition, type ObjectDefinition, type StoredField } from "../../src/contract/field.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { shippedRoles } from "../../src/contract/roles.ts";
import { type Company, type CompanyPerson, type PersonKey, startCompany } from "../harness/company.ts";
import { importFile } from "../harness/import-file.ts";
import { CanaryBook, type CanaryRecord, canMark, inspect } from "./canaries.ts";
import { Crawl, type Crawled, withoutId } from "./crawl.ts";
import { type OraclePerson, type Tree, hasAction, levelOf, mayDo } from "./oracle.ts";
import { sideBySide } from "./side-by-side.ts";

const book = new CanaryBook();
const records: CanaryRecord[] = [];
const deleted = new Set<string>();
const values = new Map<string, Record<string, unknown>>();
let objects: ObjectDefinition[];
let company: Company;
let tree: Tree;
let unconfirmed: DeviceClient;

const labels = { zh: "自定义", en: "Custom" };
const common = { labels, purpose: "selling", retention: "with_record" } as const;
/** Made at run time on every object, one or more of each class. */
const custom: readonly FieldDefinition[] = [
  { ...common, key: "openText", type: "text", class: 0 },
  { ...common, key: "innerText", type: "text", class: 1 },
  { ...common, key: "innerNumber", type: "integer", class: 1 },
  { ...common, key: "closedText", type: "text", class: 2, searchable: true, listed: true },
  { ...common, key: "lockedText", type: "text", class: 3 },
  { ...common, key: "lockedPhone", type: "phone", class: 3, listed: true },
];

before(async () => {
  company = await startCompany();
  const { root, sales, east, west, office } = company.departments;
  tree = new Map([
    [root, null],
    [sales, root],
    [office, root],
    [east, sales],
    [west, sales],
  ]);
  const { client } = company.people.owner;
  objects = shippedObjects.map((object) => ({
    ...object,
    fields: [
      ...object.fields,
      ...custom.map((field): StoredField => ({ ...field, storage: { in: "ext" }, custom: true })),
    ],
  }));
  for (const object of objects)
    for (const field of custom) await client.request("POST", "/api/fields", { object: object.key, ...field });
  for (const object of objects) await fillObject(client, object);
  // Twice, so that history and conflicts have older values to show.
  await sideBySide(records, (record) => fillRecord(client, record, 1), 4);
  await sideBySide(records, (record) => fillRecord(client, record, 2), 4);
  await crossReference(client);
  for (const whose of ["east1", "west1"]) {
    await remove(client, "account", company.accounts.findLast((one) => one.of === whose)?.id ?? "");
    await remove(client, "contact", company.contacts.findLast((one) => one.of === whose)?.id ?? "");
  }
  unconfirmed = await bindUnconfirmed(company.people.east1);
});
after(async () => {
  unconfirmed.close();
  await company.stop();
});

async function fillObject(client: DeviceClient, object: ObjectDefinition): Promise<void> {
  const path = `/api/records/${object.key}/query`;
  const { rows } = await client.request<{ rows: RecordView[] }>("POST", path, { limit: 200 });
  for (const { id, owner, department } of rows) {
    const record = { object, id, row: { owner, department } };
    records.push(record);
    book.addId(record);
  }
}

async function fillRecord(client: DeviceClient, record: CanaryRecord, version: number): Promise<void> {
  const { object, id } = record;
  const path = `/api/records/${object.key}/${id}`;
  const { record: now } = await client.request<{ record: RecordView }>("GET", path);
  const fields = object.fields.filter(canMark);
  const made = Object.fromEntries(fields.map((field) => [field.key, book.make(record, field)]));
  values.set(id, made);
  const written = await client.request<{ version: number }>("PATCH", path, { version: now.version, values: made });
  assert.ok(written.version > version);
}

/** A contact of east1 refers to an account of west1: the id may be met in it, the name may not. */
async function crossReference(client: DeviceClient): Promise<void> {
  const contact = company.contacts.find((one) => one.of === "east1")?.id ?? "";
  const account = company.accounts.find((one) => one.of === "west1")?.id ?? "";
  const path = `/api/records/contact/${contact}`;
  const { record } = await client.request<{ record: RecordView }>("GET", path);
  await client.request("PATCH", path, { version: record.version, values: { account } });
}

async function remove(client: DeviceClient, object: string, id: string): Promise<void> {
  const path = `/api/records/${object}/${id}`;
  const { record } = await client.request<{ record: RecordView }>("GET", path);
  await client.request("POST", `${path}/delete`, { version: record.version });
  deleted.add(id);
}

/** A second browser of the same person, which nobody has confirmed. */
async function bindUnconfirmed(person: CompanyPerson): Promise<DeviceClient> {
  const client = await DeviceClient.create(company.system.origin, { userAgent: "Another/1" });
  // His e-mail is a canary by now.
  const email = String(values.get(person.id)?.["email"]);
  const { confirmed } = await client.signIn({
    email,
    password: person.password,
    totp: (ahead) => person.totp(ahead + 1),
  });
  assert.equal(confirmed, false);
  return client;
}

function oracleOf(person: CompanyPerson, confirmed = true): OraclePerson {
  const roles = shippedRoles.filter((role) => person.roles.includes(role.key));
  return { id: person.id, department: person.department, roles, confirmed };
}

/** What everybody knows of himself: his id and name, his department and the company. */
function knownTo(person: CompanyPerson, oracle: OraclePerson): Set<string> {
  const known = new Set([`user ${person.id} (id)`, `user ${person.id} name`]);
  for (const id of [person.department, company.departments.root]) known.add(`department ${id} name`);
  known.add(`department ${person.department} (id)`);
  // Ids that stand as references in records he sees.
  for (const contact of company.contacts) {
    const record = records.find((one) => one.id === contact.id);
    if (!record || !mayDo(oracle, "contact", "view", record.row, tree)) continue;
    for (const account of company.accounts) if (account.of === "west1") known.add(`account ${account.id} (id)`);
  }
  return known;
}

async function crawl(person: CompanyPerson, client = person.client, confirmed = true): Promise<Crawled> {
  const oracle = oracleOf(person, confirmed);
  const known = knownTo(person, oracle);
  return new Crawl({ client, person: oracle, tree, objects, records, deleted, values, book, known }).run();
}

function assertNothingLeaked({ leaks, wrong }: Crawled): void {
  assert.deepEqual(leaks.slice(0, 20), []);
  assert.deepEqual(wrong.slice(0, 20), []);
}

/** Every value a person may read was met: otherwise the crawl did not look where it stands. */
function assertMetAll(person: OraclePerson, { met }: Crawled): void {
  const missed: string[] = [];
  let expected = 0;
  for (const { object, id, row } of records) {
    if (!mayDo(person, object.key, "view", row, tree)) continue;
    for (const field of object.fields.filter(canMark)) {
      const level = levelOf(person, object, field.key, row, tree);
      const revealable = field.class < 3 || !deleted.has(id);
      if ((level !== "read" && level !== "write") || !revealable) continue;
      if (deleted.has(id) && !mayDo(person, object.key, "delete", row, tree)) continue;
      expected += 1;
      if (!met.has(`${object.key} ${id} ${field.key}`)) missed.push(`${object.key} ${id} ${field.key}`);
    }
  }
  assert.deepEqual(missed, []);
  assert.ok(expected > 0 || person.roles.length === 0);
}

const channels = [
  "schema",
  "roles",
  "list",
  "count",
  "sort and filter",
  "suggest",
  "open",
  "history",
  "lookers",
  "explain",
  "reveal",
  "conflict",
  "in use",
  "duplicate",
  "search",
  "list search",
  "ledger",
];

for (const key of ["owner", "administrator", "manager", "east1", "auditor", "nobody"] as const satisfies PersonKey[]) {
  test(`${key} meets nothing that is not for him, in any channel`, async (t) => {
    const person = company.people[key];
    const crawled = await crawl(person);
    const requests = [...crawled.channels.values()].reduce((sum, one) => sum + one, 0);
    t.diagnostic(`${requests} answers, ${crawled.met.size} values met that he may have`);
    assertNothingLeaked(crawled);
    assertMetAll(oracleOf(person), crawled);
    for (const channel of channels) assert.ok((crawled.channels.get(channel) ?? 0) > 0, `${channel} was not crawled`);
  });
}

test("on an unconfirmed device the same person meets masks only", async () => {
  const crawled = await crawl(company.people.east1, unconfirmed, false);
  assertNothingLeaked(crawled);
  assertMetAll(oracleOf(company.people.east1, false), crawled);
});

test("rows out of reach change no count and no answer", async () => {
  const { east2, west1 } = company.people;
  const questions = objects.flatMap(({ key }) => [
    { path: `/api/records/${key}/query`, body: { count: true, limit: 200 } },
    { path: `/api/records/${key}/query`, body: { count: true, filter: { field: "createdAt", op: "not_empty" } } },
    { path: `/api/records/${key}/query`, body: { count: true, search: "newcomer" } },
    { path: `/api/records/${key}/suggest`, body: { text: "newcomer" } },
  ]);
  questions.push({ path: "/api/search", body: { text: "newcomer" } as never });
  const answers = (): Promise<string[]> =>
    sideBySide(questions, async ({ path, body }) =>
      withoutId({ text: JSON.stringify(await east2.client.request("POST", path, body)) }),
    );
  const before = await answers();
  for (const object of ["account", "contact"]) {
    const { id } = await west1.client.request<{ id: string }>("POST", `/api/records/${object}`, {
      values: { name: "newcomer 新来的", phone: "13977778888" },
    });
    const { items } = await west1.client.request<{ items: unknown[] }>("POST", `/api/records/${object}/suggest`, {
      text: "newcomer",
    });
    assert.equal(items.length, 1, `${object} ${id} is found by its owner`);
  }
  assert.deepEqual(await answers(), before);
});

test("an import tells nothing of records out of reach", async () => {
  const { east1 } = company.people;
  const foreign = records.find(({ object, row }) => object.key === "account" && row.owner === company.people.west1.id);
  const own = records.find(
    ({ object, row, id }) => object.key === "account" && row.owner === east1.id && !deleted.has(id),
  );
  assert.ok(foreign && own);
  const nameOf = (id: string): string => String(values.get(id)?.["name"]);
  const rows = [nameOf(foreign.id), "no such company", nameOf(own.id)].map(
    (account, index) => `Person ${index},${account}`,
  );
  const { checked } = await importFile(east1.client, {
    object: "contact",
    fileName: "contacts.csv",
    content: `name,account\n${rows.join("\n")}\n`,
    map: { name: "name", account: "account" },
    start: false,
  });
  const problems = (checked.check?.problems ?? []).map(({ row, field, reason }) => ({ row, field, reason }));
  assert.deepEqual(problems, [
    { row: 2, field: "account", reason: "no_such_record" },
    { row: 3, field: "account", reason: "no_such_record" },
  ]);
  // Named by key, a foreign record is not there either: it would be made, not changed.
  const updated = await importFile(east1.client, {
    object: "account",
    fileName: "accounts.csv",
    content: `name,note\n${nameOf(foreign.id)},x\nno such company,x\n${nameOf(own.id)},x\n`,
    map: { name: "name", note: "note" },
    mode: "upsert",
    key: "name",
    start: false,
  });
  const text = JSON.stringify([checked, updated]);
  const { leaks } = inspect(book, oracleOf(east1), tree, text, { known: new Set([`account ${foreign.id} name`]) });
  assert.deepEqual(leaks, [], "but for the name that stood in the file");
  const { create, update, bad } = updated.checked.check ?? {};
  assert.deepEqual({ create, update, bad }, { create: 2, update: 1, bad: 0 });
});

test("a planted leak is found", () => {
  const { east1 } = company.people;
  const person = oracleOf(east1);
  const known = knownTo(east1, person);
  const foreign = records.find(({ object, row }) => object.key === "account" && row.owner === company.people.west1.id);
  const own = records.find(
    ({ object, row, id }) => object.key === "account" && row.owner === east1.id && !deleted.has(id),
  );
  assert.ok(foreign && own);
  const leaksIn = (text: unknown): readonly string[] =>
    inspect(book, person, tree, JSON.stringify(text), { known }).leaks;
  const theirs = values.get(foreign.id) ?? {};
  const mine = values.get(own.id) ?? {};
  for (const field of foreign.object.fields.filter(canMark))
    assert.equal(leaksIn({ extra: { hint: theirs[field.key] } }).length, 1, `${field.key} in an answer`);
  const phone = String(theirs["phone"]);
  assert.equal(leaksIn(`call ${phone.slice(3)}`).length, 1);
  assert.equal(leaksIn(`137****${phone.slice(-4)}`).length, 1, "a mask of a row out of reach");
  // Of one's own rows: everything but restricted values in full.
  assert.deepEqual(leaksIn({ ...mine, phone: "", email: "", bankAccount: "", lockedText: "", lockedPhone: "" }), []);
  assert.equal(leaksIn(mine["phone"]).length, 1, "a restricted value without a reveal");
  assert.equal(leaksIn(mine["lockedText"]).length, 1);
});

test("every field that can bear a canary does, in every record", () => {
  const marked = records.reduce((sum, { object }) => sum + object.fields.filter(canMark).length, 0);
  assert.equal(records.length, company.accounts.length + company.contacts.length + company.work.length + 10 + 5);
  assert.equal(book.size, 2 * marked);
  assert.ok(marked > 300, `${marked} values`);
  assert.ok(hasAction(oracleOf(company.people.east1), "account", "view"));
});
