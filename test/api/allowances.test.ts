// The viewing allowance as a person meets it: counted per value, not to be outrun by asking side by side, lifted by a
// confirmation, and remembered by a vault that was killed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { ceilings, extraPerConfirmation } from "../../src/vault/watch/meter.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";

let company: Company;
let person: CompanyPerson;
let path: string;

before(async () => {
  company = await startCompany();
  person = company.people.east1;
  path = `/api/records/account/${company.accounts.find((one) => one.of === "east1")?.id}`;
});
after(() => company.stop());

interface Allowances {
  readonly opened: { used: number; limit: number };
  readonly revealed: { used: number; limit: number };
  readonly listed: { used: number; limit: number };
}

interface Entry {
  readonly action: string;
  readonly problem: string | null;
  readonly device: string;
}

/** Entries come into their order a moment after they are durable. */
async function newestEntry(filter: Readonly<Record<string, string>>): Promise<Entry | undefined> {
  const { client } = company.people.auditor;
  const asked = { ...filter, limit: 1 };
  return (await client.request<{ entries: Entry[] }>("POST", "/api/ledger/query", asked)).entries[0];
}

async function allowances(): Promise<Allowances> {
  const { me } = await person.client.request<{ me: { allowances: Allowances } }>("GET", "/api/schema");
  return me.allowances;
}

/** How many of so many reveals at once succeed. */
async function reveal(times: number): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: times }, () => person.client.send("POST", `${path}/reveal`, { field: "phone" })),
  );
  const statuses = answers.map(({ status }) => status);
  assert.ok(
    statuses.every((status) => status === 200 || status === 429),
    statuses.join(),
  );
  return statuses.filter((status) => status === 200).length;
}

test("rows listed, records opened and values revealed are counted one by one", async () => {
  const start = await allowances();
  const { rows } = await person.client.request<{ rows: { values: Record<string, unknown> }[] }>(
    "POST",
    "/api/records/contact/query",
    {},
  );
  await person.client.request("GET", path);
  await person.client.request("GET", `${path}/history`);
  assert.equal(await reveal(1), 1);
  const now = await allowances();
  // Rows, and the names of the accounts they refer to.
  const named = new Set(rows.map(({ values }) => values["account"]).filter((id) => id !== undefined));
  assert.equal(now.listed.used - start.listed.used, rows.length + named.size);
  assert.equal(now.opened.used - start.opened.used, 2);
  assert.equal(now.revealed.used - start.revealed.used, 1);
  assert.equal(now.revealed.limit, ceilings.revealed);
});

test("what is refused counts nothing", async () => {
  const start = await allowances();
  const foreign = company.accounts.find((one) => one.of === "west1")?.id;
  await refusal(person.client.request("GET", `/api/records/account/${foreign}`));
  await refusal(person.client.request("POST", `/api/records/account/${foreign}/reveal`, { field: "phone" }));
  await refusal(person.client.request("POST", `${path}/reveal`, { field: "noSuchField" }));
  assert.deepEqual(await allowances(), start);
});

test("asking side by side does not get past the allowance", async () => {
  const { used, limit } = (await allowances()).revealed;
  const most = limit - used;
  let granted = 0;
  while (granted < most - 10) granted += await reveal(Math.min(20, most - 10 - granted));
  // Ten are left; thirty ask at once.
  assert.equal(await reveal(30), 10);
  assert.deepEqual((await allowances()).revealed, { used: limit, limit });
});

test("a second device has no allowance of its own, and the log tells which device used what", async () => {
  const second = await DeviceClient.create(company.system.origin, { userAgent: "Second/1" });
  const { email, password } = person;
  await second.signIn({ email, password, totp: (ahead) => person.totp(ahead + 1) });
  const { confirmCode } = await second.request<{ confirmCode: string }>("GET", "/api/session");
  await person.client.request("POST", `/api/devices/${second.deviceId}/confirm`, { code: confirmCode });
  const refused = await refusal(second.request("POST", `${path}/reveal`, { field: "phone" }));
  assert.equal(refused.code, "allowance_used");
  await second.request("GET", path);
  await eventually("the entry of the second device", async () => {
    const newest = await newestEntry({ person: person.id, action: "record.open" });
    return newest?.device === second.deviceId;
  });
  second.close();
});

test("above the allowance the refusal says so, and the ledger has it", async () => {
  const refused = await refusal(person.client.request("POST", `${path}/reveal`, { field: "phone" }));
  assert.equal(refused.status, 429);
  assert.equal(refused.code, "allowance_used");
  assert.deepEqual(refused.details.extra, { kind: "revealed", used: ceilings.revealed, limit: ceilings.revealed });
  await eventually("the entry of the refusal", async () => {
    const newest = await newestEntry({ person: person.id, result: "refused" });
    return newest?.action === "record.reveal" && newest.problem === "allowance_used";
  });
});

test("work goes on: lists, names and one's own records stay", async () => {
  const { record } = await person.client.request<{ record: { values: { name: string } } }>("GET", path);
  assert.match(record.values.name, /east1/u);
});

test("a killed vault remembers what was used", async () => {
  const { vault } = company.system.pids;
  company.system.kill("vault");
  await company.system.waitFor(({ event, name, pid }) => event === "process" && name === "vault" && pid !== vault);
  await company.system.waitFor(() => company.system.events.filter(({ event }) => event === "vault-ready").length === 2);
  assert.deepEqual((await allowances()).revealed, { used: ceilings.revealed, limit: ceilings.revealed });
});

test("a confirmation gives more, once the allowance is used up", async () => {
  await person.client.stepUp({ with: "password", password: person.password });
  const { used, limit } = (await allowances()).revealed;
  assert.equal(limit, ceilings.revealed + extraPerConfirmation);
  assert.equal(used, ceilings.revealed);
  const body = { field: "phone" };
  assert.equal((await refusal(person.client.request("POST", `${path}/reveal`, body))).code, "purpose_needed");
  await person.client.request("POST", `${path}/reveal`, { ...body, purpose: "customer on the line" });
  // It is not used up now, so another confirmation adds nothing.
  await person.client.stepUp({ with: "password", password: person.password });
  assert.equal((await allowances()).revealed.limit, limit);
});

test("of records one neither owns nor serves values are shown for a purpose, and fewer are opened", async () => {
  const east = { department: company.departments.east, roles: ["owner"] };
  const { client } = await company.join({ key: "partner", name: "Paula Partner", ...east });
  const accountOf = (of: string): string => `/api/records/account/${company.accounts.find((one) => one.of === of)?.id}`;
  const [served, foreign] = [accountOf("east1"), accountOf("west1")];
  await client.request("POST", `${served}/reveal`, { field: "phone" });
  const refused = await refusal(client.request("POST", `${foreign}/reveal`, { field: "phone" }));
  assert.deepEqual([refused.status, refused.code], [422, "purpose_needed"]);
  for (const purpose of [" ", "\u200b\u200d", "\u3164", "\u2800\u00a0", "\u115f\u202e", "…", "--"]) {
    const blank = await refusal(client.request("POST", `${foreign}/reveal`, { field: "phone", purpose }));
    assert.deepEqual([blank.status, blank.code], [422, "purpose_needed"], JSON.stringify(purpose));
  }
  await client.request("POST", `${foreign}/reveal`, { field: "phone", purpose: "call back" });
  const { looks } = await client.request<{ looks: { action: string; purpose: string | null }[] }>(
    "GET",
    `${foreign}/lookers`,
  );
  assert.deepEqual(
    looks.filter(({ action }) => action === "record.reveal").map(({ purpose }) => purpose),
    ["stated"],
  );
  for (let opened = 0; opened < ceilings.outside; opened += 20)
    await Promise.all(Array.from({ length: 20 }, () => client.request("GET", foreign)));
  const over = await refusal(client.request("GET", foreign));
  assert.deepEqual([over.status, over.details.extra?.["kind"]], [429, "outside"]);
  assert.equal((await refusal(client.request("GET", `${foreign}/history`))).status, 429);
  await client.request("GET", served);
});
