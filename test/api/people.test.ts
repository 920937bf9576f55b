// People through the API: invited, joined, given rights and losing them, their devices and sessions. What changes about a
// person holds from the next request on.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";

let company: Company;
let owner: DeviceClient;
let administrator: DeviceClient;
const clients: DeviceClient[] = [];

before(async () => {
  company = await startCompany();
  owner = company.people.owner.client;
  administrator = company.people.administrator.client;
});
after(async () => {
  for (const client of clients) client.close();
  await company.stop();
});

async function newClient(userAgent?: string): Promise<DeviceClient> {
  const client = await DeviceClient.create(company.system.origin, userAgent === undefined ? {} : { userAgent });
  clients.push(client);
  return client;
}

const password = "violet 88 harbour engine quartz";
const totp = ({ secret }: { secret: string }): string => totpAt(secret, new Date());

async function enter(name: string, roles: readonly string[]): Promise<{ id: string; email: string }> {
  const email = `${crypto.randomUUID()}@company.example`;
  const values = { name, email, department: company.departments.east };
  const { id } = await owner.request<{ id: string }>("POST", "/api/records/user", { values });
  if (roles.length > 0) await owner.request("POST", `/api/people/${id}/roles`, { roles });
  return { id, email };
}

async function invite(userId: string): Promise<string> {
  return (await owner.request<{ code: string }>("POST", "/api/invitations", { userId })).code;
}

async function count(client: DeviceClient, object = "account"): Promise<number> {
  const path = `/api/records/${object}/query`;
  return (await client.request<{ count: { value: number } }>("POST", path, { count: true, limit: 1 })).count.value;
}

function setRoles(client: DeviceClient, id: string, roles: readonly string[]): Promise<unknown> {
  return client.request("POST", `/api/people/${id}/roles`, { roles });
}

async function statusOf(id: string): Promise<unknown> {
  return (await owner.request<{ record: RecordView }>("GET", `/api/records/user/${id}`)).record.values["status"];
}

describe("invitations", () => {
  test("are looked at as often as one likes and used up once", async () => {
    const { id, email } = await enter("Newcomer 新人", ["salesperson"]);
    const code = await invite(id);
    const preview = await newClient();
    for (let look = 0; look < 3; look += 1) {
      const seen = await preview.requestWithKey<{ name: string; email: string }>("/api/invitations/inspect", { code });
      assert.deepEqual([seen.name, seen.email], ["Newcomer 新人", email]);
    }
    assert.equal(await statusOf(id), "invited");
    const client = await newClient();
    const { signedIn } = await client.acceptInvitation({ code, password, totp });
    assert.deepEqual([signedIn.userId, signedIn.confirmed], [id, true]);
    assert.equal(await statusOf(id), "active");
    assert.equal(await count(client), 0);
    const second = await newClient();
    assert.equal((await refusal(second.acceptInvitation({ code, password, totp }))).code, "code_invalid");
    assert.equal((await refusal(invite(id))).code, "conflict");
  });

  test("of two people with one link, one joins", async () => {
    const { id } = await enter("One seat", []);
    const code = await invite(id);
    const both = await Promise.all([newClient(), newClient()]);
    const outcomes = await Promise.allSettled(both.map((client) => client.acceptInvitation({ code, password, totp })));
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
  });

  test("die with a newer one, with a disabled person and with a wrong code", async () => {
    const { id } = await enter("Twice invited", []);
    const [older, newer] = [await invite(id), await invite(id)];
    const client = await newClient();
    for (const code of [older, "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG"])
      assert.equal((await refusal(client.acceptInvitation({ code, password, totp }))).code, "code_invalid");
    await owner.request("POST", `/api/people/${id}/status`, { status: "disabled" });
    assert.equal((await refusal(client.acceptInvitation({ code: newer, password, totp }))).code, "code_invalid");
  });

  test("join a person who was disabled before joining, once he is enabled again", async () => {
    const { id } = await enter("Late starter", ["salesperson"]);
    const before = await invite(id);
    for (const status of ["disabled", "active"]) await owner.request("POST", `/api/people/${id}/status`, { status });
    assert.equal(await statusOf(id), "invited", "nobody is active who never joined");
    const client = await newClient();
    const old = await refusal(client.acceptInvitation({ code: before, password, totp }));
    assert.equal(old.code, "code_invalid", "the link of before stays dead");
    await client.acceptInvitation({ code: await invite(id), password, totp });
    assert.equal(await statusOf(id), "active");
    assert.equal(await count(client), 0);
  });

  test("take no weak password and no wrong authenticator", async () => {
    const { id } = await enter("Weak", []);
    const code = await invite(id);
    const client = await newClient();
    for (const weak of ["password1", "Strongroom2026", "company12345"])
      assert.equal(
        (await refusal(client.acceptInvitation({ code, password: weak, totp }))).code,
        "password_weak",
        weak,
      );
    const wrong = await refusal(client.acceptInvitation({ code, password, totp: () => "000000" }));
    assert.equal(wrong.code, "credentials_wrong");
    await client.acceptInvitation({ code, password, totp });
  });
});

describe("roles", () => {
  let person: CompanyPerson;
  before(async () => {
    person = await company.join({ key: "roles", name: "Rolf", department: company.departments.sales, roles: [] });
  });

  test("hold from the next request on, in both directions", async () => {
    const { client, id } = person;
    assert.equal((await refusal(count(client))).status, 404);
    await setRoles(owner, id, ["salesperson"]);
    assert.equal(await count(client), 0);
    await setRoles(owner, id, ["salesperson", "sales_manager"]);
    const managed = await count(client);
    assert.ok(managed > 4, `sees ${managed} of East and West`);
    await setRoles(owner, id, []);
    assert.equal((await refusal(count(client))).status, 404);
  });

  test("follow the department", async () => {
    const { client, id } = person;
    await setRoles(owner, id, ["sales_manager"]);
    const all = await count(client);
    const move = async (department: string): Promise<void> => {
      const { record } = await owner.request<{ record: RecordView }>("GET", `/api/records/user/${id}`);
      await owner.request("PATCH", `/api/records/user/${id}`, {
        version: record.version,
        values: { department },
      });
    };
    await move(company.departments.west);
    const west = company.accounts.filter(({ of }) => of === "west1" || of === "disabled").length;
    assert.equal(await count(client), west);
    await move(company.departments.sales);
    assert.equal(await count(client), all);
    await setRoles(owner, id, []);
  });

  test("are not to be had by moving: oneself, one's departments, or the owner", async () => {
    const own = company.people.administrator.id;
    const moves: readonly [string, string, Readonly<Record<string, unknown>>][] = [
      ["user", own, { department: company.departments.root }],
      ["user", own, { manager: company.people.owner.id }],
      ["department", company.departments.office, { parent: company.departments.sales }],
      ["user", company.people.owner.id, { name: "Somebody else" }],
      ["user", company.people.owner.id, { email: "mine@company.example" }],
    ];
    for (const [object, id, values] of moves) {
      const path = `/api/records/${object}/${id}`;
      const { record } = await administrator.request<{ record: RecordView }>("GET", path);
      const refused = await refusal(administrator.request("PATCH", path, { version: record.version, values }));
      assert.equal(refused.code, "not_allowed", `${object} ${JSON.stringify(values)}`);
    }
  });

  test("are nobody's to give himself, and that of the owner is the owner's to give", async () => {
    const { id } = person;
    const refused: readonly [DeviceClient, string, readonly string[], string][] = [
      [owner, company.people.owner.id, ["owner", "auditor"], "not_allowed"],
      [administrator, company.people.administrator.id, ["owner"], "not_allowed"],
      [administrator, id, ["owner"], "not_allowed"],
      [administrator, company.people.owner.id, [], "not_allowed"],
      [company.people.manager.client, id, ["salesperson"], "not_allowed"],
      [owner, id, ["no_such_role"], "invalid"],
      [owner, id, ["constructor"], "invalid"],
      [owner, crypto.randomUUID(), ["salesperson"], "not_found"],
    ];
    for (const [client, userId, roles, code] of refused)
      assert.equal((await refusal(setRoles(client, userId, roles))).code, code, `${userId} ${roles.join()}`);
    // Nobody gives, or reaches by way of another, more than he has: administrators see no customer.
    assert.equal((await refusal(setRoles(administrator, id, ["salesperson"]))).code, "not_allowed");
    assert.equal((await refusal(setRoles(administrator, company.people.east1.id, []))).code, "not_allowed");
    const invited = administrator.request("POST", "/api/invitations", { userId: company.invited.id });
    assert.equal((await refusal(invited)).code, "not_allowed");
    await setRoles(administrator, id, ["administrator"]);
    await setRoles(administrator, id, []);
    await setRoles(owner, id, ["owner"]);
    assert.ok((await count(person.client)) > 5);
    assert.equal((await refusal(setRoles(administrator, id, []))).code, "not_allowed");
    assert.equal(
      (await refusal(administrator.request("POST", `/api/people/${id}/status`, { status: "disabled" }))).code,
      "not_allowed",
    );
    await setRoles(owner, id, []);
  });
});

describe("disabling", () => {
  test("ends all sessions at once; enabling brings back the person, not his devices", async () => {
    const person = await company.join({
      key: "leaver",
      name: "Lea Ver",
      department: company.departments.east,
      roles: ["salesperson"],
    });
    const { client, id } = person;
    await client.request("POST", "/api/records/account", { values: { name: "Left behind" } });
    const slow = client.request("POST", "/api/records/account/query", {});
    await slow;
    await administrator.request("POST", `/api/people/${id}/status`, { status: "disabled" });
    assert.equal((await refusal(client.request("GET", "/api/session"))).status, 401);
    assert.equal((await refusal(count(client))).status, 401);
    const again = await newClient();
    const signIn = () =>
      again.signIn({ email: person.email, password: person.password, totp: (ahead) => person.totp(ahead + 1) });
    assert.equal((await refusal(signIn())).code, "credentials_wrong");
    // The customers stay where they are.
    const { rows } = await company.people.manager.client.request<{ rows: RecordView[] }>(
      "POST",
      "/api/records/account/query",
      {
        filter: { field: "name", op: "eq", value: "Left behind" },
      },
    );
    assert.deepEqual(
      rows.map((row) => row.owner),
      [id],
    );
    await owner.request("POST", `/api/people/${id}/status`, { status: "active" });
    assert.equal((await refusal(client.request("GET", "/api/session"))).status, 401);
    const { confirmed } = await signIn();
    assert.equal(confirmed, false);
    assert.equal(await count(again), 1);
  });

  test("is nobody's to do to himself, and makes nobody active who has not joined", async () => {
    const own = `/api/people/${company.people.administrator.id}/status`;
    assert.equal((await refusal(administrator.request("POST", own, { status: "disabled" }))).code, "not_allowed");
    await owner.request("POST", `/api/people/${company.invited.id}/status`, { status: "active" });
    assert.equal(await statusOf(company.invited.id), "invited");
  });
});

describe("the log", () => {
  test("names who joined, signed in and bound a device, though a mere key signed for it", async () => {
    const { id, email } = await enter("Named in the log", ["salesperson"]);
    const client = await newClient();
    const { totp: made } = await client.acceptInvitation({ code: await invite(id), password, totp });
    const other = await newClient();
    const later = (ahead: number): string => totpAt(made.secret, new Date(Date.now() + (ahead + 1) * 30_000));
    await other.signIn({ email, password, totp: later });
    const wanted: readonly (readonly [string, DeviceClient])[] = [
      ["device.bind", other],
      ["sign_in.totp", other],
      ["invitation.accept", client],
    ];
    interface Entry {
      readonly action: string;
      readonly actor: string;
      readonly device: string | null;
    }
    for (const end = Date.now() + 10_000; ;) {
      const { entries } = await owner.request<{ entries: Entry[] }>("POST", "/api/ledger/query", { person: id });
      const told = wanted.filter(([action, { deviceId }]) =>
        entries.some((one) => one.action === action && one.actor === "person" && one.device === deviceId),
      );
      if (told.length === wanted.length) break;
      assert.ok(Date.now() < end, `told of ${told.map(([action]) => action).join(", ")}`);
    }
  });

  test("is not filled by what pages ask by themselves; acts and refusals stand in it", async () => {
    const { east1 } = company.people;
    const count = async (person: CompanyPerson, action: string): Promise<number> => {
      const filter = { person: person.id, action };
      const { entries } = await owner.request<{ entries: unknown[] }>("POST", "/api/ledger/query", filter);
      return entries.length;
    };
    const reads = {
      "role.members": "/api/role-members",
      "credential.state": "/api/credentials",
      "session.list": "/api/sessions",
    };
    for (const path of Object.values(reads)) await administrator.request("GET", path);
    assert.equal((await refusal(east1.client.request("GET", "/api/role-members"))).code, "not_allowed");
    await administrator.request("GET", "/api/devices");
    await eventually(
      "an entry of a read that is an act",
      async () => (await count(company.people.administrator, "device.list")) > 0,
    );
    for (const action of Object.keys(reads)) assert.equal(await count(company.people.administrator, action), 0, action);
    assert.equal(await count(east1, "request.listRoleMembers"), 1);
  });
});

describe("a new start for someone who lost his ways in", () => {
  const reset = (client: DeviceClient, id: string): Promise<{ code: string }> =>
    client.request("POST", `/api/people/${id}/reset-sign-in`, {});

  test("ends all that opened his account; the link alone brings him back, with all that is his", async () => {
    const person = await company.join({
      key: "forgetful",
      name: "For Getful",
      department: company.departments.east,
      roles: ["salesperson"],
    });
    const { client, id, email } = person;
    await client.request("POST", "/api/records/account", { values: { name: "Stays his" } });
    const { codes } = await client.request<{ codes: string[] }>("POST", "/api/credentials/recovery-codes", {});
    const { code } = await reset(owner, id);
    assert.equal((await refusal(client.request("GET", "/api/session"))).status, 401);
    assert.equal(await statusOf(id), "invited");
    const other = await newClient();
    const old = other.signIn({ email, password: person.password, totp: (ahead) => person.totp(ahead + 1) });
    assert.equal((await refusal(old)).code, "credentials_wrong");
    const { totp: made } = await other.acceptInvitation({ code, password, totp });
    const { confirmed } = await other.request<{ confirmed: boolean }>("GET", "/api/session");
    assert.equal(confirmed, true);
    assert.equal(await count(other), 1);
    assert.equal((await refusal((await newClient()).acceptInvitation({ code, password, totp }))).code, "code_invalid");
    const { recoveryCodesLeft } = await other.request<{ recoveryCodesLeft: number }>("GET", "/api/credentials");
    assert.deepEqual([codes.length, recoveryCodesLeft], [10, 0]);
    assert.notEqual(made.secret, "");
    const { entries } = await owner.request<{ entries: { objectIds: string[] }[] }>("POST", "/api/ledger/query", {
      action: "person.reset_sign_in",
    });
    assert.deepEqual(entries[0]?.objectIds, [id]);
  });

  test("is given by those with all his rights, to others, and to people who have joined", async () => {
    const { administrator: admin, east1, east2, owner: first } = company.people;
    assert.equal((await refusal(reset(administrator, first.id))).code, "not_allowed");
    assert.equal((await refusal(reset(administrator, east1.id))).code, "not_allowed");
    assert.equal((await refusal(reset(administrator, admin.id))).code, "not_allowed");
    assert.equal((await refusal(reset(owner, first.id))).code, "not_allowed");
    assert.equal((await refusal(reset(east1.client, east2.id))).code, "not_allowed");
    assert.equal((await refusal(reset(owner, company.invited.id))).code, "conflict");
    assert.equal((await refusal(reset(owner, crypto.randomUUID()))).status, 404);
  });
});

describe("devices and sessions", () => {
  let person: CompanyPerson;
  let second: DeviceClient;
  let record: string;

  interface Device {
    readonly id: string;
    readonly current: boolean;
    readonly confirmed: boolean;
    readonly endedAt?: string;
  }

  before(async () => {
    person = await company.join({
      key: "devices",
      name: "Dev Ice",
      department: company.departments.east,
      roles: ["salesperson"],
    });
    const values = { name: "Seen by halves", phone: "13744445555", note: "private words" };
    record = (await person.client.request<{ id: string }>("POST", "/api/records/account", { values })).id;
    second = await newClient("Second/1");
  });

  test("a second browser sees masks only, and a list of rows without a value in full", async () => {
    const { confirmed } = await second.signIn({
      email: person.email,
      password: person.password,
      totp: (ahead) => person.totp(ahead + 1),
    });
    assert.equal(confirmed, false);
    const { record: view } = await second.request<{ record: RecordView }>("GET", `/api/records/account/${record}`);
    assert.deepEqual([view.values["name"], view.values["note"]], [undefined, undefined]);
    assert.deepEqual([view.masked["name"], view.masked["phone"]], ["S****", "137****5555"]);
    const { rows, names } = await second.request<{ rows: RecordView[]; names: Record<string, string> }>(
      "POST",
      "/api/records/account/query",
      {},
    );
    assert.ok(!JSON.stringify([rows, names]).includes("Seen by halves"));
    for (const body of [
      { sort: [{ field: "name", direction: "asc" }] },
      { filter: { field: "note", op: "contains", value: "private" } },
    ])
      assert.equal((await refusal(second.request("POST", "/api/records/account/query", body))).code, "not_sortable");
    for (const text of ["halves", "13744445555", "5555"]) {
      const { groups } = await second.request<{ groups: unknown[] }>("POST", "/api/search", { text });
      assert.deepEqual(groups, [], text);
    }
    const acts: readonly [string, string, unknown][] = [
      ["POST", `/api/records/account/${record}/reveal`, { field: "phone" }],
      ["POST", "/api/records/account", { values: { name: "Made unconfirmed" } }],
      ["PATCH", `/api/records/account/${record}`, { version: 1, values: { employees: 1 } }],
      ["POST", `/api/records/account/${record}/delete`, { version: 1 }],
      ["POST", "/api/imports/account", { fileName: "a.csv", size: 1 }],
    ];
    for (const [method, path, body] of acts)
      assert.equal((await refusal(second.request(method, path, body))).code, "device_unconfirmed", path);
  });

  test("the explanation says what the device may not, and about a colleague what his roles give", async () => {
    const explain = async (client: DeviceClient, more: Record<string, unknown>) => {
      const asked = { object: "account", id: record, ...more };
      const { allowed, reasons } = await client.request<{
        allowed: boolean;
        reasons: { because: string; level: string | null }[];
      }>("POST", "/api/access/explain", asked);
      return [allowed, ...reasons.map(({ because, level }) => (level === null ? because : `${because} ${level}`))];
    };
    assert.deepEqual(await explain(second, { action: "view", field: "name" }), [
      true,
      "granted masked",
      "device_unconfirmed",
    ]);
    assert.deepEqual(await explain(second, { action: "edit" }), [false, "granted", "device_unconfirmed"]);
    assert.deepEqual(await explain(second, { action: "edit", field: "employees" }), [
      false,
      "granted write",
      "device_unconfirmed",
    ]);
    assert.deepEqual(await explain(person.client, { action: "edit", field: "name" }), [true, "granted write"]);
    const about = { userId: person.id, action: "edit", field: "name" };
    assert.deepEqual(await explain(owner, about), [true, "granted write"]);
  });

  test("the code it shows confirms it on the first device, and only there", async () => {
    const { confirmCode } = await second.request<{ confirmCode: string }>("GET", "/api/session");
    const path = `/api/devices/${second.deviceId}/confirm`;
    const other = confirmCode === "00000000" ? "11111111" : "00000000";
    assert.equal((await refusal(person.client.request("POST", path, { code: other }))).code, "code_invalid");
    assert.equal((await refusal(second.request("POST", path, { code: confirmCode }))).code, "device_unconfirmed");
    assert.equal((await refusal(company.people.east2.client.request("POST", path, { code: confirmCode }))).status, 404);
    await person.client.request("POST", path, { code: confirmCode });
    const { value } = await second.request<{ value: string }>("POST", `/api/records/account/${record}/reveal`, {
      field: "phone",
    });
    assert.equal(value, "+8613744445555");
  });

  test("whoever manages people confirms by the code it shows, and by no other", async () => {
    const one = await company.join({
      key: "shown",
      name: "Sho Wn",
      department: company.departments.east,
      roles: ["salesperson"],
    });
    const third = await newClient();
    await third.signIn({ email: one.email, password: one.password, totp: (ahead) => one.totp(ahead + 1) });
    const { confirmCode } = await third.request<{ confirmCode: string }>("GET", "/api/session");
    const path = `/api/people/${one.id}/devices/${third.deviceId}/confirm`;
    const other = confirmCode === "00000000" ? "11111111" : "00000000";
    assert.equal((await refusal(owner.request("POST", path, { code: other }))).code, "code_invalid");
    assert.equal((await refusal(owner.request("POST", path, {}))).status, 422);
    await owner.request("POST", path, { code: confirmCode });
    assert.equal((await third.request<{ confirmed: boolean }>("GET", "/api/session")).confirmed, true);
    const { devices } = await one.client.request<{ devices: (Device & { confirmedHow?: string })[] }>(
      "GET",
      "/api/devices",
    );
    assert.equal(devices.find(({ id }) => id === third.deviceId)?.confirmedHow, "manager");
  });

  test("each device is listed and can be ended by its person", async () => {
    const { devices } = await person.client.request<{ devices: Device[] }>("GET", "/api/devices");
    assert.deepEqual(
      devices.map(({ id, current, confirmed }) => [id, current, confirmed]).sort(),
      [
        [person.client.deviceId, true, true],
        [second.deviceId, false, true],
      ].sort(),
    );
    await person.client.request("POST", `/api/devices/${second.deviceId}/revoke`, {});
    assert.equal((await refusal(second.request("GET", "/api/session"))).status, 401);
    const { devices: later } = await person.client.request<{ devices: Device[] }>("GET", "/api/devices");
    assert.ok(later.find(({ id }) => id === second.deviceId)?.endedAt);
  });

  test("whoever manages people sees and ends devices, but never another's session list", async () => {
    const { devices } = await administrator.request<{ devices: Device[] }>("GET", `/api/people/${person.id}/devices`);
    assert.equal(devices.length, 2);
    assert.ok(devices.every(({ current }) => !current));
    await administrator.request("POST", `/api/people/${person.id}/devices/${person.client.deviceId}/revoke`, {});
    assert.equal((await refusal(person.client.request("GET", "/api/session"))).status, 401);
  });

  test("a session that is signed out of is over", async () => {
    const one = await company.join({ key: "signout", name: "Si Out", department: company.departments.east, roles: [] });
    const { sessions } = await one.client.request<{ sessions: { id: string; current: boolean }[] }>(
      "GET",
      "/api/sessions",
    );
    assert.equal(sessions.filter(({ current }) => current).length, 1);
    const device = one.client.deviceId;
    await one.client.signOut();
    one.client.deviceId = device;
    assert.equal((await refusal(one.client.request("GET", "/api/session"))).status, 401);
  });

  test("a locked session does nothing but unlock", async () => {
    const one = await company.join({
      key: "locked",
      name: "Loc Ked",
      department: company.departments.east,
      roles: ["salesperson"],
    });
    await one.client.request("POST", "/api/session/lock", {});
    assert.equal((await refusal(count(one.client))).code, "session_locked");
    const { locked } = await one.client.request<{ locked: boolean }>("GET", "/api/session");
    assert.equal(locked, true);
    const wrong = await refusal(
      one.client.request("POST", "/api/session/unlock", { with: "password", password: "not it at all" }),
    );
    assert.equal(wrong.code, "credentials_wrong");
    await one.client.request("POST", "/api/session/unlock", { with: "password", password: one.password });
    assert.equal(await count(one.client), 0);
  });
});
