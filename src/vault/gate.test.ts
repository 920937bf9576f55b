// What the gate itself keeps to whatever a handler does: the meter that a verb's row declares, the answer that it
// promises, and the rule for devices that are not confirmed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tmpdir } from "node:os";
import { type EndpointName, endpoints, type VerbName } from "../contract/endpoints.ts";
import { Problem } from "../contract/problem.ts";
import { Backups } from "./backups/backups.ts";
import { uuidv7 } from "./db/uuid.ts";
import { Gate, type Handle } from "./gate.ts";
import { Identity } from "./identity/identity.ts";
import { type TestRoom, testRoom } from "./imports/test-room.ts";
import { newRootKey } from "./keys/key-file.ts";
import { RecordPeople } from "./records/people.ts";
import { handlersOf } from "./handlers.ts";
import type { Handlers } from "./verbs.ts";
import { DiskSearches } from "./thief/disk-search.ts";
import { ceilings } from "./watch/meter.ts";

let room: TestRoom;
let identity: Identity;
let handlers: Handlers;
let account: string;

before(async () => {
  room = await testRoom();
  const { records, imports } = room;
  const { db, keyring } = records;
  const people = new RecordPeople(records);
  const settings = { version: "0", origins: ["http://localhost"] as const };
  identity = await Identity.open({ db, keyring, people, settings, saveFailed: () => undefined });
  handlers = handlersOf({
    records,
    people,
    identity,
    imports,
    kit: { keyFile: "/keys/root.key", command: "npx strongroom kit print" },
    backups: new Backups({
      records,
      rootKey: newRootKey(crypto.randomUUID()),
      keystore: tmpdir(),
      program: "0",
      folders: [],
      onError: () => undefined,
    }),
    dataDir: tmpdir(),
    diskSearches: new DiskSearches("/nowhere", () => undefined),
    restore: { identity, folder: tmpdir(), possible: true, handOver: () => undefined, onError: () => undefined },
  });
  const made = await run("createRecord", "record.create", { object: "account" }, { values: { name: "华信" } });
  account = (made as { id: string }).id; // the verb's row promises it
});
after(async () => {
  await identity.close();
  await room.close();
});

/** A verb as its endpoint's row calls it; `planted` stands in for handlers of the product. */
function run(
  endpoint: EndpointName,
  verb: VerbName,
  path: Readonly<Record<string, string>>,
  body: unknown,
  { planted = {}, confirmed = true }: { planted?: Partial<Handlers>; confirmed?: boolean } = {},
): Promise<unknown> {
  const gate = new Gate({ records: room.records, identity, handlers: { ...handlers, ...planted } });
  const handle: Handle = {
    match: { name: endpoint, endpoint: endpoints[endpoint], params: path },
    identity: { ...room.call(room.owner).identity, confirmed },
    envelope: { method: "POST", target: "/", authority: "localhost", headers: {}, ip: "127.0.0.1", userAgent: "test" },
    requestId: uuidv7(),
    begunAt: Date.now(),
    signed: { path, body },
    used: new Set(),
  };
  return gate.call(handle, verb, {});
}

const one = () => ({ object: "account", id: account });
const used = (kind: "opened" | "revealed") => room.records.meter.used(room.owner, kind, new Date()).used;

test("an answer whose call counted nothing is not given", async () => {
  const planted: Partial<Handlers> = {
    "record.open": (call, input) => handlers["record.open"]({ ...call, note: () => undefined }, input),
  };
  await assert.rejects(
    run("openRecord", "record.open", one(), undefined, { planted }),
    /record\.open counted no opened/,
  );
  const before = used("opened");
  await run("openRecord", "record.open", one(), undefined);
  assert.equal(used("opened"), before + 1);
});

test("the meter is asked before the handler runs", async () => {
  const { meter } = room.records;
  const hold = meter.begin(room.owner, new Date());
  hold.demand("revealed", ceilings.revealed);
  let ran = false;
  const planted: Partial<Handlers> = {
    "record.reveal": () => {
      ran = true;
      return Promise.resolve({ value: "13800000000" });
    },
  };
  const reveal = () => run("revealValue", "record.reveal", one(), { field: "phone" }, { planted });
  await assert.rejects(reveal(), (error) => error instanceof Problem && error.code === "allowance_used");
  assert.equal(ran, false);
  hold.release();
  await assert.rejects(reveal(), /counted no revealed/);
  assert.equal(ran, true);
});

test("an answer beyond its row is not given", async () => {
  const planted: Partial<Handlers> = {
    "record.open": async (call, input) => {
      const answer = await handlers["record.open"](call, input);
      return { ...answer, record: { ...answer.record, sealed3: "secret" } };
    },
  };
  await assert.rejects(run("openRecord", "record.open", one(), undefined, { planted }), (error) => {
    assert.match(String(error), /record\.open answers otherwise than its row says: record \(unrecognized_keys\)/);
    assert.doesNotMatch(String(error), /华信|secret/);
    return true;
  });
});

test("a write that changes nothing is answered and counts none", async () => {
  const { record } = (await run("openRecord", "record.open", one(), undefined)) as { record: { version: number } };
  const body = { version: record.version, values: { name: "华信" } };
  assert.deepEqual(await run("updateRecord", "record.update", one(), body), { ...one(), version: record.version });
});

test("an unconfirmed device reads, and changes nothing of others", async () => {
  const unconfirmed = { confirmed: false };
  await run("openRecord", "record.open", one(), undefined, unconfirmed);
  await run("currentSession", "session.me", {}, undefined, unconfirmed).catch((error: unknown) => {
    // The device of this test has no row; what matters is that the gate let it through.
    assert.ok(!(error instanceof Problem && error.code === "device_unconfirmed"));
  });
  const refused = [
    run("updateRecord", "record.update", one(), { version: 1, values: { name: "x" } }, unconfirmed),
    run("commitRecords", "record.commit", {}, { operations: [{ op: "delete", ...one(), version: 1 }] }, unconfirmed),
    run("assignRoles", "role.assign", { id: room.owner }, { roles: [] }, unconfirmed),
    run("listImports", "import.list", { object: "account" }, undefined, unconfirmed),
  ];
  for (const one of refused)
    await assert.rejects(one, (error) => error instanceof Problem && error.code === "device_unconfirmed");
});
