// A link to join outlives nothing: what allowed it when it was made must allow it on the day it is used.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { type Company, type CompanyPerson, refusal, startCompany } from "../harness/company.ts";

let company: Company;
const clients: DeviceClient[] = [];
before(async () => {
  company = await startCompany();
});
after(async () => {
  for (const client of clients) client.close();
  await company.stop();
});

interface Link {
  readonly id: string;
  readonly code: string;
}

async function inviteBy({ client }: CompanyPerson, key: string): Promise<Link> {
  const { id } = await client.request<{ id: string }>("POST", "/api/records/user", {
    values: { name: key, email: `${key}@company.example`, department: company.departments.sales },
  });
  return { id, code: await linkOf(client, id) };
}

async function linkOf(client: DeviceClient, userId: string): Promise<string> {
  return (await client.request<{ code: string }>("POST", "/api/invitations", { userId })).code;
}

const assign = (userId: string, roles: readonly string[]): Promise<unknown> =>
  company.people.owner.client.request("POST", `/api/people/${userId}/roles`, { roles });

const disable = ({ id }: { readonly id: string }): Promise<unknown> =>
  company.people.owner.client.request("POST", `/api/people/${id}/status`, { status: "disabled" });

async function accept(code: string): Promise<DeviceClient> {
  const client = await DeviceClient.create(company.system.origin);
  clients.push(client);
  const totp = ({ secret }: { secret: string }): string => totpAt(secret, new Date());
  await client.acceptInvitation({ code, password: "grey evil tractor 5571 lantern", totp });
  return client;
}

const refused = async (code: string): Promise<string> => (await refusal(accept(code))).code;

test("new roles end the link of before, which its maker could open himself", async () => {
  const { administrator, owner } = company.people;
  const { id, code } = await inviteBy(administrator, "promoted");
  await assign(id, ["sales_manager"]);
  assert.equal(await refused(code), "code_invalid");
  assert.equal((await refusal(linkOf(administrator.client, id))).code, "not_allowed");
  const joined = await accept(await linkOf(owner.client, id));
  assert.equal((await joined.request<{ userId: string }>("GET", "/api/session")).userId, id);
});

test("who is disabled leaves no link, also when he comes back", async () => {
  const { departments, join, people } = company;
  const second = await join({ key: "second", name: "Second", department: departments.root, roles: ["owner"] });
  const { id, code } = await inviteBy(second, "spare");
  await assign(id, ["owner"]);
  const newer = await linkOf(second.client, id);
  await disable(second);
  for (const one of [code, newer]) assert.equal(await refused(one), "code_invalid");
  await people.owner.client.request("POST", `/api/people/${second.id}/status`, { status: "active" });
  assert.equal(await refused(newer), "code_invalid");
});

test("a link of somebody who lost the rights for it holds no more, in words of its own", async () => {
  const { departments, join } = company;
  const third = await join({ key: "third", name: "Third", department: departments.root, roles: ["owner"] });
  const { id, code } = await inviteBy(third, "waiting");
  await assign(id, ["salesperson"]);
  const newer = await linkOf(third.client, id);
  assert.equal(await refused(code), "code_invalid");
  for (const roles of [["administrator"], ["sales_manager"], []]) {
    await assign(third.id, roles);
    assert.equal(await refused(newer), "invitation_void", roles.join());
  }
  await assign(third.id, ["sales_manager", "administrator"]);
  await accept(newer);
});
