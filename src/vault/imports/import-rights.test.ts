// A run lasts no longer than the rights it was started with, and neither its file nor its settings can be used to ask what
// the person may not see.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as breathe } from "node:timers/promises";
import type { ImportView } from "../../contract/import-verbs.ts";
import { type RoleDefinition, shippedRoles } from "../../contract/roles.ts";
import { Access } from "../access/access.ts";
import { systemScope } from "../db/database.ts";
import { findByKey, keyOf, resolveNames } from "../records/bulk-find.ts";
import { createRecord, updateRecord } from "../records/write.ts";
import { anyVersion } from "../records/placement.ts";
import { ceilings, Meter } from "../watch/meter.ts";
import { References } from "./references.ts";
import { type Checked, refusal, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let manager: string;
let seller: string;

before(async () => {
  room = await testRoom();
  manager = await room.person("Dustin Brinkmann", ["sales_manager"], "Central", "dustin@example.com");
  seller = await room.person("Anna Snelling", ["salesperson"], "Central", "anna@example.com");
});
after(() => room.close());
afterEach(() => {
  room.deviceRevoked = () => Promise.resolve(false);
});

const rows = (count: number, name: string): string =>
  `name\n${Array.from({ length: count }, (_, index) => `${name} ${index}`).join("\n")}\n`;

/** In the second batch of a run: something happens. */
function inSecondBatch(what: () => Promise<unknown>): void {
  let batches = 0;
  room.deviceRevoked = async () => {
    batches += 1;
    if (batches === 2) await what();
    return false;
  };
}

/** Waits for the end of a run whose person may not ask for it any more. */
async function over(id: string): Promise<void> {
  const state = "select state from vault.import_job where id = $1";
  while ((await room.base.owner.query<{ state: string }>(state, [id])).rows[0]?.state === "running") await breathe(10);
}

async function setRoles(userId: string, roles: readonly string[]): Promise<void> {
  await room.records.db.tx(systemScope("test"), (tx) =>
    room.records.directory.writeMember(tx, userId, roles, null, new Date()),
  );
  await room.records.directory.ready();
}

async function change(object: string, id: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const { records } = room;
  const writer = { access: undefined, by: null, now: new Date(), note: () => undefined };
  await records.db.tx(systemScope("test"), (tx) =>
    updateRecord(records, tx, writer, records.schema.load(object), id, anyVersion, values),
  );
  records.directory.changed();
  await records.directory.ready();
}

async function stopped(job: ImportView, name: string): Promise<void> {
  assert.deepEqual([job.state, job.failure], ["failed", "rights_changed"], name);
  assert.equal(job.counts.created, 500, "the batch in which it was noticed wrote nothing");
  assert.equal(job.canUndo, true);
  const kept = [...(await room.byName("account")).keys()].filter((one) => one.startsWith(name));
  assert.equal(kept.length, 500);
}

test("a run stops with its person's role, scope or account; what it did stays and can be undone", async () => {
  const person = await room.person("Soon Gone", ["sales_manager"], "Central");
  const { department } = room.records.directory.person(person) ?? {};
  const elsewhere = await room.person("Elsewhere", ["salesperson"], "East");
  const other = room.records.directory.person(elsewhere)?.department;
  const losses: readonly [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    ["Role", () => setRoles(person, ["salesperson"]), () => setRoles(person, ["sales_manager"])],
    ["None", () => setRoles(person, []), () => setRoles(person, ["sales_manager"])],
    [
      "Disabled",
      () => change("user", person, { status: "disabled" }),
      () => change("user", person, { status: "active" }),
    ],
    ["Moved", () => change("user", person, { department: other }), () => change("user", person, { department })],
  ];
  for (const [name, lose, giveBack] of losses) {
    const checked = await room.check(person, "account", rows(1500, name));
    const { object, id, version } = checked;
    inSecondBatch(lose);
    await room.do(person, "import.start", { object, id, version });
    await over(id);
    await giveBack();
    const job = await room.do(person, "import.status", { object, id });
    await stopped(job, name);
    room.deviceRevoked = () => Promise.resolve(false);
    const undone = await room.settled(person, await room.do(person, "import.undo", { object, id }));
    assert.deepEqual([undone.state, undone.undo], ["undone", { removed: 500, restored: 0, kept: 0 }], name);
  }
  assert.deepEqual(room.errors, []);
});

test("a run stops when the device that signed it is revoked, and goes on when it is started anew", async () => {
  const checked = await room.check(room.owner, "account", rows(1200, "Device"));
  let batches = 0;
  room.deviceRevoked = () => Promise.resolve(++batches === 2);
  const job = await room.run(room.owner, checked);
  await stopped(job, "Device");
  room.deviceRevoked = () => Promise.resolve(false);
  const again = await room.run(room.owner, job);
  assert.deepEqual([again.state, again.counts.created], ["done", 1200]);
});

test("disabling a person ends what he has under way, at once", async () => {
  const person = await room.person("Ended", ["sales_manager"], "Central");
  const checked = await room.check(person, "account", rows(1500, "Ended"));
  const { object, id, version } = checked;
  inSecondBatch(async () => {
    const { db, ledger } = room.records;
    await db.tx(systemScope("test"), async (tx) => {
      const changes = await room.imports.endPerson(tx, person, new Date());
      assert.equal(changes.length, 1);
      const entry = { action: "person.set_status", at: new Date(), actor: { kind: "system" }, result: "ok" } as const;
      await ledger.insert(tx, [{ ...entry, rows: changes }]);
    });
  });
  await room.do(person, "import.start", { object, id, version });
  await over(id);
  await stopped(await room.do(person, "import.status", { object, id }), "Ended");
});

test("values that a file compares are counted, in the check too, and stop it above the allowance", async () => {
  const used = (): number => room.records.meter.used(manager, "compared", new Date()).used;
  const cost = async (object: string, text: string, settings: object): Promise<number> => {
    const before = used();
    await room.check(manager, object, text, settings);
    return used() - before;
  };
  const update = { mode: "update", key: "phone" };
  assert.equal(await cost("contact", "phone,jobTitle\n13800000001,a\n13800000002,b\n,c\n", update), 2);
  assert.equal(await cost("contact", "name,phone\nNobody,13800000001\n", { mode: "upsert", key: "name" }), 0);
  assert.equal(await cost("contact", "name,phone\nNew,13800000001\n", { mode: "insert" }), 0);
  assert.equal(
    await cost("account", "name,owner\nA,anna@example.com\nB,anna@example.com\nC,x@example.com\n", { mode: "insert" }),
    2,
  );
  const most = ceilings.compared - used();
  room.records.meter.add(manager, { compared: most - 1 }, new Date());
  const refused = await room.check(manager, "contact", "phone,jobTitle\n13800000001,a\n13800000002,b\n", {
    mode: "update" as const,
    key: "phone",
  });
  assert.deepEqual([refused.state, refused.failure, refused.check], ["analysed", "matches_used", null]);
});

test("restricted values that a check finds count as revealed until nothing is left, a miss does not", async () => {
  const person = await room.person("Guesser", ["salesperson"], "Central", "guesser@example.com");
  const used = (kind: "revealed" | "compared"): number => room.records.meter.used(person, kind, new Date()).used;
  const update = { mode: "update" as const, key: "email" };
  const emails = (count: number) => Array.from({ length: count }, (_, at) => `c${at}@customer.example`);
  const made = emails(5).map((email, at) => `Client ${at},${email}`);
  await room.run(person, await room.check(person, "contact", `name,email\n${made.join("\n")}\n`));
  assert.equal(used("revealed"), 0);
  const guess = (count: number): Promise<Checked> => {
    const lines = emails(count).map((email) => `${email},x`);
    return room.check(person, "contact", `email,jobTitle\n${lines.join("\n")}\n`, update);
  };
  const found = await guess(20);
  assert.deepEqual([found.check?.update, found.check?.bad, used("revealed")], [5, 15, 5]);
  await room.run(person, found);
  assert.equal(used("revealed"), 5, "a run finds what its check has found");
  await room.records.ledger.sequence();
  const again = await Meter.open(room.records.db, new Date(), assert.ifError);
  assert.equal(again.used(person, "revealed", new Date()).used, 5, "and a restart remembers it");

  room.records.meter.add(person, { revealed: ceilings.revealed - 7 }, new Date());
  const refused = await guess(20);
  assert.deepEqual([refused.state, refused.failure, refused.check], ["analysed", "allowance_used", null]);
  assert.equal(used("revealed"), ceilings.revealed, "what a refusal tells has its price as well");
  const before = used("compared");
  const last = await room.check(person, "contact", "email,jobTitle\nno@customer.example,x\n", update);
  assert.deepEqual([last.failure, used("compared")], ["allowance_used", before], "found or not is no longer told");
});

test("whether a file's restricted value is the record's is not told: not by the check, not by the row that it writes", async () => {
  const insert = "name,phone,employees\nKnown,13800007777,1\nOther,13800008888,1\n";
  await room.run(seller, await room.check(seller, "account", insert));
  const guesses = "name,phone,employees\nKnown,13800007777,1\nOther,13800009999,1\n";
  const checked = await room.check(seller, "account", guesses, { mode: "update", key: "name" });
  assert.deepEqual([checked.check?.update, checked.check?.skip], [2, 0]);
  const done = await room.run(seller, checked);
  assert.deepEqual([done.counts.updated, done.counts.skipped], [2, 0]);
  const after = await room.byName("account");
  assert.deepEqual([after.get("Known")?.version, after.get("Other")?.version], [2, 2]);
  assert.equal(after.get("Known")?.values["phone"], "+8613800007777");
});

test("colleagues are found by an address only where it may be read; the report says to name them", async () => {
  const revealed = (of: string): number => room.records.meter.used(of, "revealed", new Date()).used;
  const file = "name,owner\nA,dustin@example.com\nB,nobody@example.com\nC,anna@example.com\nD,Anna Snelling\n";
  const before = [revealed(seller), revealed(room.owner)] as const;
  const masked = await room.check(seller, "account", file);
  assert.deepEqual(
    masked.check?.problems.map((one) => [one.row, one.reason]),
    [
      [2, "no_such_address"],
      [3, "no_such_address"],
    ],
    "one that is there looks like one that is not; her own is hers",
  );
  assert.equal(revealed(seller), before[0]);
  const read = await room.check(room.owner, "account", file);
  assert.deepEqual(
    read.check?.problems.map((one) => one.row),
    [3],
  );
  assert.equal(revealed(room.owner) - before[1], 2);
});

test("a restart remembers what was compared", async () => {
  const before = room.records.meter.used(seller, "compared", new Date()).used;
  await room.check(seller, "contact", "phone,jobTitle\n13800000001,a\n", { mode: "update", key: "phone" });
  // As a start does it.
  await room.records.ledger.sequence();
  const again = await Meter.open(room.records.db, new Date(), assert.ifError);
  assert.deepEqual(again.used(seller, "compared", new Date()), { used: before + 1, limit: ceilings.compared });
  assert.equal(again.used(seller, "written", new Date()).used, 0, "what a mandate writes is not his to count");
});

/** Sees all people and contacts, but addresses and numbers only of those of his own. */
function half(userId: string, level: "hidden" | "masked"): Access {
  const role = (key: string, scope: "own" | "all", restricted: "hidden" | "masked" | "write"): RoleDefinition => ({
    key,
    labels: { zh: key, en: key },
    description: { zh: key, en: key },
    objects: Object.fromEntries(
      ["user", "contact"].map((object) => [
        object,
        {
          actions: { view: scope, edit: scope, import: scope },
          classes: { 0: "read", 1: "read", 2: "read", 3: restricted },
        },
      ]),
    ),
    capabilities: [],
  });
  return new Access({
    userId,
    department: null,
    subtree: [],
    roles: [role("all", "all", level), role("own", "own", "write")],
    confirmed: true,
  });
}

test("what is hidden in a row is not found by it: e-mail addresses of colleagues, numbers of contacts", async () => {
  const { records } = room;
  const people = records.schema.load("user");
  const lookFor = async (access: Access, text: string) => {
    const references = new References(records, access, () => Promise.resolve());
    await records.db.tx(systemScope("test"), (tx) => references.load(tx, new Map([[people, new Set([text])]])));
    return references.get(people, text);
  };
  assert.deepEqual(await lookFor(half(seller, "hidden"), "anna@example.com"), { id: seller });
  assert.ok("reason" in (await lookFor(half(seller, "hidden"), "dustin@example.com")));
  assert.ok("reason" in (await lookFor(half(seller, "masked"), "dustin@example.com")));
  const contact = records.schema.load("contact");
  const writer = { access: undefined, by: manager, now: new Date(), note: () => undefined };
  const { id } = await records.db.tx(systemScope("test"), (tx) =>
    createRecord(records, tx, writer, contact, { name: "Hidden", phone: "+8613811112222" }),
  );
  const key = keyOf("+8613811112222");
  const find = (access: Access) =>
    records.db.tx(systemScope("test"), (tx) => findByKey(records, tx, access, contact, "phone", ["+8613811112222"]));
  assert.equal((await find(half(seller, "hidden"))).get(key), undefined);
  assert.equal((await find(half(seller, "masked"))).get(key), undefined);
  assert.equal((await find(half(manager, "hidden"))).get(key)?.[0]?.id, id);
});

test("a path of departments leads only through those one sees", async () => {
  const { records } = room;
  const object = records.schema.load("department");
  const central = records.directory.person(seller)?.department ?? "";
  const role = shippedRoles.find((one) => one.key === "salesperson");
  assert.ok(role);
  const own = {
    ...role,
    objects: { department: { actions: { view: "department" }, classes: { 2: "read" } } },
  } as const;
  const look = async (roles: readonly RoleDefinition[]) => {
    const access = new Access({ userId: seller, department: central, subtree: [central], roles, confirmed: true });
    const references = new References(records, access, () => Promise.resolve());
    const texts = ["Central", "总部/Central"];
    await records.db.tx(systemScope("test"), (tx) => references.load(tx, new Map([[object, new Set(texts)]])));
    return texts.map((text) => "id" in references.get(object, text));
  };
  assert.deepEqual(await look([role]), [true, true]);
  assert.deepEqual(await look([own]), [true, false]);
});

test("a name is found among any number that contain it", async () => {
  const { records } = room;
  const many = Array.from({ length: 450 }, (_, index) => `Acme ${index}`);
  const twins = Array.from({ length: 250 }, () => "Many Twins");
  await room.run(
    room.owner,
    await room.check(room.owner, "account", `name\n${["Acme", ...many, ...twins].join("\n")}\n`),
  );
  const access = records.directory.access(room.owner, true);
  assert.ok(access);
  const found = await resolveNames(records, access, records.schema.load("account"), [
    "ＡＣＭＥ",
    "many twins",
    "Nowhere",
    ...many,
  ]);
  assert.equal(found.get("acme")?.length, 1);
  assert.equal(found.get("nowhere")?.length, 0);
  assert.ok((found.get("many twins")?.length ?? 0) > 1, "several, however many");
  for (const name of many) assert.equal(found.get(name.toLowerCase())?.length, 1, name);
});

test("whether a job is there is not told by what is wrong with its settings", async () => {
  const job = await room.upload(room.owner, "account", "name\nX\n");
  const settings = {
    mode: "insert" as const,
    key: null,
    encoding: "utf-8" as const,
    delimiter: "," as const,
    header: true,
    columns: [{ index: 0, field: "noSuchField" }],
    fixes: {},
    language: "en" as const,
    utcOffset: 0,
  };
  const input = { object: "account", id: job.id, settings };
  assert.equal(await refusal(room.do(manager, "import.check", input)), "not_found");
  assert.match(await refusal(room.do(room.owner, "import.check", input)), /^invalid noSuchField/u);
});
