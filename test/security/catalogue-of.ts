// Reads a database's catalogue as a golden text and judges it by the rules every table must keep. Everything comes from
// pg_catalog: a table, role, function or grant that nobody told this file about is in the text all the same.
import type pg from "pg";

/** Schemas whose every table must be locked. `office` holds the office's own, `public` must stay empty. */
export const lockedSchemas = ["vault", "keys", "office", "public"] as const;

export interface TableState {
  readonly name: string;
  readonly owner: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
}

export async function readTables(admin: pg.Pool | pg.ClientBase): Promise<TableState[]> {
  const { rows } = await admin.query<TableState>(
    `select format('%I.%I', n.nspname, c.relname) as name, pg_get_userbyid(c.relowner) as owner,
       c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
       (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'f', 'm') and n.nspname = any($1) order by 1`,
    [lockedSchemas],
  );
  return rows;
}

/** What breaks the rules, in sentences; empty when the catalogue is as it must be. */
export async function findViolations(admin: pg.Pool | pg.ClientBase): Promise<string[]> {
  const found: string[] = [];
  for (const table of await readTables(admin)) {
    if (!table.enabled) found.push(`${table.name} has no row-level security`);
    if (!table.forced) found.push(`${table.name} does not force row-level security on its owner`);
    if (table.policies === 0) found.push(`${table.name} has no policy`);
    if (table.owner !== "strongroom_owner") found.push(`${table.name} belongs to ${table.owner}`);
  }
  for (const [query, sentence] of violationQueries) {
    const { rows } = await admin.query<{ what: string }>(query, [lockedSchemas]);
    found.push(...rows.map(({ what }) => `${what} ${sentence}`));
  }
  return found.sort();
}

const loginRoles = "('strongroom_vault', 'strongroom_office', 'strongroom_audit')";
const violationQueries: readonly (readonly [query: string, sentence: string])[] = [
  [
    `select format('%I.%I', n.nspname, p.proname) as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema') and $1::text[] is not null`,
    "runs with its owner's rights (SECURITY DEFINER)",
  ],
  [
    `select format('%I.%I', n.nspname, p.proname) as what from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
       aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0 and n.nspname = any($1)`,
    "may be called by everybody",
  ],
  [
    `select format('%I.%I', n.nspname, c.relname) as what from pg_class c join pg_namespace n on n.oid = c.relnamespace,
       aclexplode(c.relacl) a where a.grantee = 0 and n.nspname = any($1)`,
    "is open to everybody",
  ],
  [
    `select format('column %I of %I.%I', t.attname, n.nspname, c.relname) as what from pg_attribute t
       join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a
     where a.grantee = 0 and n.nspname = any($1)`,
    "is open to everybody",
  ],
  [
    `select format('schema %I', n.nspname) as what from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
     where a.grantee = 0 and n.nspname = any($1)`,
    "is open to everybody",
  ],
  [
    `select 'the database' as what from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     where a.grantee = 0 and d.datname = current_database() and $1::text[] is not null`,
    "is open to everybody",
  ],
  [
    `select format('schema %I', n.nspname) as what from pg_namespace n where n.nspname = any($1) and pg_get_userbyid(n.nspowner) in ${loginRoles}`,
    "belongs to a role that logs in",
  ],
  [
    `select format('%s', r.rolname) as what from pg_roles r where r.rolname in ${loginRoles} and $1::text[] is not null
       and (r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolreplication or r.rolbypassrls or r.rolinherit)`,
    "has an attribute it must not have",
  ],
  [
    `select format('%s', r.rolname) as what from pg_auth_members m join pg_roles r on r.oid = m.member
     where r.rolname in ${loginRoles} and $1::text[] is not null`,
    "is a member of another role",
  ],
  [
    `select format('strongroom_owner') as what from pg_roles r where r.rolname = 'strongroom_owner' and $1::text[] is not null
       and (r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb or r.rolreplication)`,
    "may log in, or more than own tables",
  ],
  [
    `select format('trigger %I on %s', t.tgname, t.tgrelid::regclass) as what from pg_trigger t
     where not t.tgisinternal and t.tgenabled <> 'O' and $1::text[] is not null`,
    "is switched off",
  ],
  [
    `select format('default rights of %s', pg_get_userbyid(d.defaclrole)) as what from pg_default_acl d where $1::text[] is not null`,
    "exist: new tables would open by themselves",
  ],
];

/** The catalogue as text, the same for the same migrations. */
export async function describeCatalogue(admin: pg.Pool | pg.ClientBase): Promise<string> {
  const lines: string[] = [
    "# Who may do what in the database, read from pg_catalog of a migrated one. A change here is a change of security.",
    "# Rights of the owner itself are left out: strongroom_owner cannot log in, only the migrate process acts as it.",
  ];
  for (const [title, query] of sections) {
    const { rows } = await admin.query<{ line: string }>(query, query.includes("$1") ? [lockedSchemas] : []);
    lines.push("", `## ${title}`, ...rows.map((row) => row.line));
  }
  return `${lines.join("\n")}\n`;
}

const rights = "string_agg(distinct lower(a.privilege_type), ', ' order by lower(a.privilege_type))";
const grantee = "case when a.grantee = 0 then 'EVERYBODY' else pg_get_userbyid(a.grantee)::text end";
const others =
  "a.grantee <> 0 and pg_get_userbyid(a.grantee) <> 'strongroom_owner' and not (select rolsuper from pg_roles where oid = a.grantee)";

const sections: readonly (readonly [title: string, query: string])[] = [
  [
    "roles",
    `select format('%s%s%s%s', rolname, case when rolcanlogin then ' login' else ' nologin' end,
       case when rolinherit then '' else ' noinherit' end || case when rolsuper then ' SUPERUSER' else '' end
         || case when rolcreaterole then ' CREATEROLE' else '' end || case when rolcreatedb then ' CREATEDB' else '' end
         || case when rolreplication then ' REPLICATION' else '' end || case when rolbypassrls then ' BYPASSRLS' else '' end
         || coalesce((select ' MEMBER OF ' || string_agg(m.roleid::regrole::text, ', ') from pg_auth_members m where m.member = r.oid), ''),
       coalesce(' set ' || (select string_agg(replace(s, '=', ' = '), ', ') from pg_db_role_setting d, unnest(d.setconfig) s where d.setrole = r.oid), '')) as line
     from pg_roles r where rolname like 'strongroom%' order by rolname`,
  ],
  [
    "database and schemas",
    `select line from (
       select 0 as o, format('database: %s %s', ${grantee}, ${rights}) as line from pg_database d, aclexplode(d.datacl) a
         where d.datname = current_database() and (a.grantee = 0 or not (select rolsuper from pg_roles where oid = a.grantee)) group by a.grantee
       union all
       select 1, format('%s: belongs to %s', nspname, case when nspowner = 'pg_database_owner'::regrole then 'the database owner' else nspowner::regrole::text end)
         from pg_namespace where nspname = any($1)
       union all
       select 1, format('%s: %s %s', n.nspname, ${grantee}, ${rights}) from pg_namespace n, aclexplode(n.nspacl) a
         where n.nspname = any($1) and (a.grantee = 0 or (${others} and pg_get_userbyid(a.grantee) <> 'pg_database_owner')) group by n.nspname, a.grantee
     ) s order by o, line`,
  ],
  [
    "tables: row-level security, owner",
    `select format('%I.%I %s, %s', n.nspname, c.relname,
       case when c.relrowsecurity and c.relforcerowsecurity then 'forced' when c.relrowsecurity then 'ENABLED ONLY' else 'NONE' end,
       pg_get_userbyid(c.relowner)) as line
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'f', 'm') and n.nspname = any($1) order by 1`,
  ],
  [
    "policies",
    // Line breaks of the migration's own text would make the golden file hard to read.
    `select regexp_replace(format('%s %I for %s to %s using (%s) check (%s)', p.polrelid::regclass, p.polname,
       case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end
         || case when p.polpermissive then '' else ' restrictive' end,
       (select string_agg(case when r = 0 then 'everybody' else pg_get_userbyid(r)::text end, ', ') from unnest(p.polroles) r),
       coalesce(pg_get_expr(p.polqual, p.polrelid), '-'), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-')), '\\s+', ' ', 'g') as line
     from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = any($1) order by 1`,
  ],
  [
    "rights on tables and sequences",
    `select format('%I.%I %s: %s', n.nspname, c.relname, ${grantee}, ${rights}) as line
     from pg_class c join pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
     where n.nspname = any($1) and (a.grantee = 0 or ${others}) group by n.nspname, c.relname, a.grantee order by 1`,
  ],
  [
    "rights on single columns",
    `select format('%I.%I %s: %s (%s)', nspname, relname, who, what, string_agg(attname, ', ' order by attname)) as line from (
       select n.nspname, c.relname, t.attname, ${grantee} as who, lower(a.privilege_type) as what
       from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace, aclexplode(t.attacl) a
       where n.nspname = any($1) and (a.grantee = 0 or ${others})) s
     group by nspname, relname, who, what order by 1`,
  ],
  [
    "functions",
    `select format('%I.%I(%s) %s %s%s: %s', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), l.lanname,
       case when p.prosecdef then 'SECURITY DEFINER' else 'invoker' end, case when p.proleakproof then ' LEAKPROOF' else '' end,
       coalesce((select string_agg(distinct case when a.grantee = 0 then 'EVERYBODY' else pg_get_userbyid(a.grantee)::text end, ', ')
         from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0 or ${others}), 'nobody')) as line
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
     where n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
  ],
  [
    "triggers, views, extensions, default rights",
    `select line from (
       select format('trigger %I on %s%s', tgname, tgrelid::regclass, case when tgenabled = 'O' then '' else ' OFF' end) as line
         from pg_trigger where not tgisinternal
       union all select format('view %I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'v' and n.nspname not in ('pg_catalog', 'information_schema')
       union all select format('extension %I', extname) from pg_extension
       union all select format('event trigger %I', evtname) from pg_event_trigger
       union all select format('default rights %s', defaclacl) from pg_default_acl) s order by 1`,
  ],
];
