// A migrated PostgreSQL database for one test, cloned from a template. One embedded server serves the whole run when
// test/harness/run.ts has started it; otherwise this process starts one, which ends with the process however that ends.
import { createHash, randomBytes } from "node:crypto";
import pg from "pg";
import { migrate, readMigrations } from "../../src/supervisor/migrations.ts";
import { type LoginRole, prepareDatabase } from "../../src/supervisor/roles.ts";
import { Database } from "../../src/vault/db/database.ts";
import {
  type TestServer,
  type TestServerOptions,
  asSuperuser,
  clientConfig,
  serverVariable,
  startTestServer,
} from "./server.ts";

export interface TestConnection extends TestServer {
  readonly database: string;
}

export interface TestDatabase {
  /** The vault's own way in: role strongroom_vault. */
  readonly db: Database;
  /** The database's superuser: sees and changes everything, row-level security does not apply to it. */
  readonly owner: pg.Pool;
  readonly connection: TestConnection;
  /** Options of a pg client or pool that logs in as this role. */
  as(role: LoginRole | "postgres"): pg.ClientConfig;
  /** Nobody is connected to this database, and nobody gets in, until `work` is over. */
  away(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A fresh migrated database; the caller closes it. */
export async function testDatabase(options: TestServerOptions = {}): Promise<TestDatabase> {
  const server = await findServer(options);
  const template = await ensureTemplate(server);
  const database = `test_${randomBytes(8).toString("hex")}`;
  await asSuperuser(server, "postgres", async (admin) => {
    await admin.query(`create database ${database} template ${template}`);
  });
  // Rights on the database itself are not part of what a clone copies.
  await asSuperuser(server, database, prepareDatabase);
  const connection = { ...server, database };
  const login = (role: LoginRole | "postgres"): pg.ClientConfig => clientConfig(server, database, role);
  const db = new Database(login("strongroom_vault"));
  const owner = new pg.Pool({ ...login("postgres"), max: 3, allowExitOnIdle: true });
  // An idle connection may end while the database is away.
  owner.on("error", () => undefined);
  const away = async (work: () => Promise<void>): Promise<void> => {
    await asSuperuser(server, "postgres", async (admin) => {
      await admin.query(`alter database ${database} with allow_connections false`);
      await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [database]);
      try {
        await work();
      } finally {
        await admin.query(`alter database ${database} with allow_connections true`);
      }
    });
  };
  const close = async (): Promise<void> => {
    await Promise.all([db.close(), owner.end()]);
    await asSuperuser(server, "postgres", async (admin) => {
      await admin.query(`drop database if exists ${database} with (force)`);
    });
  };
  return { db, owner, connection, as: login, away, close };
}

let own: Promise<TestServer> | undefined;

function findServer(options: TestServerOptions): Promise<TestServer> {
  const given = process.env[serverVariable];
  // Written by test/harness/run.ts from a TestServer.
  if (given !== undefined && options.fast !== false) return Promise.resolve(JSON.parse(given) as TestServer);
  own ??= startTestServer(options);
  return own;
}

let template: Promise<string> | undefined;

function ensureTemplate(server: TestServer): Promise<string> {
  template ??= makeTemplate(server);
  return template;
}

async function makeTemplate(server: TestServer): Promise<string> {
  const migrations = readMigrations();
  const hash = createHash("sha256").update(migrations.map((migration) => migration.name + migration.hash).join());
  const name = `template_${hash.digest("hex").slice(0, 16)}`;
  await asSuperuser(server, "postgres", async (admin) => {
    // Test files run side by side; the first one builds, the others wait here.
    await admin.query("select pg_advisory_lock(hashtext('strongroom test template'))");
    const found = await admin.query("select from pg_database where datname = $1", [name]);
    if (found.rowCount === 1) return;
    const building = `building_${randomBytes(6).toString("hex")}`;
    await admin.query(`create database ${building}`);
    await asSuperuser(server, building, async (client) => {
      await prepareDatabase(client);
      await migrate(client, migrations);
    });
    await admin.query(`alter database ${building} rename to ${name}`);
  });
  return name;
}
