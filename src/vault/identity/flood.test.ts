// What strangers without a device can take away from others: their own turn, and nothing else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { strangerRate } from "./settings.ts";
import { SoftwareAuthenticator } from "./test-authenticator.ts";
import { enrolOwner, origin, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";

const memory = { nonces: 200, halfDone: 20 };
const authenticator = new SoftwareAuthenticator(origin);
let room: TestRoom;
let owner: TestPerson;

before(async () => {
  room = await testRoom(undefined, { memory });
  room.clock.now += 1000;
  owner = await enrolOwner(room);
  const options = await owner.browser.call<"credential.passkeyOptions">("passkeyOptions");
  await owner.browser.call("addPasskey", { response: authenticator.create(options) });
});
after(() => room.close());

/** What one request comes to: "ok", or the problem's code. */
async function outcome(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return "ok";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === "too_many") assert.ok(Number(error.extra?.["retryAfterSeconds"]) >= 1);
    return error.code;
  }
}

test("strangers from many addresses fill their own stores; devices sign and confirm as before", async () => {
  const challenge = await owner.browser.call<"stepUp.passkeyOptions">("stepUpPasskeyOptions");
  const secret = await owner.browser.call<"credential.totpBegin">("beginTotp");
  const outcomes: string[] = [];
  for (let index = 0; index < 250; index += 1) {
    const stranger = await room.browser({ ip: `198.51.100.${index}` });
    outcomes.push(await outcome(stranger.call("signInPasskeyOptions")));
  }
  assert.equal(outcomes.filter((one) => one === "ok").length, memory.nonces - 2, "all that the owner's browser left");
  assert.equal(outcomes.at(-1), "too_many");
  const response = authenticator.get(challenge);
  assert.equal(await outcome(owner.browser.call("stepUp", { with: "passkey", response })), "ok");
  const code = await owner.browser.code(secret.secret, 1);
  assert.equal(await outcome(owner.browser.call("confirmTotp", { code })), "ok");
});

test("a flood from one address is refused with the time to wait; another address signs in", async () => {
  room.clock.now += 300_000;
  const honest = await room.browser({ ip: "192.0.2.77" });
  const options = await honest.call<"signIn.passkeyOptions">("signInPasskeyOptions");
  const outcomes: string[] = [];
  for (let index = 0; index < 150; index += 1) {
    const flooder = await room.browser({ ip: "203.0.113.9" });
    outcomes.push(await outcome(flooder.call("signInPasskeyOptions")));
  }
  assert.ok(outcomes.includes("too_many"), "one address takes no more than its part of the nonces");
  const response = authenticator.get(options);
  assert.equal(await outcome(honest.call("signInPasskey", { response })), "ok", "its challenge is still there");
});

test("how often one address may ask in all is bounded, and comes back with time", async () => {
  room.clock.now += 300_000;
  const { burst, perSecond } = strangerRate;
  const one = await room.browser({ ip: "203.0.113.10" });
  // Signed once: whether the rest of it holds does not matter for the rate.
  const envelope = await one.envelope("installationStatus");
  const ask = (): Promise<string> => outcome(room.identity.authenticate(envelope, "key"));
  const outcomes: string[] = [];
  for (let index = 0; index < burst + 50; index += 1) outcomes.push(await ask());
  assert.equal(outcomes[0], "ok");
  assert.equal(outcomes.filter((code) => code === "signature_replayed").length, burst - 1);
  assert.equal(outcomes.filter((code) => code === "too_many").length, 50);
  room.clock.now += 1000;
  const later: string[] = [];
  for (let index = 0; index < 2 * perSecond; index += 1) later.push(await ask());
  assert.equal(later.filter((code) => code === "too_many").length, perSecond);
});
