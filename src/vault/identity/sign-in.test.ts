// From an empty installation to people who sign in, lose browsers and recover, on a real database.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { givePasskey } from "./test-acts.ts";
import { type Browser, enrolOwner, invite, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let owner: TestPerson;

before(async () => {
  room = await testRoom();
  await tick(1); // the vault's first second
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

test("an empty installation says so, and only the console's code enrols", async () => {
  const browser = await room.browser();
  const status = await browser.call<"installation.status">("installationStatus");
  assert.deepEqual([status.setUp, status.passkeys, status.host], [false, "possible", "localhost:8080"]);
  await refused("code_invalid", browser.call("beginEnrolment", { code: "AAAA-AAAA-AAAA-AAAA", email: "a@b.cn" }));
  assert.equal(last("enrolment.begin")?.result, "refused");
  await refused("code_invalid", browser.call("checkEnrolment", { code: "AAAA-AAAA-AAAA-AAAA" }));
  assert.equal(last("enrolment.check")?.result, "refused");

  const earlier = (await room.identity.enrolmentCode()) ?? "";
  const code = (await room.identity.enrolmentCode()) ?? "";
  await refused("code_invalid", browser.call("checkEnrolment", { code: earlier }));
  await refused("code_invalid", browser.call("beginEnrolment", { code: earlier, email: "a@b.cn" }));
  assert.deepEqual(await browser.call("checkEnrolment", { code: code.toLowerCase() }), { done: true });
  const details = {
    code,
    company: "华信科技有限公司",
    name: "王芳",
    email: "owner@example.com",
    password: "correct horse battery staple",
    totpCode: "000000",
    locale: "en",
  };
  await refused("handle_expired", browser.call("completeEnrolment", details));
  const { totp } = await browser.call<"enrolment.begin">("beginEnrolment", {
    code: code.toLowerCase(),
    email: "owner@example.com",
  });
  await refused("credentials_wrong", browser.call("completeEnrolment", details));
  const weak = await refused(
    "password_weak",
    browser.call("completeEnrolment", {
      ...details,
      password: "wangfang1990",
      totpCode: await browser.code(totp.secret),
    }),
  );
  assert.deepEqual(weak.extra, { score: 1, feedback: ["personal", "date"] });
});

test("the owner enrols, once", async () => {
  owner = await enrolOwner(room);
  const me = await owner.browser.call<"session.me">("currentSession");
  assert.deepEqual([me.confirmed, me.assurance, me.locked], [true, "enrolment", false]);
  assert.equal(Date.parse(me.expiresAt) - Date.parse(me.startedAt), 30 * 86_400_000);
  assert.equal(await room.identity.enrolmentCode(), undefined);
  assert.equal((await owner.browser.call<"session.me">("currentSession")).userId, owner.userId);
  const stranger = await room.browser();
  assert.equal((await stranger.call<"installation.status">("installationStatus")).setUp, true);
  await refused("device_unknown", stranger.call("currentSession"));
  const entry = last("enrolment.complete");
  assert.deepEqual([entry?.result, entry?.rows?.length], ["ok", 4]);
});

test("an invitation is used up by accepting, not by looking", async () => {
  const userId = room.people.add("李强", "li@example.com");
  const first = await owner.browser.call<"invitation.create">("createInvitation", { userId });
  const { code, url } = await owner.browser.call<"invitation.create">("createInvitation", { userId });
  assert.equal(url, `http://localhost:8080/invite#${code}`);
  const browser = await room.browser();
  await refused("code_invalid", browser.call("inspectInvitation", { code: first.code }));
  for (let look = 0; look < 3; look += 1)
    assert.equal((await browser.call<"invitation.inspect">("inspectInvitation", { code })).email, "li@example.com");
  const { totp } = await browser.call<"invitation.inspect">("inspectInvitation", { code });
  const accept = async () =>
    browser.call<"invitation.accept">("acceptInvitation", {
      code,
      password: "lunar-Teapot orbit 7",
      totpCode: await browser.code(totp.secret),
    });
  const [one, two] = await Promise.allSettled([accept(), accept()]);
  const won = [one, two].filter((result) => result.status === "fulfilled");
  assert.equal(won.length, 1, "two at once: one of them");
  assert.equal(won[0]?.value.confirmed, true);
  assert.equal((await room.people.load(userId)).status, "active");
  await refused("code_invalid", browser.call("inspectInvitation", { code }));
  await refused("conflict", owner.browser.call("createInvitation", { userId }));

  const late = room.people.add("陈静", "chen@example.com");
  const expiring = await owner.browser.call<"invitation.create">("createInvitation", { userId: late });
  room.clock.now += 7 * 86_400_000;
  await refused("code_invalid", browser.call("inspectInvitation", { code: expiring.code }));
  await owner.browser.call("unlockSession", { with: "password", password: owner.password });
});

test("signing in: same answer for a wrong password and an unknown person", async () => {
  const browser = await room.browser({ ip: "192.0.2.50" });
  const wrong = await refused(
    "credentials_wrong",
    browser.call("signInPassword", { email: owner.email, password: "not this one" }),
  );
  const unknown = await refused(
    "credentials_wrong",
    browser.call("signInPassword", { email: "nobody@example.com", password: "not this one" }),
  );
  const invited = await refused(
    "credentials_wrong",
    browser.call("signInPassword", { email: "chen@example.com", password: "not this one" }),
  );
  assert.deepEqual([unknown.extra, invited.extra], [wrong.extra, wrong.extra]);
  assert.deepEqual(last("sign_in.password")?.problem, "credentials_wrong");
  await refused("handle_expired", browser.call("signInTotp", { code: "123456" }));
});

test("password and code bind one more device, unconfirmed; the confirmed one stays and is told", async () => {
  const person = await invite(room, owner, "赵敏", "zhao@example.com", { ip: "192.0.2.20" });
  await tick(60);
  const cleared = await room.browser({ ip: "192.0.2.20" });
  const signedIn = await cleared.signIn(person.email, person.password, person.secret);
  assert.equal(signedIn.confirmed, false);
  assert.equal(signedIn.replacedDeviceId, undefined);
  const old = await person.browser.call<"session.me">("currentSession");
  assert.deepEqual(
    old.news.map(({ kind, deviceId }) => [kind, deviceId]),
    [["device_bound", signedIn.deviceId]],
  );
  const seen = await owner.browser.call<"person.devices">("listPersonDevices", {}, { userId: person.userId });
  assert.deepEqual(
    seen.devices.map((device) => [device.id, device.confirmed, device.endedAt]),
    [
      [signedIn.deviceId, false, undefined],
      [person.browser.signedIn?.deviceId, true, undefined],
    ],
  );
  const me = await cleared.call<"session.me">("currentSession");
  assert.match(me.confirmCode ?? "", /^\d{8}$/u);

  // The manager confirms by the code that the device shows; nobody confirms himself.
  const shown = me.confirmCode ?? "";
  await refused("device_unconfirmed", cleared.call("changePassword", { password: "some Other thing 9" }));
  await refused(
    "not_allowed",
    owner.browser.call(
      "confirmPersonDevice",
      { code: shown },
      { userId: owner.userId, id: owner.browser.signedIn?.deviceId ?? "" },
    ),
  );
  const place = { userId: person.userId, id: signedIn.deviceId };
  const otherCode = shown === "00000000" ? "11111111" : "00000000";
  await refused("code_invalid", owner.browser.call("confirmPersonDevice", { code: otherCode }, place));
  await owner.browser.call("confirmPersonDevice", { code: shown }, place);
  assert.equal((await cleared.call<"session.me">("currentSession")).confirmed, true);

  // Another place, another family, or by wish: one more device, none replaced.
  await tick(60);
  const elsewhere = await room.browser({ ip: "198.51.100.7" });
  assert.equal((await elsewhere.signIn(person.email, person.password, person.secret)).replacedDeviceId, undefined);
  await tick(60);
  const kept = await room.browser({ ip: "192.0.2.20" });
  assert.equal(
    (await kept.signIn(person.email, person.password, person.secret, { keepOthers: true })).replacedDeviceId,
    undefined,
  );

  // A second one of the person's devices confirms by the code that the new one shows.
  const code = (await elsewhere.call<"session.me">("currentSession")).confirmCode ?? "";
  const id = elsewhere.signedIn?.deviceId ?? "";
  cleared.approver = async () => {
    await tick(60);
    return { with: "totp", code: await cleared.code(person.secret) };
  };
  await refused(
    "code_invalid",
    cleared.call("confirmDevice", { code: code === "00000000" ? "00000001" : "00000000" }, { id }),
  );
  await refused("not_found", owner.browser.call("confirmDevice", { code }, { id }));
  await cleared.call("confirmDevice", { code }, { id });
  const { devices } = await elsewhere.call<"device.list">("listDevices");
  assert.deepEqual(
    devices.filter((device) => device.endedAt === undefined).map((device) => device.confirmedHow),
    [undefined, "device", "manager", "invitation"],
  );
  assert.equal(devices.filter((device) => device.replaced).length, 0);
});

test("of one browser that loses its key again and again only the last unconfirmed entry is left, and it is told", async () => {
  const person = await invite(room, owner, "冯刚", "feng@example.com", { ip: "192.0.2.21" });
  await tick(60);
  const first = await room.browser({ ip: "192.0.2.21" });
  const { deviceId } = await first.signIn(person.email, person.password, person.secret);
  await tick(60);
  const second = await room.browser({ ip: "192.0.2.21" });
  assert.equal((await second.signIn(person.email, person.password, person.secret)).replacedDeviceId, deviceId);
  assert.ok(last("device.replace"));
  await refused("device_unknown", first.call("currentSession"));
  const { news } = await person.browser.call<"session.me">("currentSession");
  assert.deepEqual(news.map((item) => item.kind).toSorted(), ["device_bound", "device_replaced"]);
});

test("the same key signs in again: the same device, and its earlier session ends", async () => {
  const before = owner.browser.signedIn;
  await tick(60);
  const again = await owner.browser.signIn(owner.email, owner.password, owner.secret);
  assert.equal(again.deviceId, before?.deviceId);
  assert.notEqual(again.sessionId, before?.sessionId);
  assert.equal(again.confirmed, true);
  const { sessions } = await owner.browser.call<"session.list">("listSessions");
  assert.deepEqual(
    sessions.map((session) => session.id),
    [again.sessionId],
  );
});

test("a shared browser: the second person's sign-in ends the first one's session", async () => {
  const shared = await room.browser({ ip: "192.0.2.77" });
  const first = await shared.signIn(owner.email, owner.password, owner.secret, { keepOthers: true });
  const guest = await invite(room, owner, "孙洋", "sun@example.com");
  await tick(60);
  await shared.signIn(guest.email, guest.password, guest.secret, { keepOthers: true });
  const stolen = await shared.envelope("currentSession", {}, {}, first.deviceId);
  await refused("session_ended", room.identity.authenticate(stolen, "device"));
});

test("recovery codes sign in once each; changing the password ends the other sessions", async () => {
  const person = await invite(room, owner, "吴霞", "wu@example.com", { ip: "203.0.113.30" });
  const { codes } = await person.browser.call<"credential.recoveryCodes">("createRecoveryCodes");
  assert.equal(new Set(codes).size, 10);
  const other = await room.browser({ ip: "203.0.113.31" });
  const recover = async (code: string): Promise<unknown> => {
    await other.call("signInPassword", { email: person.email, password: person.password });
    return (other.signedIn = await other.call<"signIn.recovery">("signInRecovery", { recoveryCode: code }));
  };
  await recover((codes[0] ?? "").toLowerCase());
  assert.equal((await other.call<"session.me">("currentSession")).assurance, "password_recovery");
  await refused("credentials_wrong", recover(codes[0] ?? ""));
  await recover(codes[1] ?? "");
  assert.equal((await person.browser.call<"credential.state">("credentialState")).recoveryCodesLeft, 8);

  await givePasskey(person.browser);
  await refused("password_weak", person.browser.call("changePassword", { password: "wuxia12345" }));
  await person.browser.call("changePassword", { password: "a quite New phrase 12" });
  await refused("session_ended", other.call("currentSession"));
  await person.browser.call("currentSession");
  await refused("credentials_wrong", other.call("signInPassword", { email: person.email, password: person.password }));

  const setup = await person.browser.call<"credential.totpBegin">("beginTotp");
  await refused("credentials_wrong", person.browser.call("confirmTotp", { code: "000000" }));
  await person.browser.call("confirmTotp", { code: await person.browser.code(setup.secret) });
  await tick(60);
  await other.signIn(person.email, "a quite New phrase 12", setup.secret);
});

test("a code is never accepted twice, not even at once", async () => {
  const person = await invite(room, owner, "郑洁", "zheng@example.com", { ip: "203.0.113.40" });
  await tick(60);
  const browsers: Browser[] = await Promise.all(["1", "2", "3"].map((n) => room.browser({ ip: `198.51.100.1${n}` })));
  for (const browser of browsers)
    await browser.call("signInPassword", { email: person.email, password: person.password });
  const code = await person.browser.code(person.secret);
  const results = await Promise.allSettled(
    browsers.map((browser) => browser.call("signInTotp", { code, keepOthers: true })),
  );
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
});

test("the ledger holds every change, and its rows are those of the tables", async () => {
  await room.ledger.sequence();
  const { rows } = await room.base.owner.query<{ name: string; entries: string }>(
    `select t.name, count(*) as entries from (
       select r->>0 as name, r->>1 as id, max((r->>4)::int) as version from vault.ledger_entry, jsonb_array_elements(body::jsonb->'rows') r group by 1, 2
     ) t join (
       select 'device' as name, id::text, version from vault.device union all
       select 'session', id::text, version from vault.session union all
       select 'invitation', id::text, version from vault.invitation union all
       select 'person_credential', id::text, version from vault.person_credential
     ) live using (name, id, version) group by 1 order by 1`,
  );
  const { rows: live } = await room.base.owner.query<{ name: string; entries: string }>(
    `select 'device' as name, count(*) as entries from vault.device union all select 'invitation', count(*) from vault.invitation
     union all select 'person_credential', count(*) from vault.person_credential union all select 'session', count(*) from vault.session`,
  );
  assert.deepEqual(rows, live);
});
