// Puts a backup's rows into a fresh database, as the owner of its tables and in one transaction: all of a backup whose end
// was reached and fits, or nothing. The tables are those that the backup's own migrations make.
import { writeFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { copyIn } from "../vault/db/copy.ts";
import { verifyLedger } from "../vault/ledger/verify.ts";
import type { RootKeyFile } from "../vault/keys/key-file.ts";
import type { BackupHead, BackupManifest, PartStart } from "./backup-format.ts";
import { BackupProblem } from "./backup-problem.ts";
import { readBackup } from "./read-backup.ts";
import { plainText } from "./snapshot.ts";

export interface LoadOptions {
  readonly file: string;
  readonly key: RootKeyFile;
  /** A connection of the database's administrator, to an empty database. */
  readonly admin: pg.Client;
  readonly ownerRole: string;
  /** Makes the tables as they were; throws BackupProblem `newer_version` when it does not know how. */
  readonly migrate: (migrations: BackupHead["migrations"]) => Promise<void>;
  /** An empty folder for the store key. */
  readonly keystore: string;
  readonly progress?: (share: number) => void;
}

/** Throws BackupProblem, and then has changed nothing but made empty tables. */
export async function loadBackup(options: LoadOptions): Promise<BackupManifest> {
  const { file, key, admin, ownerRole, migrate, keystore, progress } = options;
  let constraints: readonly Constraint[] = [];
  let columns = new Map<string, string>();
  const head = async ({ migrations }: BackupHead): Promise<void> => {
    await migrate(migrations);
    await admin.query(`begin; set local role ${ownerRole}; ${plainText}`);
    constraints = await openTables(admin);
    columns = await columnsOf(admin);
  };
  const part = async ({ name, columns: given }: PartStart, source: AsyncIterable<Buffer>): Promise<void> => {
    if (name.startsWith("keystore/")) {
      const content: Buffer[] = [];
      for await (const chunk of source) content.push(chunk);
      return writeFile(path.join(keystore, path.basename(name)), Buffer.concat(content), { mode: 0o600, flush: true });
    }
    // The form of a part allows no other letters in names; the tables must be those of its migrations.
    if (columns.get(name) !== given.join(", ")) throw new BackupProblem("damaged");
    await copyIn(admin, `copy ${name} (${given.join(", ")}) from stdin`, source);
  };
  try {
    const { manifest } = await readBackup(file, key, { head, part }, progress);
    await closeTables(admin, constraints);
    await admin.query("commit");
    return manifest;
  } catch (error) {
    await admin.query("rollback");
    throw error;
  }
}

/** The offline verifier over what was loaded, against the checkpoint of the manifest. Throws BackupProblem `damaged`. */
export async function verifyLoaded(admin: pg.Client, { ledger }: BackupManifest): Promise<void> {
  await admin.query("begin isolation level repeatable read, read only");
  try {
    await admin.query("set local role strongroom_audit");
    const verdict = await verifyLedger({
      // The rows of a query are what its text selects; each caller names that type.
      query: async <R>(text: string, values?: readonly unknown[]) =>
        (await admin.query(text, values && [...values])).rows as R[],
      ...(ledger !== null && { witnessed: ledger.note }),
    });
    if (!verdict.ok) {
      const first = verdict.findings[0];
      throw new BackupProblem("damaged", { cause: new Error(`${first?.kind}: ${first?.message}`) });
    }
  } finally {
    await admin.query("rollback");
  }
}

interface Constraint {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/** Rows come table by table: references are checked when all are there, and the owner may write. */
async function openTables(admin: pg.Client): Promise<Constraint[]> {
  const { rows: constraints } = await admin.query<Constraint>(
    `select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace in ('vault'::regnamespace, 'keys'::regnamespace)`,
  );
  for (const { table, name } of constraints) await admin.query(`alter table ${table} drop constraint ${name}`);
  for (const table of await tablesOf(admin)) {
    await admin.query(`alter table ${table} no force row level security, disable trigger user`);
    // What a migration has put there stands in the backup too.
    await admin.query(`delete from ${table}`);
  }
  return constraints;
}

async function closeTables(admin: pg.Client, constraints: readonly Constraint[]): Promise<void> {
  for (const { table, name, definition } of constraints)
    await admin.query(`alter table ${table} add constraint ${name} ${definition}`);
  for (const table of await tablesOf(admin))
    await admin.query(`alter table ${table} force row level security, enable trigger user`);
  const { rows: numbered } = await admin.query<{ table: string; column: string }>(
    `select c.oid::regclass::text as table, a.attname as column from pg_attribute a join pg_class c on c.oid = a.attrelid
     where a.attidentity <> '' and c.relnamespace in ('vault'::regnamespace, 'keys'::regnamespace) and c.relkind in ('r', 'p')`,
  );
  for (const { table, column } of numbered)
    await admin.query(
      `select setval(pg_get_serial_sequence($1, $2), greatest(1, (select max(${column}) from ${table})))`,
      [table, column],
    );
}

async function tablesOf(admin: pg.Client): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace in ('vault'::regnamespace, 'keys'::regnamespace) and relkind in ('r', 'p') order by 1`,
  );
  return rows.map(({ name }) => name);
}

async function columnsOf(admin: pg.Client): Promise<Map<string, string>> {
  const { rows } = await admin.query<{ name: string; columns: string }>(
    `select c.relnamespace::regnamespace::text || '.' || c.relname as name, string_agg(a.attname, ', ' order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace in ('vault'::regnamespace, 'keys'::regnamespace) and c.relkind in ('r', 'p')
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by c.oid`,
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}
