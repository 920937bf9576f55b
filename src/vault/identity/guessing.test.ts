// What guessing can reach in a day, by figures and by trying: and that no stranger's trying locks the rightful one out.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { systemScope } from "../db/database.ts";
import { TagBroken } from "../keys/broken.ts";
import { budgets, GuessLimits } from "./guess-limits.ts";
import { type Browser, enrolOwner, invite, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";
import { hotp, fromBase32, timeStep } from "./totp.ts";

let room: TestRoom;
let owner: TestPerson;

before(async () => {
  room = await testRoom();
  room.clock.now += 1000;
  owner = await enrolOwner(room, { ip: "192.0.2.1" });
});
after(() => room.close());

async function problemOf(work: Promise<unknown>): Promise<Problem | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    return error;
  }
}

/** A code that is wrong now and for the steps around. */
function wrongCode(secret: string): string {
  const step = timeStep(new Date(room.clock.now));
  const right = new Set([-2, -1, 0, 1, 2].map((drift) => hotp(fromBase32(secret), step + drift)));
  return ["000000", "111111", "222222", "333333", "444444", "555555"].find((code) => !right.has(code)) ?? "";
}

/** Chances of one guess. Accepted passwords need at least 10^8 guesses (zxcvbn score 3); three codes count at a time. */
const chances = { password: 1e-8, code: 3e-6, pair: 3e-12, secret: 2 ** -80 } as const;

/**
 * The greatest chance of a day that guessing succeeds somewhere it should not: with a stolen password in hand (so that
 * only codes protect), from strangers and one stolen device together.
 */
function chanceADay(): { account: number; source: number; device: number } {
  const pairs = (budgets["pair.account"] + budgets["pair.device"]) * chances.pair;
  const secrets = budgets["secret.source"] * chances.secret;
  return {
    account: budgets["code.account"] * chances.code + pairs + secrets,
    source: budgets["code.source"] * chances.code + pairs + secrets,
    // A stolen, locked device: its password lane unlocks by password alone.
    device: budgets["password.device"] * chances.password + pairs,
  };
}

test("the chance of a day stays under 1 in 100,000, per account and per source", () => {
  const chance = chanceADay();
  for (const [who, value] of Object.entries(chance)) assert.ok(value <= 1e-5, `${who} ${value}`);
  assert.ok(chance.account > 8e-6, "the figure is not idle: three codes are nearly all of it");
});

test("after three wrong codes one alone is not enough, wherever it comes from; two in a row still open", async () => {
  const person = await invite(room, owner, "冯磊", "feng@example.com", { ip: "192.0.2.2" });
  const thief = await room.browser({ ip: "198.51.100.66" });
  const password = async (browser: Browser) =>
    browser.call<"signIn.password">("signInPassword", { email: person.email, password: person.password });
  for (let guess = 1; guess <= 3; guess += 1) {
    assert.equal((await password(thief)).nextCodeNeeded, false);
    const problem = await problemOf(thief.call("signInTotp", { code: wrongCode(person.secret) }));
    assert.deepEqual([problem?.code, problem?.extra?.["nextCodeNeeded"]], ["credentials_wrong", guess === 3]);
  }
  // The right code alone, from anybody: not enough now, and not used up by asking.
  room.clock.now += 60_000;
  const rightful = await room.browser({ ip: "203.0.113.99" });
  assert.equal((await password(rightful)).nextCodeNeeded, true);
  const code = await rightful.code(person.secret);
  assert.equal((await problemOf(rightful.call("signInTotp", { code })))?.code, "credentials_wrong");
  rightful.signedIn = await rightful.call<"signIn.totp">("signInTotp", {
    code,
    nextCode: await rightful.code(person.secret, 1),
  });
  assert.equal((await rightful.call<"session.me">("currentSession")).assurance, "password_totp");

  // The source is spent for single codes on any account; a bound device of the person is not.
  assert.equal(
    (await thief.call<"signIn.password">("signInPassword", { email: owner.email, password: owner.password }))
      .nextCodeNeeded,
    true,
  );
  assert.equal(
    (await owner.browser.call<"signIn.password">("signInPassword", { email: owner.email, password: owner.password }))
      .nextCodeNeeded,
    false,
  );
  // Neither count survives the day.
  room.clock.now += 86_400_000;
  assert.equal((await password(thief)).nextCodeNeeded, false);
});

test("above the day's wrong passwords the verdict comes only with the codes; the rightful person still gets in", async () => {
  const person = await invite(room, await steppedUp(), "曹芳", "cao@example.com", { ip: "192.0.2.3" });
  const now = new Date(room.clock.now);
  // As many wrong guesses as the day allows, without waiting for so many hashes.
  const limits = await GuessLimits.open(room.base.db, room.keyring, now);
  for (let guess = 0; guess < budgets["password.account"]; guess += 1)
    limits.charge("password.account", person.userId, now);
  await limits.save();
  await room.restart();
  room.clock.now += 60_000;

  const stranger = await room.browser({ ip: "198.51.100.70" });
  const wrong = await stranger.call<"signIn.password">("signInPassword", {
    email: person.email,
    password: "not this one",
  });
  const right = await (
    await room.browser({ ip: "198.51.100.71" })
  ).call<"signIn.password">("signInPassword", { email: person.email, password: person.password });
  assert.deepEqual([wrong.factors, wrong.nextCodeNeeded], [right.factors, right.nextCodeNeeded]);
  assert.equal(right.nextCodeNeeded, true);
  // With the wrong password even the right codes open nothing, and the answer is that of wrong codes.
  const codes = { code: await stranger.code(person.secret), nextCode: await stranger.code(person.secret, 1) };
  const refusal = await problemOf(stranger.call("signInTotp", codes));
  const other = await room.browser({ ip: "198.51.100.72" });
  await other.call("signInPassword", { email: person.email, password: person.password });
  const refusalOfCodes = await problemOf(
    other.call("signInTotp", { code: wrongCode(person.secret), nextCode: wrongCode(person.secret) }),
  );
  assert.deepEqual([refusal?.code, refusal?.extra], [refusalOfCodes?.code, refusalOfCodes?.extra]);
  // The rightful person: from a new browser with two codes, from the own device as always.
  other.signedIn = await other.call<"signIn.totp">("signInTotp", codes);
  const own = await person.browser.call<"signIn.password">("signInPassword", {
    email: person.email,
    password: person.password,
  });
  assert.equal(own.nextCodeNeeded, false);
});

test("a stolen device's password guesses end for the day", async () => {
  const person = await invite(room, await steppedUp(), "彭超", "peng@example.com", { ip: "192.0.2.4" });
  const now = new Date(room.clock.now);
  const limits = await GuessLimits.open(room.base.db, room.keyring, now);
  for (let guess = 0; guess < budgets["password.device"]; guess += 1)
    limits.charge("password.device", person.browser.signedIn?.deviceId ?? "", now);
  await limits.save();
  await room.restart();
  room.clock.now += 60_000;
  await person.browser.call("lockSession");
  assert.equal(
    (await problemOf(person.browser.call("unlockSession", { with: "password", password: person.password })))?.code,
    "too_many",
  );
  await person.browser.call("unlockSession", { with: "totp", code: await person.browser.code(person.secret) });
});

test("guesses side by side are all counted", async () => {
  const person = await invite(room, await steppedUp(), "曾静", "zeng@example.com", { ip: "192.0.2.5" });
  room.clock.now += 60_000;
  const results = await Promise.all(
    Array.from({ length: 20 }, () =>
      problemOf(person.browser.call("stepUp", { with: "totp", code: wrongCode(person.secret) })),
    ),
  );
  assert.ok(results.every((problem) => problem?.code === "credentials_wrong"));
  const counts = await GuessLimits.open(room.base.db, room.keyring, new Date(room.clock.now));
  assert.equal(counts.wrong("code.account", person.userId, new Date(room.clock.now)), 3);
});

test("edited counts are noticed at the next start", async () => {
  await room.identity.save();
  await room.base.owner.query("update vault.guess_count set wrong = 0");
  await assert.rejects(GuessLimits.open(room.base.db, room.keyring, new Date(room.clock.now)), TagBroken);
  await room.base.db.tx(systemScope("test"), (tx) => tx.query("delete from vault.guess_count"));
});

async function steppedUp(): Promise<TestPerson> {
  room.clock.now += 60_000;
  const { browser } = owner;
  await browser.signIn(owner.email, owner.password, owner.secret);
  return owner;
}

test("counts that cannot be saved are told of, and saved when they can be", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const other = await testRoom();
  t.after(() => other.close());
  other.clock.now += 1000;
  const person = await enrolOwner(other, { ip: "192.0.2.1" });
  const { owner: superuser } = other.base;
  await superuser.query("revoke insert, update on vault.guess_count, vault.presence from strongroom_vault");
  other.clock.now += 60_000;
  await person.browser.call("currentSession");
  t.mock.timers.tick(60_000);
  while (other.saveErrors.length === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.match(String(other.saveErrors[0]), /permission denied/);
  await superuser.query("grant insert, update on vault.guess_count, vault.presence to strongroom_vault");
  await other.identity.save();
});
