// Invariant 7: the database is not trusted. Its superuser changes rows of every kind; the vault refuses them, or the
// offline verifier names them. The long version is test/prove/mutations.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusal, startCompany } from "../harness/company.ts";
import { kinds } from "./mutation-kinds.ts";
import { runMutations } from "./mutations.ts";

test("mutations of rows by the database's superuser: none believed in silence", async () => {
  const result = await runMutations(20261123, kinds.length);
  assert.deepEqual(result.silent, []);
  assert.deepEqual(result.idle, []);
  assert.equal(result.kinds, kinds.length);
  assert.equal(result.tried, kinds.length);
  // A mutation that nobody could see would prove nothing.
  assert.deepEqual(result.withoutEffect, {});
  assert.ok(result.refused > 70 && result.reported > 20, JSON.stringify(result));
});

test("a role put back by the superuser while the vault is down is not given at its start, and the log says so", async () => {
  const company = await startCompany({ admin: true });
  try {
    const { people, system } = company;
    const { owner, east2 } = people;
    const give = (roles: readonly string[]) => owner.client.request("POST", `/api/people/${east2.id}/roles`, { roles });
    await give(["salesperson", "auditor"]);
    const readsLog = () => east2.client.request("POST", "/api/ledger/query", { limit: 1 });
    await readsLog();
    await company.admin!.query("create table stolen as select * from vault.role_member");
    await give(["salesperson"]);
    assert.equal((await refusal(readsLog())).code, "not_allowed");
    await company.admin!.query(
      "delete from vault.role_member where id in (select id from stolen); insert into vault.role_member select * from stolen",
    );
    const starts = system.events.filter(({ event }) => event === "vault-ready").length;
    system.kill("vault");
    await system.waitFor(() => system.events.filter(({ event }) => event === "vault-ready").length > starts);
    assert.equal((await refusal(readsLog())).code, "not_allowed");
    // Who has looked is read from a ledger that is up to date; so is then what follows.
    await owner.client.request("GET", `/api/records/user/${owner.id}/lookers`);
    const { entries } = await owner.client.request<{ entries: { problem?: string }[] }>("POST", "/api/ledger/query", {
      action: "ledger.tampering",
    });
    assert.deepEqual(
      entries.map(({ problem }) => problem),
      ["rows_changed"],
    );
  } finally {
    await company.stop();
  }
});
