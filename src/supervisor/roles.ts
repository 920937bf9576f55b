// The database roles and their rights on the database as a whole. Each process has a role of its own; none of them
// owns a table, and the owner role cannot log in at all: only the migrate process acts as it.
import type pg from "pg";

export const loginRoles = ["strongroom_vault", "strongroom_office", "strongroom_audit"] as const;
export type LoginRole = (typeof loginRoles)[number];
export const ownerRole = "strongroom_owner";

/** SCRAM verifiers of the secrets each role gets for this run; see scram.ts. */
export type RoleVerifiers = Readonly<Record<LoginRole, string>>;

/** Creates missing roles and gives the login roles their secrets for this run. Needs a superuser or CREATEROLE. */
export async function prepareRoles(admin: pg.ClientBase, verifiers: RoleVerifiers): Promise<void> {
  const found = await admin.query<{ rolname: string }>("select rolname from pg_roles where rolname like 'strongroom%'");
  const existing = new Set(found.rows.map((row) => row.rolname));
  if (!existing.has(ownerRole)) await admin.query(`create role ${ownerRole} nologin`);
  for (const role of loginRoles) {
    const verifier = admin.escapeLiteral(verifiers[role]);
    if (!existing.has(role)) await admin.query(`create role ${role} login noinherit`);
    await admin.query(`alter role ${role} login password ${verifier}`);
    await admin.query(`alter role ${role} set search_path = pg_catalog`);
  }
  // Lets a user who is not a superuser act as the roles it has just made (PostgreSQL 16 and later ask for this).
  await admin.query(`grant ${ownerRole}, strongroom_office, strongroom_audit to current_user`);
}

/** Rights on the database: nobody but our roles connects, nobody makes temporary tables, only the owner makes schemas. */
export async function prepareDatabase(admin: pg.ClientBase): Promise<void> {
  const named = await admin.query<{ name: string }>("select quote_ident(current_database()) as name");
  // The query always gives one row.
  const database = named.rows[0]!.name;
  await admin.query(`revoke all on database ${database} from public`);
  await admin.query(`grant connect on database ${database} to ${[ownerRole, ...loginRoles].join(", ")}`);
  await admin.query(`grant create on database ${database} to ${ownerRole}`);
  await admin.query("revoke all on schema public from public");
  // The office works in its schema but makes nothing there: no role that logs in may define anything.
  await admin.query(`create schema if not exists office authorization ${ownerRole}`);
  await admin.query(`alter schema office owner to ${ownerRole}`);
  await admin.query("grant usage on schema office to strongroom_office");
}
