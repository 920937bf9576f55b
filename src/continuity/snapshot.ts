// The whole company at one moment: all tables of the product out of one repeatable-read transaction, and the key store's
// file that belongs to them. Whatever was acknowledged before it began is in it; people go on working meanwhile.
import { readFile } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";
import { copyOut } from "../vault/db/copy.ts";
import { type Database, systemScope } from "../vault/db/database.ts";
import type { Counting } from "./counting.ts";
import type { BackupHead, BackupManifest, PartStart } from "./backup-format.ts";

/** One table, or the store key's file. `weight`: about how many bytes, for progress. */
export interface Part extends PartStart {
  readonly weight: number;
  /** Throws at its end when it did not give as many rows as the database says. */
  read(counting: Counting): AsyncIterable<Buffer>;
}

export interface Snapshot {
  readonly migrations: BackupHead["migrations"];
  readonly ledger: BackupManifest["ledger"];
  /** To be read one after the other. */
  readonly parts: readonly Part[];
  /** Also when parts were not read to their end. */
  close(): Promise<void>;
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly weight: number;
  readonly readable: boolean;
  readonly columns: readonly string[];
}

/** All tables of the product's schemas, also those that later versions make. Computed columns are computed again. */
const tables = `
  select n.nspname as schema, c.relname as name, pg_table_size(c.oid)::float8 as weight,
    has_table_privilege(c.oid, 'select') as readable,
    array(select a.attname::text from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('vault', 'keys', 'office') and c.relkind in ('r', 'p') and not c.relispartition
  order by n.nspname, c.relname`;

/** The settings under which values have one text each, here and where they are read again. */
export const plainText = `set local datestyle = 'ISO, YMD'; set local intervalstyle = 'iso_8601'; set local timezone = 'UTC';
  set local extra_float_digits = 1; set local bytea_output = 'hex'; set local client_encoding = 'UTF8'`;

/** Throws when a table of the product cannot be read: a backup is whole, or there is none. */
export async function openSnapshot(db: Database, keystore: string): Promise<Snapshot> {
  const client = await db.connectForCopy();
  // Told by the statement under way, too.
  client.on("error", () => undefined);
  try {
    // Key store files are made and destroyed only while this lock is held: now, none.
    await client.query("select pg_advisory_lock(hashtext('strongroom keys'))");
    await client.query(`begin isolation level repeatable read, read only; ${plainText}`);
    await client.query("select set_config('strongroom.actor', $1, true), set_config('strongroom.all', '1', true)", [
      systemScope("backup").actor,
    ]);
    const found = (await client.query<Table>(tables)).rows;
    const locked = found.filter(({ readable }) => !readable).map(({ schema, name }) => `${schema}.${name}`);
    if (locked.length > 0) throw new Error(`the vault may not read ${locked.join(", ")}`);
    const stores = await client.query<{ id: string }>(
      "select distinct store_key_id::text as id from keys.key_encryption_key order by 1",
    );
    const files = await Promise.all(stores.rows.map(({ id }) => storeFile(keystore, id)));
    await client.query("select pg_advisory_unlock(hashtext('strongroom keys'))");
    const { rows: migrations } = await client.query<{ name: string; hash: string }>(
      "select name, hash from vault.migration order by name",
    );
    const { rows: checkpoints } = await client.query<{ size: string; root: string; note: string }>(
      "select size::float8 as size, encode(root, 'base64') as root, note from vault.ledger_checkpoint order by size desc limit 1",
    );
    const [newest] = checkpoints;
    return {
      migrations,
      ledger: newest === undefined ? null : { ...newest, size: Number(newest.size) },
      parts: [...files, ...found.map((table) => tablePart(client, table))],
      close: () => client.end(),
    };
  } catch (error) {
    await client.end();
    throw error;
  }
}

async function storeFile(folder: string, id: string): Promise<Part> {
  const content = await readFile(path.join(folder, `${id}.key`));
  return {
    name: `keystore/${id}.key`,
    kind: "keys",
    columns: [],
    weight: content.length,
    read: async function* (counting) {
      counting.add(content);
      yield content;
    },
  };
}

function tablePart(client: pg.Client, { schema, name, weight, columns }: Table): Part {
  // Names of our own migrations, checked by the form of a part.
  const text = `copy (select ${columns.join(", ")} from ${schema}.${name}) to stdout`;
  return {
    name: `${schema}.${name}`,
    kind: schema === "keys" ? "keys" : "rows",
    columns: [...columns],
    weight,
    read: async function* (counting) {
      const copy = copyOut(client, text);
      // Its chunks are buffers: it is no stream of objects.
      for await (const chunk of copy.stream as AsyncIterable<Buffer>) {
        counting.add(chunk);
        yield chunk;
      }
      if (copy.count !== counting.rows) throw new Error(`${name} gave ${counting.rows} rows of ${copy.count}`);
    },
  };
}
