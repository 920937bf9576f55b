// The short-lived process that alone acts as the owner of the tables: it makes roles and schemas, applies the
// migrations, takes its own way in away again, and ends.
import pg from "pg";
import { migrateBoot, readBoot, sayEvent } from "./boot.ts";
import { dropPrivileges } from "./drop-privileges.ts";
import { migrate, readMigrations } from "./migrations.ts";
import { prepareDatabase, prepareRoles } from "./roles.ts";

const oldestPostgres = 150_000;

const boot = await readBoot(migrateBoot);
const migrations = readMigrations();
dropPrivileges(boot.dropTo);
try {
  if (boot.embedded) await createDatabase(boot.databaseName);
  await withAdmin(boot.databaseName, async (admin) => {
    const version = await admin.query<{ version: number }>(
      "select current_setting('server_version_num')::int as version",
    );
    if ((version.rows[0]?.version ?? 0) < oldestPostgres)
      throw new Error("The database must be PostgreSQL 15 or newer.");
    await prepareRoles(admin, boot.verifiers);
    await prepareDatabase(admin);
    const applied = await migrate(admin, migrations);
    // Nobody can log in as the embedded server's administrator until the next start sets a new secret.
    if (boot.embedded) await admin.query("alter role current_user password null");
    sayEvent("migrated", { applied: applied.length, total: migrations.length });
  });
} catch (error) {
  sayEvent("failed", { reason: explain(error) });
  process.exitCode = 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const insufficientPrivilege = "42501";
  if (code === insufficientPrivilege && !boot.embedded) {
    return (
      `DATABASE_URL names the user ${boot.admin.user}, who may not do what a start needs (${error.message}).\n` +
      `Make him a superuser, or give him CREATEROLE and the database: ` +
      `alter role "${boot.admin.user}" createrole; alter database "${boot.databaseName}" owner to "${boot.admin.user}"`
    );
  }
  const unreachable = /^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|28)/.test(code) && !boot.embedded;
  return unreachable ? `The database that DATABASE_URL names cannot be reached: ${error.message}` : error.message;
}

async function createDatabase(name: string): Promise<void> {
  await withAdmin("postgres", async (admin) => {
    const found = await admin.query("select from pg_database where datname = $1", [name]);
    if (found.rowCount === 0) await admin.query(`create database ${admin.escapeIdentifier(name)}`);
  });
}

async function withAdmin(database: string, work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ ...boot.admin, database });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
