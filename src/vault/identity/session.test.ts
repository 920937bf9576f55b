// Sessions of bound devices: what is refused, idle lock, confirmation, and that an end holds for the next request.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { enrolOwner, invite, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let owner: TestPerson;

before(async () => {
  room = await testRoom();
  await tick(1); // the vault's first second
  owner = await enrolOwner(room);
});
after(() => room.close());
beforeEach(() => tick(60));

async function tick(seconds: number): Promise<void> {
  room.clock.now += seconds * 1000;
}

async function refused(code: ProblemCode, work: Promise<unknown>): Promise<Problem> {
  const error: unknown = await work.then(
    () => assert.fail(`${code} expected`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  assert.equal(error.code, code);
  return error;
}

const last = (action: string) => room.entries.findLast((entry) => entry.action === action);

test("replays and borrowed identities are refused", async () => {
  const envelope = await owner.browser.envelope("currentSession");
  await room.identity.authenticate(envelope, "device");
  await refused("signature_replayed", room.identity.authenticate(envelope, "device"));
  const thief = await room.browser();
  const forged = await thief.envelope("currentSession", {}, {}, owner.browser.signedIn?.deviceId ?? "");
  await refused("signature_invalid", room.identity.authenticate(forged, "device"));
  const elsewhere = await owner.browser.envelope("currentSession");
  await refused(
    "signature_invalid",
    room.identity.authenticate({ ...elsewhere, authority: "evil.example.com" }, "device"),
  );
  // An envelope for the key door signed as a device, or naming another key, opens nothing.
  const mixed = await owner.browser.envelope("installationStatus", {}, {}, owner.browser.signedIn?.deviceId ?? "");
  await refused("signature_invalid", room.identity.authenticate(mixed, "key"));
  const another = await thief.envelope("installationStatus", {}, {}, owner.browser.thumbprint);
  await refused("signature_invalid", room.identity.authenticate(another, "key"));
  const garbage = {
    ...(await thief.envelope("installationStatus")),
    body: Buffer.from("not json"),
    headers: (await thief.envelope("installationStatus")).headers,
  };
  await refused("signature_invalid", room.identity.authenticate(garbage, "key"));
});

test("idle lock: polling does not keep awake, work does, proof unlocks", async () => {
  const { browser } = owner;
  await tick(10 * 60);
  await browser.call("touchSession");
  await tick(10 * 60);
  assert.equal((await browser.call<"session.me">("currentSession")).locked, false);
  await tick(6 * 60);
  assert.equal((await browser.call<"session.me">("currentSession")).locked, true);
  await refused("session_locked", browser.call("listDevices"));
  await refused("session_locked", browser.call("touchSession"));
  await refused("credentials_wrong", browser.call("unlockSession", { with: "password", password: "guess" }));
  assert.equal(last("session.unlock")?.result, "refused");
  await browser.call("unlockSession", { with: "totp", code: await browser.code(owner.secret) });
  await browser.call("listDevices");
  await refused("credentials_wrong", browser.call("stepUp", { with: "totp", code: await browser.code(owner.secret) }));

  await browser.call("lockSession");
  await refused("session_locked", browser.call("listDevices"));
  await room.restart();
  await tick(1);
  await refused("session_locked", browser.call("listDevices"));
  await browser.call("unlockSession", { with: "password", password: owner.password });
  await browser.call("listDevices");
});

test("a confirmation covers 30 minutes", async () => {
  const { browser } = owner;
  const nobodys = { userId: owner.userId, id: "019db3d1-0000-7000-8000-000000000000" };
  const act = (): Promise<unknown> => browser.call("revokePersonDevice", {}, nobodys);
  await refused("not_found", act());
  for (let minute = 0; minute < 31; minute += 1) {
    await tick(60);
    await browser.call("touchSession");
  }
  await refused("step_up_needed", act());
  await browser.call("stepUp", { with: "password", password: owner.password });
  await refused("not_found", act());
});

test("revoking ends at once; signing out too; a disabled person is out", async () => {
  const person = await invite(room, owner, "周明", "zhou@example.com", { ip: "203.0.113.4" });
  const phone = await room.browser({ ip: "203.0.113.5", userAgent: "Safari/605 (iPhone)" });
  await tick(60);
  await phone.signIn(person.email, person.password, person.secret);
  const { sessions } = await person.browser.call<"session.list">("listSessions");
  assert.deepEqual(sessions.map((session) => session.family).sort(), ["Chrome · Windows", "Safari · iPhone"]);
  await refused("not_found", owner.browser.call("revokeSession", {}, { id: phone.signedIn?.sessionId ?? "" }));
  await person.browser.call("revokeSession", {}, { id: phone.signedIn?.sessionId ?? "" });
  await refused("session_ended", phone.call("currentSession"));
  await tick(60);
  await phone.signIn(person.email, person.password, person.secret);
  await person.browser.call("revokeDevice", {}, { id: phone.signedIn?.deviceId ?? "" });
  await refused("device_unknown", phone.call("currentSession"));
  await person.browser.call("signOut");
  await refused("session_ended", person.browser.call("currentSession"));

  await tick(60);
  await person.browser.signIn(person.email, person.password, person.secret);
  await room.base.db.tx({ actor: "system:test", all: true, owners: [], departments: [] }, async (tx) => {
    const rows = await room.identity.endPerson(tx, person.userId, new Date(room.clock.now));
    await room.ledger.insert(tx, [
      { action: "person.disable", at: new Date(room.clock.now), actor: { kind: "system" }, result: "ok", rows },
    ]);
  });
  await refused("device_unknown", person.browser.call("currentSession"));
  room.people.set(person.userId, "disabled");
  await refused(
    "credentials_wrong",
    person.browser.call("signInPassword", { email: person.email, password: person.password }),
  );
});
