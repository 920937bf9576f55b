// This version started over the data folder of each earlier one (test/fixtures): everything there is read as it was,
// the ledger verifies from its first entry on, and work goes on.
import assert from "node:assert/strict";
import { globSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { readMigrations } from "../../src/supervisor/migrations.ts";
import { type FixturePerson, readFixture } from "../fixtures/data-folder.ts";
import { restoreDataFolder } from "../fixtures/restore.ts";
import { loadDevice } from "../harness/saved-device.ts";
import { type System, startSystem } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";
import { totpOf } from "../harness/totp.ts";
import { verifySystem } from "../security/verify-system.ts";

const fixtures = globSync(path.join(import.meta.dirname, "../fixtures/*.json.gz")).sort();

test("there is a data folder of an earlier version", () => {
  assert.ok(fixtures.length > 0);
  assert.ok(readFixture(fixtures[0] ?? "").migrations.length < readMigrations().length);
});

for (const file of fixtures)
  describe(`${path.basename(file, ".json.gz")} is taken over`, () => {
    const fixture = readFixture(file);
    const folder = makeFolder();
    const clients: DeviceClient[] = [];
    let system: System;
    let owner: DeviceClient;
    let east: DeviceClient;
    let auditor: DeviceClient;

    before(async () => {
      await restoreDataFolder(fixture, folder);
      system = await startSystem({ folder });
      const { people } = fixture;
      [owner, east, auditor] = [await enter(people.owner), await enter(people.east1), await enter(people.auditor)];
    });
    after(async () => {
      for (const client of clients) client.close();
      await system.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** On the device of that time, which is still bound and confirmed. */
    async function enter({ device, email, password, totpSecret }: FixturePerson): Promise<DeviceClient> {
      const client = await loadDevice(device, system.origin);
      clients.push(client);
      const { deviceId } = client;
      await client.signIn({ email, password, totp: totpOf(totpSecret) });
      assert.equal(client.deviceId, deviceId);
      return client;
    }

    async function read(object: string, id: string): Promise<RecordView> {
      return (await east.request<{ record: RecordView }>("GET", `/api/records/${object}/${id}`)).record;
    }

    test("the migrations since then are applied", () => {
      const migrated = system.events.find(({ event }) => event === "migrated");
      const total = readMigrations().length;
      assert.equal(migrated?.["total"], total);
      assert.equal(migrated?.["applied"], total - fixture.migrations.length);
      assert.equal(system.enrolmentCode, undefined);
    });

    test("records read as they did, custom fields and restricted values too, and have their history", async () => {
      assert.ok(fixture.records.length > 0);
      for (const { object, id, shown, revealed, changes } of fixture.records) {
        const { values } = await read(object, id);
        assert.deepEqual(Object.fromEntries(Object.keys(shown).map((key) => [key, values[key]])), shown);
        for (const [field, value] of Object.entries(revealed)) {
          const at = `/api/records/${object}/${id}/reveal`;
          assert.deepEqual(await east.request("POST", at, { field }), { value }, field);
        }
        const history = await east.request<{ changes: unknown[] }>("GET", `/api/records/${object}/${id}/history`);
        assert.equal(history.changes.length, changes);
      }
    });

    test("the search finds them, by words and by whole numbers", async () => {
      await system.waitFor(({ event }) => event === "search-ready", 60_000);
      const contact = fixture.records.find(({ object }) => object === "contact");
      for (const text of [contact?.shown["name"], contact?.revealed["phone"]])
        assert.deepEqual(await found(String(text)), [contact?.id]);
    });

    async function found(text: string): Promise<string[]> {
      const { groups } = await east.request<{ groups: { items: { id: string }[] }[] }>("POST", "/api/search", { text });
      return groups.flatMap(({ items }) => items.map(({ id }) => id));
    }

    test("new records and changes are written, custom fields too", async () => {
      const values = {
        name: "升级之后 After",
        phone: "+8657188887777",
        tier: "silver",
        habit: "new",
        mark: "m",
        score: 3,
      };
      assert.ok(fixture.fields.every((key) => key in values));
      const { id } = await east.request<{ id: string }>("POST", "/api/records/account", { values });
      const { tier, habit, score } = (await read("account", id)).values;
      assert.deepEqual({ tier, habit, score }, { tier: "silver", habit: "new", score: 3 });
      const [old] = fixture.records;
      assert.ok(old);
      const { version } = await read(old.object, old.id);
      await east.request("PATCH", `/api/records/${old.object}/${old.id}`, { version, values: { name: "新名字 New" } });
      assert.equal((await read(old.object, old.id)).values["name"], "新名字 New");
      const label = { zh: "新字段", en: "New field" };
      const field = { object: "contact", key: "later", type: "text", class: 2, labels: label, purpose: "selling" };
      await owner.request("POST", "/api/fields", { ...field, retention: "with_record" });
    });

    test("objects that it did not have are there for its roles, with a first pipeline", async () => {
      const { id } = await east.request<{ id: string }>("POST", "/api/records/opportunity", {
        values: { name: "Deal" },
      });
      assert.equal((await read("opportunity", id)).values["state"], "open");
      const account = fixture.records.find(({ object }) => object === "account")?.id;
      const said = { content: "升级后的跟进", account };
      const activity = await east.request<{ id: string }>("POST", "/api/records/activity", { values: said });
      assert.equal((await read("activity", activity.id)).values["content"], said.content);
      const list = (object: string) =>
        auditor.request<{ rows: RecordView[] }>("POST", `/api/records/${object}/query`, { columns: ["name"] });
      const [pipelines, stages] = [await list("pipeline"), await list("stage")];
      assert.deepEqual([pipelines.rows.length, stages.rows.length], [1, 6]);
    });

    test("the log tells what was before and what came after, and verifies from its first entry on", async () => {
      const told = fixture.tables["vault.ledger_entry"]?.length ?? 0;
      assert.ok(told > 0);
      const verdict = await verifySystem(system);
      assert.deepEqual(verdict.findings, []);
      assert.ok(verdict.ok && verdict.entries > told);
      const [account] = fixture.records;
      const { entries } = await auditor.request<{ entries: Entry[] }>("POST", "/api/ledger/query", {
        objectId: account?.id,
        limit: 200,
      });
      assert.deepEqual(
        entries.filter(({ problem }) => problem !== null),
        [],
      );
      for (const [of, fits] of [
        ["before", (position: number) => position < told],
        ["after", (position: number) => position >= told],
      ] as const)
        assert.ok(
          entries.some(({ action, position }) => action === "record.update" && fits(position)),
          of,
        );
      const distrusted = system.events.filter(({ text }) => String(text).includes("not what the audit log tells"));
      assert.deepEqual(distrusted, []);
    });
  });

interface Entry {
  readonly action: string;
  readonly position: number;
  readonly problem: string | null;
}
