// The migration runner against a real server: order, one transaction each, and refusal of a database or a file that is
// not what it was.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { type TestDatabase, testDatabase } from "../../test/harness/postgres.ts";
import { migrate, readMigrations } from "./migrations.ts";

const folder = mkdtempSync(path.join(tmpdir(), "strongroom-migrations-"));
let database: TestDatabase;
let admin: pg.PoolClient;
before(async () => {
  database = await testDatabase();
  admin = await database.owner.connect();
});
after(async () => {
  admin.release();
  await database.close();
  rmSync(folder, { recursive: true });
});

test("the shipped migrations are numbered, applied once, and owned by the owner role", async () => {
  const shipped = readMigrations();
  assert.ok(shipped.length >= 4);
  assert.deepEqual(await migrate(admin, shipped), []);
  const owners = await admin.query("select distinct tableowner from pg_tables where schemaname in ('vault', 'keys')");
  assert.deepEqual(owners.rows, [{ tableowner: "strongroom_owner" }]);
});

test("a failing migration leaves nothing, the ones before it stay, and it runs when mended", async () => {
  const shipped = readMigrations();
  writeFileSync(path.join(folder, "901_good.sql"), "create table vault.probe_good (id int);");
  writeFileSync(path.join(folder, "902_bad.sql"), "create table vault.probe_bad (id int); select 1 / 0;");
  await assert.rejects(
    migrate(admin, [...shipped, ...readMigrations(folder)]),
    /902_bad.sql failed .* division by zero/,
  );
  const tables = "select to_regclass('vault.probe_good') as good, to_regclass('vault.probe_bad') as bad";
  assert.deepEqual((await admin.query(tables)).rows, [{ good: "vault.probe_good", bad: null }]);
  writeFileSync(path.join(folder, "902_bad.sql"), "create table vault.probe_bad (id int);");
  assert.deepEqual(await migrate(admin, [...shipped, ...readMigrations(folder)]), ["902_bad.sql"]);
});

test("a changed file and a newer database are refused", async () => {
  const all = [...readMigrations(), ...readMigrations(folder)];
  const changed = all.map((one) => (one.name === "901_good.sql" ? { ...one, hash: "0".repeat(64) } : one));
  await assert.rejects(migrate(admin, changed), /901_good.sql was changed/);
  await assert.rejects(migrate(admin, readMigrations()), /newer than this program/);
  writeFileSync(path.join(folder, "902_twice.sql"), "select 1;");
  assert.throws(() => readMigrations(folder), /share a number/);
});

test("the login roles own nothing and can make nothing", async () => {
  for (const role of ["strongroom_vault", "strongroom_audit"] as const) {
    const client = new pg.Client(database.as(role));
    await client.connect();
    try {
      for (const statement of [
        "create table vault.mine (id int)",
        "create temporary table mine (id int)",
        "create schema mine",
        "create table public.mine (id int)",
        "alter table vault.ledger_entry disable row level security",
        "set role strongroom_owner",
        "set session authorization postgres",
      ]) {
        await assert.rejects(client.query(statement), /permission denied|must be owner/, `${role}: ${statement}`);
      }
    } finally {
      await client.end();
    }
  }
});
