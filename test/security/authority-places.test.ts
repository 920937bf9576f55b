// Rights are rights in a place: whoever manages people and sells in the East reaches nobody's rights in the West, not by
// roles, links, devices and moves, nor by two acts that are each allowed until the other is done.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { type Company, type CompanyPerson, type DepartmentKey, refusal, startCompany } from "../harness/company.ts";
import { totpOf } from "../harness/totp.ts";

let company: Company;
let owner: DeviceClient;
let seller: CompanyPerson;
let chief: CompanyPerson;
const clients: DeviceClient[] = [];

before(async () => {
  company = await startCompany({ admin: true });
  owner = company.people.owner.client;
  const { east } = company.departments;
  seller = await company.join({
    key: "seller",
    name: "Seller",
    department: east,
    roles: ["administrator", "salesperson"],
  });
  chief = await company.join({
    key: "chief",
    name: "Chief",
    department: east,
    roles: ["administrator", "sales_manager"],
  });
});
after(async () => {
  for (const client of clients) client.close();
  await company.stop();
});

async function enter(client: DeviceClient, department: string | null): Promise<string> {
  const email = `${crypto.randomUUID()}@company.example`;
  const values = { name: "Somebody", email, ...(department !== null && { department }) };
  return (await client.request<{ id: string }>("POST", "/api/records/user", { values })).id;
}

const assign = (client: DeviceClient, id: string, roles: readonly string[]): Promise<unknown> =>
  client.request("POST", `/api/people/${id}/roles`, { roles });

const link = async (client: DeviceClient, userId: string): Promise<string> =>
  (await client.request<{ code: string }>("POST", "/api/invitations", { userId })).code;

const reset = (client: DeviceClient, id: string): Promise<unknown> =>
  client.request("POST", `/api/people/${id}/reset-sign-in`, {});

async function change(
  client: DeviceClient,
  object: string,
  id: string,
  values: Record<string, unknown>,
): Promise<void> {
  const path = `/api/records/${object}/${id}`;
  const { version } = (await client.request<{ record: RecordView }>("GET", path)).record;
  await client.request("PATCH", path, { version, values });
}

async function accept(code: string): Promise<DeviceClient> {
  const client = await DeviceClient.create(company.system.origin);
  clients.push(client);
  await client.acceptInvitation({
    code,
    password: "grey place tractor 5571 lantern",
    totp: (one) => totpOf(one.secret)(),
  });
  return client;
}

let made = 0;

async function makeDepartment(parent: DepartmentKey): Promise<string> {
  const values = { name: `Made ${++made}`, parent: company.departments[parent] };
  return (await owner.request<{ id: string }>("POST", "/api/records/department", { values })).id;
}

async function denied(request: Promise<unknown>, what: string): Promise<void> {
  assert.equal((await refusal(request)).code, "not_allowed", what);
}

describe("a colleague of another team", () => {
  test("is not reset, invited, promoted or moved by one who sells elsewhere", async () => {
    const { west1, east1 } = company.people;
    const { east, west } = company.departments;
    for (const { client } of [seller, chief]) {
      await denied(reset(client, west1.id), "reset");
      await denied(assign(client, west1.id, []), "taken");
      await denied(assign(client, west1.id, ["salesperson", "administrator"]), "given");
      await denied(change(client, "user", west1.id, { department: east }), "brought here, to be reset here");
      const fresh = await enter(client, west);
      for (const role of ["salesperson", "sales_manager"]) await denied(assign(client, fresh, [role]), role);
      await assign(owner, fresh, ["salesperson"]);
      await denied(link(client, fresh), "invited");
      await denied(change(client, "user", fresh, { department: null }), "nowhere");
    }
    await denied(reset(seller.client, east1.id), "his own customers are not a colleague's");
    await denied(change(chief.client, "user", east1.id, { department: west }), "sent away");
  });

  test("is not confirmed a device by one who sells elsewhere", async () => {
    const { west1 } = company.people;
    const second = await DeviceClient.create(company.system.origin);
    clients.push(second);
    await second.signIn({ email: west1.email, password: west1.password, totp: (ahead) => west1.totp(ahead + 1) });
    const { confirmCode } = await second.request<{ confirmCode: string }>("GET", "/api/session");
    const path = `/api/people/${west1.id}/devices/${second.deviceId}/confirm`;
    await denied(chief.client.request("POST", path, { code: confirmCode }), "confirmed");
    await owner.request("POST", path, { code: confirmCode });
  });

  test("of one's own department and below is managed as before, and one without customers wherever he is", async () => {
    const below = await makeDepartment("east");
    const { client } = chief;
    const id = await enter(client, below);
    await assign(client, id, ["salesperson"]);
    await assign(client, id, ["sales_manager"]);
    await change(client, "user", id, { department: company.departments.east });
    const joined = await accept(await link(client, id));
    assert.equal((await joined.request<{ userId: string }>("GET", "/api/session")).userId, id);
    await reset(client, id);
    const { administrator, nobody } = company.people;
    const office = await enter(administrator.client, company.departments.west);
    await assign(administrator.client, office, ["administrator"]);
    await change(administrator.client, "user", office, { department: null });
    await accept(await link(administrator.client, office));
    await change(administrator.client, "user", nobody.id, { department: company.departments.west });
  });

  test("who has no department is the owner's, once he has customers", async () => {
    const id = await enter(chief.client, null);
    await denied(assign(chief.client, id, ["salesperson"]), "given");
    await assign(owner, id, ["salesperson"]);
    await denied(link(chief.client, id), "invited");
    await accept(await link(owner, id));
  });

  test("a link holds no longer than its maker reaches where the person is, and where he is himself", async () => {
    const { east, west } = company.departments;
    const id = await enter(owner, east);
    await assign(owner, id, ["sales_manager"]);
    const code = await link(chief.client, id);
    const voided = async (what: string): Promise<void> =>
      assert.equal((await refusal(accept(code))).code, "invitation_void", what);
    await change(owner, "user", id, { department: west });
    await voided("the person moved");
    await change(owner, "user", id, { department: east });
    await change(owner, "user", chief.id, { department: west });
    await voided("the maker moved");
    await change(owner, "user", chief.id, { department: east });
    await accept(code);
  });

  test("nobody else's department gets others below it by one who does not see them", async () => {
    const { departments } = company;
    const outside = await makeDepartment("root");
    const lead = await enter(owner, outside);
    await assign(owner, lead, ["sales_manager"]);
    const { administrator } = company.people;
    for (const { client } of [chief, administrator])
      await denied(change(client, "department", departments.west, { parent: outside }), "West");
    const empty = await makeDepartment("root");
    await change(administrator.client, "department", departments.west, { parent: empty });
    await change(owner, "department", departments.west, { parent: outside });
    await change(owner, "department", departments.west, { parent: departments.sales });
  });
});

describe("two acts at once", () => {
  /** Holds everybody's turn, lets the acts queue up in their order, and gives way. */
  async function inTurn(...acts: readonly (() => Promise<unknown>)[]): Promise<PromiseSettledResult<unknown>[]> {
    assert.ok(company.admin);
    const client = await company.admin.connect();
    try {
      await client.query("select pg_advisory_lock(hashtextextended('rights', 0))");
      const begun: Promise<unknown>[] = [];
      for (const act of acts) {
        const one = act();
        one.catch(() => undefined);
        begun.push(one);
        const until = Date.now() + 10_000;
        for (let waiting = 0; waiting < begun.length;) {
          const text = "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted";
          waiting = (await client.query<{ n: number }>(text)).rows[0]?.n ?? 0;
          assert.ok(Date.now() < until, `act ${begun.length} waits for its turn`);
        }
      }
      await client.query("select pg_advisory_unlock(hashtextextended('rights', 0))");
      return await Promise.allSettled(begun);
    } finally {
      client.release(true);
    }
  }

  async function secondDenied(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
    const [one, two] = await inTurn(first, () => refusal(second()));
    assert.equal(one?.status, "fulfilled");
    assert.ok(two?.status === "fulfilled", "refused");
    assert.equal((two.value as { code: string }).code, "not_allowed");
  }

  test("a department is not brought below one that comes below one's own meanwhile", async () => {
    const { departments } = company;
    const between = await makeDepartment("root");
    await secondDenied(
      () => change(owner, "department", between, { parent: departments.east }),
      () => change(chief.client, "department", departments.west, { parent: between }),
    );
  });

  test("a role is not given in a department that the person comes to meanwhile", async () => {
    const { east, west } = company.departments;
    const id = await enter(owner, east);
    await secondDenied(
      () => change(owner, "user", id, { department: west }),
      () => assign(chief.client, id, ["sales_manager"]),
    );
    await change(owner, "user", id, { department: east });
    await secondDenied(
      () => assign(owner, id, ["sales_manager"]),
      () => change(chief.client, "user", id, { department: west }),
    );
  });

  test("as many moves as there are connections come to an end", async () => {
    const { departments } = company;
    const made = await Promise.all(Array.from({ length: 12 }, () => makeDepartment("root")));
    const moves = made.map((id) => () => change(owner, "department", id, { parent: departments.office }));
    const done = await inTurn(...moves);
    assert.ok(done.every(({ status }) => status === "fulfilled"));
  });
});
