// Rights are not made out of nothing: what an administrator, a manager or a phished device tries in order to reach more
// than it was given, step by step as an attacker would.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";
import { givePasskey } from "../harness/passkey.ts";

describe("nobody reaches more than he was given", () => {
  let company: Company;
  before(async () => {
    company = await startCompany({ admin: true });
  });
  after(() => company.stop());

  const version = async (client: DeviceClient, object: string, id: string): Promise<number> =>
    (await client.request<{ record: RecordView }>("GET", `/api/records/${object}/${id}`)).record.version;

  test("an administrator neither grants, invites nor confirms what he has not himself", async () => {
    const { client } = company.people.administrator;
    const made = await client.request<{ id: string }>("POST", "/api/records/user", {
      values: { name: "Straw Man", email: "straw@company.example", department: company.departments.root },
    });
    for (const role of ["sales_manager", "salesperson", "owner", "auditor"]) {
      const { code } = await refusal(client.request("POST", `/api/people/${made.id}/roles`, { roles: [role] }));
      assert.equal(code, "not_allowed", role);
    }
    const invited = await refusal(client.request("POST", "/api/invitations", { userId: company.invited.id }));
    assert.equal(invited.code, "not_allowed");
    const { owner } = company.people;
    const revoked = await refusal(
      client.request("POST", `/api/people/${owner.id}/devices/${owner.client.deviceId}/revoke`, {}),
    );
    assert.equal(revoked.code, "not_allowed");
    const renamed = await refusal(
      client.request("PATCH", `/api/records/user/${owner.id}`, {
        version: await version(client, "user", owner.id),
        values: { email: "mine@company.example" },
      }),
    );
    assert.equal(renamed.code, "not_allowed");
  });

  test("nobody moves himself, or the department above him", async () => {
    const { administrator } = company.people;
    const own = await refusal(
      administrator.client.request("PATCH", `/api/records/user/${administrator.id}`, {
        version: await version(administrator.client, "user", administrator.id),
        values: { department: company.departments.root },
      }),
    );
    assert.equal(own.code, "not_allowed");
    const above = await refusal(
      administrator.client.request("PATCH", `/api/records/department/${company.departments.office}`, {
        version: await version(administrator.client, "department", company.departments.office),
        values: { parent: company.departments.east },
      }),
    );
    assert.equal(above.code, "not_allowed");
  });

  test("nobody brings departments below his own, in one step or in one commit; within and out of them is free", async () => {
    const { departments, people } = company;
    const both = await company.join({
      key: "both",
      name: "Both Roles",
      department: departments.east,
      roles: ["sales_manager", "administrator"],
    });
    const make = async (name: string, parent: string): Promise<string> =>
      (
        await people.owner.client.request<{ id: string }>("POST", "/api/records/department", {
          values: { name, parent },
        })
      ).id;
    const [here, there, led] = [
      await make("Here", departments.east),
      await make("There", departments.east),
      await make("Led", departments.sales),
    ];
    const move = async (id: string, parent: string): Promise<unknown> =>
      both.client.request("PATCH", `/api/records/department/${id}`, {
        version: await version(both.client, "department", id),
        values: { parent },
      });
    await people.owner.client.request("PATCH", `/api/records/department/${led}`, {
      version: await version(people.owner.client, "department", led),
      values: { leader: both.id },
    });
    const customers = async (): Promise<number> =>
      (await both.client.request<{ rows: unknown[] }>("POST", "/api/records/contact/query", {})).rows.length;
    const seen = await customers();
    for (const parent of [departments.east, here, led])
      assert.equal((await refusal(move(departments.west, parent))).code, "not_allowed");
    const made = crypto.randomUUID();
    const commit = both.client.request("POST", "/api/commit", {
      operations: [
        { op: "create", object: "department", id: made, values: { name: "Between", parent: departments.east } },
        {
          op: "update",
          object: "department",
          id: departments.west,
          version: await version(both.client, "department", departments.west),
          values: { parent: made },
        },
      ],
      guards: [],
    });
    assert.equal((await refusal(commit)).code, "not_allowed");
    assert.equal(await customers(), seen);
    await move(there, here);
    await move(there, departments.sales);
    assert.equal((await refusal(move(there, here))).code, "not_allowed", "what he let go he does not take back");
    await people.owner.client.request("PATCH", `/api/records/department/${departments.west}`, {
      version: await version(people.owner.client, "department", departments.west),
      values: { parent: departments.east },
    });
    assert.ok((await customers()) > seen, "an owner may");
  });

  test("a device bound by password and code alone changes nothing until it is confirmed", async () => {
    const { manager } = company.people;
    const phished = await DeviceClient.create(company.system.origin);
    await phished.signIn({ email: manager.email, password: manager.password, totp: () => manager.totp(1) });
    const [account] = company.accounts.filter((one) => one.of === "east1");
    assert.ok(account);
    const record = `/api/records/account/${account.id}`;
    const seen = await version(phished, "account", account.id);
    const tries: [string, string, unknown][] = [
      ["PATCH", record, { version: seen, values: { owner: company.people.east2.id } }],
      ["POST", `${record}/delete`, { version: seen }],
      ["POST", "/api/records/account", { values: { name: "planted" } }],
      [
        "POST",
        "/api/commit",
        { operations: [{ op: "delete", object: "account", id: account.id, version: seen }], guards: [] },
      ],
      ["POST", "/api/imports/account", { fileName: "x.csv", size: 10 }],
    ];
    for (const [method, to, body] of tries)
      assert.equal((await refusal(phished.request(method, to, body))).code, "device_unconfirmed", `${method} ${to}`);
    assert.equal(await version(manager.client, "account", account.id), seen);
    phished.close();
  });

  test("another address of this machine is no way around the passkey", async () => {
    const { client: owner } = company.people.owner;
    const { id } = await owner.request<{ id: string }>("POST", "/api/records/user", {
      values: { name: "In a browser", email: "browser@company.example", department: company.departments.office },
    });
    const { code } = await owner.request<{ code: string }>("POST", "/api/invitations", { userId: id });
    const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0";
    const home = await DeviceClient.create(company.system.origin, { userAgent });
    const totp = ({ secret }: { secret: string }, ahead = 0): string => totpAt(secret, new Date(Date.now() + ahead));
    const setup = await home.acceptInvitation({ code, password: "grey browser tractor 5571 lantern", totp });
    await givePasskey(home);
    const file = path.join(company.system.folder, "browser.json");
    await home.save(file);
    await writeFile(file, (await readFile(file, "utf8")).replace("//localhost:", "//127.0.0.1:"));
    const elsewhere = await DeviceClient.load(file, { userAgent });
    assert.notEqual(elsewhere.origin, home.origin);
    const ways = async (client: DeviceClient): Promise<unknown> =>
      (await client.request<{ ways: unknown }>("POST", "/api/acts/begin", {})).ways;
    assert.deepEqual([await ways(home), await ways(elsewhere)], [["passkey"], []]);
    elsewhere.approver = () => ({ with: "totp", code: totp(setup.totp, 30_000) });
    const change = elsewhere.request("POST", "/api/credentials/password", {
      password: "grey other tractor 5571 lantern",
    });
    assert.equal((await refusal(change)).code, "act_signature_invalid");
    for (const client of [home, elsewhere]) client.close();
  });

  test("who has looked at a person tells nothing of his ways in, and no address but to auditors", async () => {
    const { east1, owner } = company.people;
    const { looks } = await east1.client.request<{ looks: { action: string; ip: string | null }[] }>(
      "GET",
      `/api/records/user/${owner.id}/lookers`,
    );
    assert.ok(looks.every((look) => look.action.startsWith("record.") && look.ip === null));
  });

  test("a status or a parent edited in the database is noticed, and nobody gets in by it", async () => {
    assert.ok(company.admin);
    await company.admin.query("update vault.record_user set f_status = 'active' where id = $1", [company.disabled.id]);
    // The next change of a person loads the directory anew, and finds the row.
    await company.people.owner.client
      .request("POST", "/api/records/department", { values: { name: "Reload" } })
      .catch(() => undefined);
    const back = await DeviceClient.create(company.system.origin);
    const { email, password, totp } = company.disabled;
    // No message: the caller learns nothing of the damage; the log does.
    await assert.rejects(back.signIn({ email, password, totp: () => totp(1) }));
    back.close();
    // Who has looked is read from a ledger that is up to date; so is then what follows.
    await company.people.owner.client.request("GET", `/api/records/user/${company.people.owner.id}/lookers`);
    const { entries } = await company.people.owner.client.request<{ entries: { action: string }[] }>(
      "POST",
      "/api/ledger/query",
      { action: "directory.broken_row" },
    );
    assert.ok(entries.length > 0);
  });
});
