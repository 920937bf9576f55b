// Keys are rotated by a vault that has just started, not only by one that runs for a day.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { after, test } from "node:test";
import { layoutOf } from "../../src/supervisor/layout.ts";
import { Database, systemScope } from "../../src/vault/db/database.ts";
import { readKeyFile } from "../../src/vault/keys/key-file.ts";
import { insertKey, readKeys } from "../../src/vault/keys/key-set.ts";
import { KeyStore } from "../../src/vault/keys/key-store.ts";
import { asSuperuser, clientConfig, startTestServer } from "../harness/server.ts";
import { type System, startSystem } from "../harness/system.ts";
import { ownKeystore } from "../security/second-vault.ts";

const server = await startTestServer();
after(() => server.stop());

/** What a vault leaves that was killed while it gave class 2 a new version. */
async function beginRotation(system: System, db: Database): Promise<void> {
  const { keyFile } = layoutOf(system);
  const store = new KeyStore(ownKeystore(system), readKeyFile(keyFile).rootKey);
  await db.tx(systemScope("test"), async (tx) => {
    const read = await readKeys(tx, store, "lock");
    assert.ok(read);
    await insertKey(tx, read.storeKey, "class2", 2);
  });
  store.close();
}

test("a rotation that is due is done after the start", async () => {
  await asSuperuser(server, "postgres", async (admin) => {
    await admin.query("create database company");
  });
  const url = `postgres://postgres:${server.superuserPassword}@localhost/company?host=${server.host}`;
  const first = await startSystem({ env: { DATABASE_URL: url }, keep: true });
  await first.waitFor(({ event }) => event === "search-ready");
  await first.stop();
  assert.ok(!first.events.some(({ event }) => event === "keys-rotated"), "new keys are not due");
  const db = new Database(clientConfig(server, "company", "postgres"));
  const versions = async (): Promise<number[]> => {
    const text = "select version from keys.key_encryption_key where purpose = 'class2' order by version";
    return (await db.read<{ version: number }>(systemScope("test"), text, [])).map(({ version }) => version);
  };
  await beginRotation(first, db);
  assert.deepEqual(await versions(), [1, 2]);
  const second = await startSystem({ env: { DATABASE_URL: url }, folder: first.folder });
  const { class2, class3, storeKey } = await second.waitFor(({ event }) => event === "keys-rotated", 20_000);
  assert.deepEqual({ class2, class3, storeKey }, { class2: true, class3: false, storeKey: false });
  assert.deepEqual(await versions(), [2]);
  await second.stop();
  await db.close();
  rmSync(first.folder, { recursive: true, force: true });
});
