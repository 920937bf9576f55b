// A company owner who is locked out comes back by the server's own console, and by nothing else: the command line asks
// the running vault, which lets owners alone in and logs it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";

const script = path.resolve(import.meta.dirname, "../../src/cli/strongroom.ts");
let company: Company;
const clients: DeviceClient[] = [];
/** The owner's second browser. */
let second: DeviceClient;

before(async () => {
  company = await startCompany();
});
after(async () => {
  for (const client of clients) client.close();
  await company.stop();
});

/** The command line as the operator runs it beside the product. */
function strongroom(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    env: { ...company.system.env, ...env },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

async function newClient(): Promise<DeviceClient> {
  const client = await DeviceClient.create(company.system.origin);
  clients.push(client);
  return client;
}

const isConfirmed = async (client: DeviceClient): Promise<boolean> =>
  (await client.request<{ confirmed: boolean }>("GET", "/api/session")).confirmed;

interface Entry {
  readonly actor: string;
  readonly purpose: string | null;
  readonly result: string;
}

/** The entries of an act, once there are so many: the log shows them a moment after they are durable. */
async function entriesOf(action: string, atLeast: number): Promise<Entry[]> {
  const { client } = company.people.auditor;
  return eventually(`${atLeast} entries of ${action}`, async () => {
    const { entries } = await client.request<{ entries: Entry[] }>("POST", "/api/ledger/query", { action });
    return entries.length >= atLeast && entries;
  });
}

test("an unconfirmed device never ends the confirmed one; with none left the console confirms it by its code", async () => {
  const { owner, east1 } = company.people;
  second = await newClient();
  await second.signIn({ email: owner.email, password: owner.password, totp: (ahead) => owner.totp(ahead + 1) });
  assert.deepEqual([await isConfirmed(owner.client), await isConfirmed(second)], [true, false]);
  // What a phisher could bind as well ends neither the first device nor its session.
  const revokeFirst = `/api/devices/${owner.client.deviceId}/revoke`;
  assert.equal((await refusal(second.request("POST", revokeFirst, {}))).code, "device_unconfirmed");
  const { sessions } = await second.request<{ sessions: { id: string; current: boolean }[] }>("GET", "/api/sessions");
  const first = sessions.find(({ current }) => !current);
  assert.equal(
    (await refusal(second.request("POST", `/api/sessions/${first?.id}/revoke`, {}))).code,
    "device_unconfirmed",
  );
  assert.equal(await isConfirmed(owner.client), true);

  const { confirmCode } = await second.request<{ confirmCode: string }>("GET", "/api/session");
  const wrong = strongroom(["device", "confirm", confirmCode === "00000000" ? "11111111" : "00000000"]);
  assert.deepEqual([wrong.status, await isConfirmed(second)], [1, false]);
  assert.equal(strongroom(["device", "confirm", "12"]).status, 2);
  const right = strongroom(["device", "confirm", confirmCode.slice(0, 4), confirmCode.slice(4)]);
  assert.equal(right.status, 0, right.stderr);
  assert.equal(await isConfirmed(second), true);
  assert.equal(
    (await second.request<{ rows: unknown[] }>("POST", "/api/records/account/query", {})).rows.length > 0,
    true,
  );
  const [entry] = (await entriesOf("device.confirm", 1)).filter(({ result }) => result === "ok");
  assert.deepEqual([entry?.actor, entry?.purpose, entry?.result], ["system", "console", "ok"]);
  assert.equal(strongroom(["device", "confirm", confirmCode]).status, 1, "once");
  await second.request("POST", revokeFirst, {});
  assert.equal((await refusal(owner.client.request("GET", "/api/session"))).status, 401);

  // Others are confirmed by their manager, who answers for it under his name.
  const colleague = await newClient();
  await colleague.signIn({ email: east1.email, password: east1.password, totp: (ahead) => east1.totp(ahead + 1) });
  const shown = await colleague.request<{ confirmCode: string }>("GET", "/api/session");
  assert.equal(strongroom(["device", "confirm", shown.confirmCode]).status, 1);
  assert.equal(await isConfirmed(colleague), false);
});

test("an owner who lost password and authenticator gets one link, and everything before it is void", async () => {
  const { owner, east1 } = company.people;
  assert.equal(strongroom(["sign-in", "reset", east1.email]).status, 1);
  assert.equal(strongroom(["sign-in", "reset", "nobody@elsewhere.example"]).status, 1);
  assert.equal(strongroom(["sign-in", "reset"]).status, 2);
  await second.request("GET", "/api/session");
  // A link that was never opened gives way to a newer one.
  const link = (): string => {
    const { status, stdout, stderr } = strongroom(["sign-in", "reset", owner.email.toUpperCase()]);
    assert.equal(status, 0, stderr);
    return /\/invite#([0-9A-Z-]+)/u.exec(stdout)?.[1] ?? "";
  };
  const [first, code] = [link(), link()];
  assert.equal((await refusal(second.request("GET", "/api/session"))).status, 401);
  const password = "seven quiet lanterns 44";
  const own = await newClient();
  const totp = ({ secret }: { secret: string }): string => totpAt(secret, new Date());
  assert.equal((await refusal(own.acceptInvitation({ code: first, password, totp }))).code, "code_invalid");
  await own.acceptInvitation({ code, password, totp });
  assert.equal(await isConfirmed(own), true);
  const schema = await own.request<{ me: { capabilities: string[] } }>("GET", "/api/schema");
  assert.ok(schema.me.capabilities.includes("roles.manage"));
  const entries = await entriesOf("person.reset_sign_in", 2);
  assert.deepEqual(
    entries.map(({ actor, purpose }) => [actor, purpose]),
    [
      ["system", "console"],
      ["system", "console"],
    ],
  );
});

test("a printed recovery kit stands in the log and in the checklist; a missing key is said in one sentence", async () => {
  const { client } = company.people.administrator;
  const kit = (): Promise<{ keyFile: string; command: string; printedAt: string | null }> =>
    client.request("GET", "/api/recovery-kit");
  const unprinted = await kit();
  assert.equal(unprinted.printedAt, null);
  assert.equal(unprinted.keyFile, path.join(company.system.keysDir, "root.key"));
  assert.match(
    unprinted.command,
    new RegExp(`STRONGROOM_KEYS=${company.system.keysDir} npx strongroom kit print$`, "u"),
  );
  assert.equal((await refusal(company.people.east1.client.request("GET", "/api/recovery-kit"))).code, "not_allowed");

  const missing = strongroom(["kit", "print"], { STRONGROOM_KEYS: path.join(company.system.folder, "elsewhere") });
  assert.deepEqual([missing.status, missing.stdout], [1, ""]);
  assert.match(missing.stderr, /^There is no root key at [^\n]+elsewhere[^\n]+\n$/u);
  assert.equal((await kit()).printedAt, null);

  const printed = strongroom(["kit", "print", "--language", "en"]);
  assert.equal(printed.status, 0, printed.stderr);
  assert.match(printed.stdout, /RECOVERY KIT/u);
  assert.equal((await entriesOf("kit.print", 1))[0]?.purpose, "console");
  assert.ok(Date.now() - Date.parse((await kit()).printedAt ?? "") < 60_000);
});

test("without a running Strongroom the commands say so", () => {
  const empty = path.join(company.system.folder, "nothing");
  const { status, stderr } = strongroom(["device", "confirm", "12345678"], { STRONGROOM_DATA: empty });
  rmSync(empty, { recursive: true, force: true });
  assert.equal(status, 1);
  assert.match(stderr, /^Strongroom does not run on [^\n]+\n$/u);
});
