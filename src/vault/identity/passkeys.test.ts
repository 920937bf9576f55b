// Passkeys from registration to sign-in with a software authenticator, and what each altered answer comes to.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { passkeyAssertion } from "../../contract/passkey-shapes.ts";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { TagBroken } from "../keys/broken.ts";
import { SoftwareAuthenticator, type Behaviour } from "./test-authenticator.ts";
import { signWith } from "./test-acts.ts";
import { enrolOwner, origin, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let owner: TestPerson;
const authenticator = new SoftwareAuthenticator(origin);

before(async () => {
  room = await testRoom();
  room.clock.now += 1000;
  owner = await enrolOwner(room, { passkey: false });
});
after(() => room.close());

async function refused(code: ProblemCode, work: Promise<unknown>, what = ""): Promise<void> {
  await assert.rejects(work, (error) => error instanceof Problem && error.code === code, `${code} ${what}`);
}

test("registration: altered answers are refused, the true one is kept and listed", async () => {
  const { browser } = owner;
  const bad: [string, Behaviour][] = [
    ["another page", { origin: "https://evil.example.com" }],
    ["another party", { rpId: "evil.example.com" }],
    ["another challenge", { challenge: "AAAA" }],
    ["no user verification", { userVerified: false }],
    ["an assertion instead", { type: "webauthn.get" }],
  ];
  for (const [what, behaviour] of bad) {
    const options = await browser.call<"credential.passkeyOptions">("passkeyOptions");
    await refused(
      "code_invalid",
      browser.call("addPasskey", { response: authenticator.create(options, behaviour) }),
      what,
    );
  }
  const options = await browser.call<"credential.passkeyOptions">("passkeyOptions");
  assert.deepEqual(
    [options.rp.id, options.authenticatorSelection.userVerification, options.attestation],
    ["localhost", "required", "none"],
  );
  const response = authenticator.create(options);
  const added = await browser.call<"credential.passkeyAdd">("addPasskey", { response });
  await refused("code_invalid", browser.call("addPasskey", { response }), "the same answer again");
  const next = await browser.call<"credential.passkeyOptions">("passkeyOptions");
  assert.deepEqual(
    next.excludeCredentials.map((credential) => credential.id),
    [authenticator.id],
  );
  await refused("duplicate", browser.call("addPasskey", { response: authenticator.create(next) }));
  const { passkeys } = await browser.call<"credential.state">("credentialState");
  assert.deepEqual(
    passkeys.map((passkey) => [passkey.id, passkey.family, passkey.synced]),
    [[added.id, "Chrome · Windows", false]],
  );
});

test("client data longer than any browser writes is no answer of a passkey", () => {
  const assertion = new SoftwareAuthenticator(origin).get({
    challenge: "c",
    rpId: "localhost",
    timeout: 0,
    userVerification: "required",
  });
  const padded = (length: number) => ({
    ...assertion,
    response: { ...assertion.response, clientDataJSON: "x".repeat(length) },
  });
  for (const fits of [assertion, padded(1024)]) assert.equal(passkeyAssertion.safeParse(fits).success, true);
  assert.equal(passkeyAssertion.safeParse(padded(1025)).success, false);
});

test("signing in with nothing but the passkey: a new browser is trusted at once", async () => {
  const browser = await room.browser({ ip: "198.51.100.9" });
  const options = await browser.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  assert.equal(options.allowCredentials, undefined);
  browser.signedIn = await browser.call<"signIn.passkey">("signInPasskey", { response: authenticator.get(options) });
  const me = await browser.call<"session.me">("currentSession");
  assert.deepEqual([me.userId, me.confirmed, me.assurance], [owner.userId, true, "passkey"]);

  // The same browser without its key: a passkey cannot be phished, so the old entry ends with it.
  const cleared = await room.browser({ ip: "198.51.100.9" });
  const again = await cleared.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  const response = authenticator.get(again);
  const { replacedDeviceId } = await cleared.call<"signIn.passkey">("signInPasskey", { response });
  assert.equal(replacedDeviceId, me.deviceId);
});

test("a person's row that was tampered with is no wrong passkey", async () => {
  const browser = await room.browser({ ip: "198.51.100.11" });
  const options = await browser.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  room.people.damaged.add(owner.userId);
  const entries = room.entries.length;
  await assert.rejects(browser.call("signInPasskey", { response: authenticator.get(options) }), TagBroken);
  assert.equal(room.entries.length, entries, "nobody is told to have signed in wrongly");
  room.people.damaged.clear();
});

test("altered, replayed and foreign assertions are refused, with an entry", async () => {
  const browser = await room.browser({ ip: "198.51.100.10" });
  const ask = () => browser.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  const bad: [string, Behaviour][] = [
    ["another page", { origin: "https://evil.example.com" }],
    ["another party", { rpId: "evil.example.com" }],
    ["another challenge", { challenge: "AAAA" }],
    ["no user verification", { userVerified: false }],
    ["a registration instead", { type: "webauthn.create" }],
    ["another person's handle", { userHandle: "AAAAAAAAAAAAAAAAAAAAAA" }],
    ["a counter that went back", { counter: 1 }],
  ];
  for (const [what, behaviour] of bad)
    await refused(
      "credentials_wrong",
      browser.call("signInPasskey", { response: authenticator.get(await ask(), { ...behaviour }) }),
      what,
    );
  assert.equal(room.entries.findLast((entry) => entry.action === "sign_in.passkey")?.result, "refused");
  const response = authenticator.get(await ask(), { counter: 100 });
  const broken = Buffer.from(response.response.signature, "base64url");
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  await refused(
    "credentials_wrong",
    browser.call("signInPasskey", {
      response: { ...response, response: { ...response.response, signature: broken.toString("base64url") } },
    }),
  );
  await refused("credentials_wrong", browser.call("signInPasskey", { response }), "its challenge is spent");
  await refused(
    "credentials_wrong",
    browser.call("signInPasskey", { response: new SoftwareAuthenticator(origin).get(await ask()) }),
    "unknown passkey",
  );
  // A challenge belongs to the browser it was made for.
  const other = await room.browser();
  const stolen = authenticator.get(await ask(), { counter: 101 });
  await refused("credentials_wrong", other.call("signInPasskey", { response: stolen }));
  await browser.call("signInPasskey", { response: authenticator.get(await ask(), { counter: 102 }) });
  // A challenge ends after five minutes.
  const late = await ask();
  room.clock.now += 5 * 60_000;
  await refused("credentials_wrong", browser.call("signInPasskey", { response: authenticator.get(late) }));
});

test("a passkey unlocks, refreshes the confirmation and confirms a device bound without it", async () => {
  const browser = await room.browser({ ip: "198.51.100.30" });
  room.clock.now += 60_000;
  const { confirmed } = await browser.signIn(owner.email, owner.password, owner.secret);
  assert.equal(confirmed, false);
  await refused("device_unconfirmed", browser.call("passkeyOptions"), "a phished password plants no passkey");
  await browser.call("lockSession");
  const options = await browser.call<"stepUp.passkeyOptions">("stepUpPasskeyOptions");
  assert.deepEqual(
    options.allowCredentials?.map((credential) => credential.id),
    [authenticator.id],
  );
  await browser.call("unlockSession", { with: "passkey", response: authenticator.get(options) });
  const me = await browser.call<"session.me">("currentSession");
  assert.deepEqual([me.confirmed, me.locked], [true, false]);
  await refused(
    "credentials_wrong",
    browser.call("stepUp", { with: "passkey", response: authenticator.get(options) }),
    "spent challenge",
  );
});

test("a removed passkey opens nothing", async () => {
  const browser = await room.browser({ ip: "198.51.100.40" });
  await owner.browser.call("unlockSession", { with: "password", password: owner.password }).catch(() => undefined);
  signWith(owner.browser, authenticator);
  const { passkeys } = await owner.browser.call<"credential.state">("credentialState");
  await owner.browser.call("removePasskey", {}, { id: passkeys[0]?.id ?? "" });
  const options = await browser.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  await refused("credentials_wrong", browser.call("signInPasskey", { response: authenticator.get(options) }));
  assert.equal((await owner.browser.call<"credential.state">("credentialState")).passkeys.length, 0);
});

test("on a host without a name passkeys are refused with the reason", async () => {
  await room.restart({ origins: ["http://127.0.0.1:8080", origin] });
  room.clock.now += 1000;
  const browser = await room.browser();
  assert.equal((await browser.call<"installation.status">("installationStatus")).passkeys, "needs_host_name");
  await refused("invalid", browser.call("signInPasskeyOptions"));
});
