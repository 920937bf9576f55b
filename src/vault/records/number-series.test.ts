// Numbers of a series come one after the other, each field counts for itself, and the tables tell nothing of either.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemScope } from "../db/database.ts";
import { TagBroken } from "../keys/broken.ts";
import { Keyring } from "../keys/keyring.ts";
import { takeNumber } from "./number-series.ts";

let base: TestDatabase;
let keyring: Keyring;
const folder = mkdtempSync(join(tmpdir(), "strongroom-numbers-"));

before(async () => {
  base = await testDatabase();
  keyring = await Keyring.open({ rootKey: randomBytes(32), keystoreDir: join(folder, "keystore"), db: base.db });
});
after(async () => {
  keyring.close();
  await base.close();
  rmSync(folder, { recursive: true, force: true });
});

const take = (object: string, series: string): Promise<number> =>
  base.db.tx(systemScope("test"), async (tx) => (await takeNumber({ keyring }, tx, object, series)).value);

test("a field of each object has its own series, without gaps, also when many ask at once", async () => {
  const taken = await Promise.all(
    Array.from({ length: 12 }, (_, index) => take(index % 2 ? "account" : "contact", "a.b")),
  );
  const of = (rest: number): number[] =>
    taken.filter((_, index) => index % 2 === rest).toSorted((one, other) => one - other);
  assert.deepEqual(
    [of(0), of(1)],
    [
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ],
  );
  await assert.rejects(
    base.db.tx(systemScope("test"), async (tx) => {
      await takeNumber({ keyring }, tx, "account", "a.b");
      throw new Error("given back");
    }),
  );
  assert.equal(await take("account", "a.b"), 7);
});

test("what lies in the tables tells neither name nor number", async () => {
  for (let n = 0; n < 3; n += 1) await take("account", "secret.plan");
  const { rows } = await base.owner.query("select n::text from vault.numbering n");
  const text = JSON.stringify(rows);
  for (const word of ["secret", "plan", "account", Buffer.from("secret.plan").toString("hex")])
    assert.ok(!text.includes(word), word);
  const columns = await base.owner.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_name = 'numbering' order by 1",
  );
  assert.deepEqual(
    columns.rows.map((row) => row.column_name),
    ["id", "lookup", "sealed", "tag", "version"],
  );
});

test("a series set back or moved is noticed", async () => {
  await take("account", "kept");
  const { rows } = await base.owner.query<{ id: string; sealed: Buffer; version: number; tag: Buffer }>(
    "select id, sealed, version, tag from vault.numbering where id = (select max(id::text)::uuid from vault.numbering)",
  );
  const [old] = rows;
  assert.ok(old);
  await take("account", "kept");
  await base.owner.query("update vault.numbering set sealed = $2 where id = $1", [old.id, old.sealed]);
  await assert.rejects(take("account", "kept"), TagBroken);
});
