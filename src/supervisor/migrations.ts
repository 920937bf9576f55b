// Applies src/supervisor/migrations/NNN_name.sql in order, as the owner role, each in one transaction with its record.
// A file that was applied is never changed: its hash is checked at every start.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { ownerRole } from "./roles.ts";

export const migrationsFolder = path.join(import.meta.dirname, "migrations");

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
}

/** The migrations of this program, in order. Throws when a file has no number or two have the same. */
export function readMigrations(folder: string = migrationsFolder): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort();
  const migrations = files.map((file) => {
    const number = Number(/^(\d{3})_[a-z0-9_]+\.sql$/.exec(file)?.[1]);
    if (!Number.isInteger(number)) throw new Error(`Migration ${file} is not named NNN_name.sql`);
    const sql = readFileSync(path.join(folder, file), "utf8");
    return { number, name: file, sql, hash: createHash("sha256").update(sql).digest("hex") };
  });
  for (const [index, migration] of migrations.entries()) {
    const before = migrations[index - 1];
    if (before?.number === migration.number) throw new Error(`${before.name} and ${migration.name} share a number`);
  }
  return migrations;
}

/** Brings the database to this program's version. Returns the names applied now; throws when it cannot be trusted. */
export async function migrate(admin: pg.ClientBase, migrations: readonly Migration[]): Promise<string[]> {
  // One migrating process at a time, even with several programs on one database; released when the session ends.
  await admin.query("select pg_advisory_lock(hashtext('strongroom migrate'))");
  await admin.query(`set role ${ownerRole}`);
  try {
    await admin.query("select set_config('strongroom.actor', 'system:migrate', false)");
    const applied = await readApplied(admin);
    checkApplied(applied, migrations);
    const pending = migrations.filter((migration) => !applied.has(migration.name));
    for (const migration of pending) await apply(admin, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await admin.query("reset role");
    await admin.query("select pg_advisory_unlock(hashtext('strongroom migrate'))");
  }
}

async function apply(admin: pg.ClientBase, migration: Migration): Promise<void> {
  await admin.query("begin");
  try {
    await admin.query("set local search_path = pg_catalog");
    await admin.query(migration.sql);
    await admin.query(recordTable);
    await admin.query("insert into vault.migration (name, hash) values ($1, $2)", [migration.name, migration.hash]);
    await admin.query("commit");
  } catch (error) {
    await admin.query("rollback");
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Migration ${migration.name} failed and was rolled back: ${reason}`, { cause: error });
  }
}

/** The record lives beside what it records; the first migration creates the schema, this creates the table if needed. */
const recordTable = `
  create schema if not exists vault;
  create table if not exists vault.migration (
    name text primary key,
    hash text not null,
    at timestamptz not null default now()
  );
  do $$ begin
    if not exists (select from pg_policy where polrelid = 'vault.migration'::regclass) then
      alter table vault.migration enable row level security;
      alter table vault.migration force row level security;
      create policy actor_set on vault.migration
        using (nullif(current_setting('strongroom.actor', true), '') is not null)
        with check (nullif(current_setting('strongroom.actor', true), '') is not null);
    end if;
  end $$`;

async function readApplied(admin: pg.ClientBase): Promise<Map<string, string>> {
  const there = await admin.query<{ found: boolean }>("select to_regclass('vault.migration') is not null as found");
  if (there.rows[0]?.found !== true) return new Map();
  const rows = await admin.query<{ name: string; hash: string }>("select name, hash from vault.migration");
  return new Map(rows.rows.map((row) => [row.name, row.hash]));
}

function checkApplied(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((migration) => [migration.name, migration.hash]));
  for (const [name, hash] of applied) {
    const ours = known.get(name);
    if (ours === undefined) {
      throw new Error(`The database is newer than this program: it has migration ${name}. Start the newer version.`);
    }
    if (ours !== hash) {
      throw new Error(`Migration ${name} was changed after it was applied. Restore the file as it was released.`);
    }
  }
}
