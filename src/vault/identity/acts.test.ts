// Signing one act: an approval counts for one request of one device, to the byte, once and soon; who may sign with what;
// and what the ledger keeps of it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ActProof } from "../../contract/identity-shapes.ts";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { Acts } from "./acts.ts";
import { SoftwareAuthenticator } from "./test-authenticator.ts";
import { approveAct, givePasskey, passkeyProof, type Question, questionOf } from "./test-acts.ts";
import {
  type Browser,
  enrolOwner,
  invite,
  origin,
  serve,
  type TestPerson,
  type TestRoom,
  testRoom,
} from "./test-room.ts";

let room: TestRoom;
let owner: TestPerson;
/** Has a passkey. */
let signer: TestPerson;
let authenticator: SoftwareAuthenticator;
/** Has none. */
let coder: TestPerson;

before(async () => {
  room = await testRoom();
  room.clock.now += 1000;
  owner = await enrolOwner(room);
  signer = await invite(room, owner, "李强", "li@example.com", { ip: "203.0.113.60" });
  authenticator = await givePasskey(signer.browser);
  signer.browser.approver = undefined;
  coder = await invite(room, owner, "周明", "zhou@example.com", { ip: "203.0.113.61" });
});
after(() => room.close());

async function refused(code: ProblemCode, work: Promise<unknown>, what = ""): Promise<void> {
  await assert.rejects(work, (error) => error instanceof Problem && error.code === code, `${code} ${what}`);
}

const password = (text: string) => ({ password: `a rather ${text} phrase 41` });

async function changing(browser: Browser, text: string): Promise<Question> {
  return questionOf(browser, await browser.envelope("changePassword", password(text)));
}

function tick(seconds: number): void {
  room.clock.now += seconds * 1000;
}

test("a passkey's signature over a request lets exactly that request through, once", async () => {
  const { browser } = signer;
  const change = (text: string): Promise<unknown> => browser.call("changePassword", password(text));
  await refused("act_signature_required", change("unsigned"));
  await browser.call("stepUp", { with: "password", password: signer.password });
  await refused("act_signature_required", change("confirmed but unsigned"));

  const question = await changing(browser, "new");
  assert.deepEqual(question.ways, ["passkey"]);
  await approveAct(browser, question, passkeyProof(authenticator, question));
  await refused("act_signature_required", change("other"), "another body");
  await refused("act_signature_required", browser.call("confirmTotp", { code: "123456" }), "another path");
  await change("new");
  await refused("act_signature_required", change("new"), "the same once more");
});

test("an answer to another question is no signature", async () => {
  const { browser } = signer;
  const question = await changing(browser, "good");
  const elsewhere = await room.browser({ ip: "203.0.113.62" });
  const others: [string, Question, Partial<Question["request"]>][] = [
    ["other bytes", await changing(browser, "evil"), {}],
    ["no body", question, { digest: null }],
    ["another path", question, { path: "/api/credentials/recovery-codes" }],
    ["another method", question, { method: "PUT" }],
  ];
  for (const [what, asked, changed] of others) {
    const proof = passkeyProof(authenticator, asked);
    const given = { nonce: question.nonce, request: { ...question.request, ...changed } };
    await refused("act_signature_invalid", approveAct(browser, given, proof), what);
  }
  const altered = [{ origin: "https://evil.example.com" }, { userVerified: false }, { type: "webauthn.create" }];
  for (const behaviour of altered) {
    const proof = passkeyProof(authenticator, question, behaviour);
    await refused("act_signature_invalid", approveAct(browser, question, proof), JSON.stringify(behaviour));
  }
  const stranger = new SoftwareAuthenticator(origin);
  await refused("act_signature_invalid", approveAct(browser, question, passkeyProof(stranger, question)), "a stranger");
  await refused("act_signature_required", browser.call("changePassword", password("good")));

  // What the person signed on one device is nothing on another one of his.
  tick(60);
  await elsewhere.signIn(signer.email, password("new").password, signer.secret);
  await refused("device_unconfirmed", elsewhere.call("beginAct"));
  const options = await elsewhere.call<"stepUp.passkeyOptions">("stepUpPasskeyOptions");
  await elsewhere.call("stepUp", { with: "passkey", response: authenticator.get(options) });
  const there = await changing(elsewhere, "good");
  await refused(
    "act_signature_invalid",
    approveAct(elsewhere, there, passkeyProof(authenticator, question)),
    "other device",
  );
  await refused("act_signature_invalid", approveAct(browser, there, passkeyProof(authenticator, there)), "its nonce");
  await approveAct(elsewhere, there, passkeyProof(authenticator, there));
  await refused("act_signature_required", browser.call("changePassword", password("good")), "approved elsewhere");

  const last = room.entries.filter(({ action }) => action === "act.approve").map(({ result }) => result);
  assert.deepEqual(new Set(last), new Set(["ok", "refused"]));
  const named = room.entries.filter(({ action, result }) => action === "act.approve" && result === "ok");
  assert.deepEqual(
    new Set(named.flatMap(({ fields }) => fields ?? [])),
    new Set(["changePassword", "createInvitation"]),
  );
});

test("a nonce counts once and for five minutes, an approval for two, and neither outlives the vault", async () => {
  const { browser } = signer;
  const approved = await changing(browser, "timely");
  const proof = passkeyProof(authenticator, approved);
  await approveAct(browser, approved, proof);
  await refused("act_signature_invalid", approveAct(browser, approved, proof), "replayed");
  tick(121);
  await refused("act_signature_required", browser.call("changePassword", password("timely")), "too late");

  const old = await changing(browser, "old");
  tick(301);
  await refused("act_signature_invalid", approveAct(browser, old, passkeyProof(authenticator, old)), "an old nonce");

  const lost = await changing(browser, "lost");
  await approveAct(browser, lost, passkeyProof(authenticator, lost));
  await room.restart();
  tick(1);
  await refused("act_signature_required", browser.call("changePassword", password("lost")), "restarted");
});

test("without a passkey a code signs, each code one act; a password never does", async () => {
  const { browser } = coder;
  tick(60);
  const question = await changing(browser, "coded");
  assert.deepEqual([question.ways, question.passkey], [["totp"], undefined]);
  const wrong: ActProof = { with: "totp", code: (await browser.code(coder.secret)) === "000000" ? "000001" : "000000" };
  await refused("credentials_wrong", approveAct(browser, question, wrong));
  const proof: ActProof = { with: "totp", code: await browser.code(coder.secret) };
  await approveAct(browser, question, proof);
  await refused("act_signature_required", browser.call("changePassword", password("another")));
  await browser.call("changePassword", password("coded"));
  await refused("credentials_wrong", approveAct(browser, await changing(browser, "twice"), proof), "the code again");

  // Whoever has a passkey that works here cannot be talked into reading out a code; a command line has none.
  tick(60);
  const strict = await changing(signer.browser, "by code");
  const code: ActProof = { with: "totp", code: await signer.browser.code(signer.secret) };
  await refused("act_signature_invalid", approveAct(signer.browser, strict, code));
  const program = await room.browser({ ip: "203.0.113.63", userAgent: "Strongroom-CLI/1 (linux)" });
  tick(60);
  await program.signIn(signer.email, password("new").password, signer.secret);
  await refused("device_unconfirmed", program.call("beginAct"));
});

test("a recovery code signs when the passkey is lost, once", async () => {
  const { browser } = signer;
  const change = await browser.envelope("createRecoveryCodes");
  const first = await questionOf(browser, change);
  await approveAct(browser, first, passkeyProof(authenticator, first));
  const { codes } = (await serve(room, change)) as { codes: string[] }; // the row's output
  const question = await changing(browser, "recovered");
  assert.deepEqual(question.ways, ["passkey", "recovery"]);
  const proof: ActProof = { with: "recovery", recoveryCode: codes[0] ?? "" };
  await approveAct(browser, question, proof);
  await browser.call("changePassword", password("recovered"));
  await refused("credentials_wrong", approveAct(browser, await changing(browser, "again"), proof));
});

test("who has just joined sets up his ways in without a signature, ten minutes long", async () => {
  const person = await invite(room, owner, "孙洋", "sun@example.com", { ip: "203.0.113.64" });
  tick(9 * 60);
  await person.browser.call("createRecoveryCodes");
  await refused("act_signature_required", person.browser.call("changePassword", password("early")), "not the others");
  tick(2 * 60);
  await refused("act_signature_required", person.browser.call("createRecoveryCodes"));
});

test("one device's open questions are few, and another device's questions do not push them out", () => {
  const acts = new Acts(1000);
  const now = new Date();
  const nonces = Array.from({ length: 9 }, () => acts.begin("one", now).nonce);
  for (let other = 0; other < 100; other += 1) acts.begin("two", now);
  assert.throws(() => acts.takeNonce("one", nonces[0] ?? "", now), Problem);
  acts.takeNonce("one", nonces[1] ?? "", now);
  assert.throws(() => acts.takeNonce("one", nonces[1] ?? "", now), Problem);
  acts.takeNonce("one", nonces[8] ?? "", now);
});
