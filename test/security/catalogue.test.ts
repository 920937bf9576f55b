// The second lock on every table: row-level security forced, least rights per role, nothing that a role could define.
// Read from the catalogue of a migrated database, so a new table cannot be forgotten; planted violations are found.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import { loginRoles } from "../../src/supervisor/roles.ts";
import { describeCatalogue, findViolations, readTables } from "./catalogue-of.ts";
import { assertGolden } from "./golden.ts";

/** One for each object, and those of keys, identity, access, ledger and imports: a new one belongs in here and in the golden file, knowingly. */
const tableCount = shippedObjects.length + 27;

let base: TestDatabase;
before(async () => {
  base = await testDatabase();
});
after(() => base.close());

/** Runs `work` logged in as the role. */
async function as<T>(
  role: (typeof loginRoles)[number] | "postgres",
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(base.as(role));
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

test("every table forces row-level security and has a policy", async () => {
  const tables = await readTables(base.owner);
  assert.equal(tables.length, tableCount);
  assert.deepEqual(await findViolations(base.owner), []);
});

test("roles, grants, policies and functions are those of the golden file", async () => {
  assertGolden("catalogue.txt", await describeCatalogue(base.owner));
});

/** Each breaks one rule; the sentence that must be found. */
const planted: readonly (readonly [sql: string, found: string])[] = [
  ["create table vault.planted (id int)", "vault.planted has no row-level security"],
  [
    "create table keys.planted (id int); alter table keys.planted enable row level security; create policy p on keys.planted using (true)",
    "keys.planted does not force row-level security on its owner",
  ],
  [
    "create table vault.planted (id int); alter table vault.planted enable row level security; alter table vault.planted force row level security",
    "vault.planted has no policy",
  ],
  [
    "alter table vault.session no force row level security",
    "vault.session does not force row-level security on its owner",
  ],
  ["alter table vault.role_member disable row level security", "vault.role_member has no row-level security"],
  ["create table office.planted (id int)", "office.planted has no policy"],
  ["create materialized view public.planted as select 1 as one", "public.planted has no row-level security"],
  ["alter table vault.device owner to strongroom_vault", "vault.device belongs to strongroom_vault"],
  ["grant select on vault.role to public", "vault.role is open to everybody"],
  ["grant select (id) on vault.role to public", "column id of vault.role is open to everybody"],
  ["grant usage on schema keys to public", "schema keys is open to everybody"],
  ["alter schema vault owner to strongroom_vault", "schema vault belongs to a role that logs in"],
  [
    "create function vault.planted() returns int language sql security definer as 'select 1'",
    "vault.planted runs with its owner's rights (SECURITY DEFINER)",
  ],
  [
    "create function vault.planted() returns int language sql as 'select 1'",
    "vault.planted may be called by everybody",
  ],
  ["grant strongroom_owner to strongroom_vault", "strongroom_vault is a member of another role"],
  ["alter role strongroom_office bypassrls", "strongroom_office has an attribute it must not have"],
  ["alter role strongroom_owner login", "strongroom_owner may log in, or more than own tables"],
  [
    "alter table keys.key_encryption_key disable trigger refuse_needed_key",
    "trigger refuse_needed_key on keys.key_encryption_key is switched off",
  ],
  [
    "alter default privileges for role strongroom_owner in schema vault grant select on tables to strongroom_office",
    "default rights of strongroom_owner exist: new tables would open by themselves",
  ],
];

test("each planted violation is found, and is in the golden text", async () => {
  const golden = await describeCatalogue(base.owner);
  const silent: string[] = [];
  await as("postgres", async (client) => {
    for (const [sql, sentence] of planted) {
      await client.query("begin");
      await client.query(sql);
      const found = await findViolations(client);
      const text = await describeCatalogue(client);
      await client.query("rollback");
      assert.ok(found.includes(sentence), `${sql}: found ${JSON.stringify(found)}`);
      if (text === golden) silent.push(sql);
    }
  });
  assert.deepEqual(silent, []);
});

/** What none of our roles may do. */
const definitions: readonly string[] = [
  ...["vault", "keys", "office", "public"].map((schema) => `create table ${schema}.own (id int)`),
  "create temporary table own (id int)",
  "create schema own",
  "create function office.own() returns int language sql as 'select 1'",
  "create extension pg_trgm",
  "create role own",
  "create publication own for all tables",
  "alter table vault.role_member disable row level security",
  "alter table vault.role_member no force row level security",
  "drop policy actor_set on vault.role_member",
  "create policy own on vault.role_member using (true)",
  "drop table vault.role_member",
  "truncate vault.ledger_entry",
  "update vault.ledger_entry set body = body",
  "delete from vault.ledger_entry",
  "delete from vault.record_user",
  "alter table keys.key_encryption_key disable trigger all",
  "set session_replication_role = replica",
  "set role strongroom_owner",
  "set role postgres",
  "set session authorization postgres",
  "grant strongroom_owner to current_user",
  "comment on table vault.role is 'mine'",
  "copy vault.role to program 'cat'",
  "copy (select 1) to '/tmp/strongroom-own'",
  "select pg_read_file('/etc/passwd')",
  "select pg_ls_dir('/')",
  "select lo_import('/etc/passwd')",
  "select * from pg_authid",
  "alter system set log_statement = 'all'",
  "select pg_reload_conf()",
  "checkpoint",
];

for (const role of loginRoles) {
  test(`${role} can define nothing and read no file`, async () => {
    const allowed: string[] = [];
    await as(role, async (client) => {
      await client.query(
        "select set_config('strongroom.actor', 'system:test', false), set_config('strongroom.all', '1', false)",
      );
      for (const sql of definitions) {
        try {
          await client.query(sql);
          allowed.push(sql);
        } catch (error) {
          // 42501 insufficient_privilege, 42704 undefined_object for what the role cannot even see.
          const { code, message } = error as { code?: string; message: string };
          assert.ok(code === "42501" || code === "42704", `${sql}: ${code} ${message}`);
        }
      }
    });
    assert.deepEqual(allowed, []);
  });
}

test("without an actor every table shows nothing; the office sees nothing at all", async () => {
  const scratch = await testDatabase();
  try {
    const tables = (await readTables(scratch.owner)).map((table) => table.name);
    assert.equal(tables.length, tableCount);
    for (const table of tables) await putOneRow(scratch.owner, table);
    const count = async (client: pg.Client, table: string, column = "*"): Promise<number | string> => {
      try {
        return (await client.query(`select ${column} from ${table}`)).rowCount ?? 0;
      } catch (error) {
        return String((error as { code?: string }).code);
      }
    };
    const seen = { vault: [] as string[], withActor: 0, closed: 0, office: [] as string[] };
    const vault = new pg.Client(scratch.as("strongroom_vault"));
    const office = new pg.Client(scratch.as("strongroom_office"));
    await Promise.all([vault.connect(), office.connect()]);
    for (const table of tables) {
      await vault.query("select set_config('strongroom.actor', '', false), set_config('strongroom.all', '1', false)");
      const bare = await count(vault, table);
      await vault.query("select set_config('strongroom.actor', 'system:test', false)");
      const acted = await count(vault, table);
      if (acted === "42501") seen.closed += 1;
      else {
        if (bare !== 0) seen.vault.push(table);
        // One row is there: with an actor it shows, so the nothing above was the policy's doing.
        // The record of migrations has rows of its own.
        assert.ok(table === "vault.migration" ? Number(acted) > 1 : acted === 1, table);
        seen.withActor += 1;
      }
      for (const setting of ["", "system:test"]) {
        await office.query(
          "select set_config('strongroom.actor', $1, false), set_config('strongroom.all', '1', false)",
          [setting],
        );
        if ((await count(office, table)) !== "42501") seen.office.push(table);
      }
    }
    await Promise.all([vault.end(), office.end()]);
    assert.deepEqual(seen, { vault: [], withActor: tableCount, closed: 0, office: [] });
  } finally {
    await scratch.close();
  }
});

test("a row outside the scope of the transaction is not there for the vault either, and cannot be written", async () => {
  const scratch = await testDatabase();
  try {
    const ids = ["019db3d1-0000-7000-8000-000000000001", "019db3d1-0000-7000-8000-000000000002"];
    await putOneRow(scratch.owner, "vault.record_account");
    await scratch.owner.query("update vault.record_account set owner_id = $1, department_id = $2", ids);
    const client = new pg.Client(scratch.as("strongroom_vault"));
    await client.connect();
    const seen = async (all: string, owners: string, departments: string): Promise<number> => {
      await client.query(
        "select set_config('strongroom.actor', 'someone', false), set_config('strongroom.all', $1, false), set_config('strongroom.owners', $2, false), set_config('strongroom.departments', $3, false)",
        [all, `{${owners}}`, `{${departments}}`],
      );
      const updated = await client.query("update vault.record_account set version = version");
      const read = await client.query("select from vault.record_account");
      assert.equal(updated.rowCount, read.rowCount);
      return read.rowCount ?? 0;
    };
    assert.equal(await seen("", "", ""), 0);
    assert.equal(await seen("", ids[1] ?? "", ids[0] ?? ""), 0);
    assert.equal(await seen("", ids[0] ?? "", ""), 1);
    assert.equal(await seen("", "", ids[1] ?? ""), 1);
    assert.equal(await seen("1", "", ""), 1);
    // Nor can a row be written outside it, or moved there.
    assert.equal(await seen("", ids[0] ?? "", ""), 1);
    const outside = /new row violates row-level security policy/u;
    const insert = "insert into vault.record_account (owner_id, department_id) values ($1, $1)";
    await client.query(insert, [ids[0]]);
    await assert.rejects(client.query(insert, [ids[1]]), outside);
    await assert.rejects(client.query("update vault.record_account set owner_id = $1", [ids[1]]), outside);
    await client.end();
  } finally {
    await scratch.close();
  }
});

/** A row of defaults and nulls: what constrains values is taken away in this throwaway database, what guards rows stays. */
async function putOneRow(owner: pg.Pool, table: string): Promise<void> {
  const { rows } = await owner.query<{ sql: string }>(
    `select format('alter table %s drop constraint if exists %I cascade', $1::regclass, conname) as sql
       from pg_constraint where conrelid = $1::regclass and contype <> 'n'
     union all
     select format('alter table %s alter column %I drop not null', $1::regclass, attname)
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and attnotnull and attidentity = '' and not attisdropped`,
    [table],
  );
  // Constraints go first: a primary key's columns cannot lose their NOT NULL.
  for (const { sql } of rows) await owner.query(sql);
  await owner.query(`insert into ${table} default values`);
}
