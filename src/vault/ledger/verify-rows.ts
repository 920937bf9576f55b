/**
 * The rows as the ledger tells them: every change must start from the version and tag that the change before left, and
 * the tables must hold exactly the rows that result. Kept in a private temporary SQLite database, so that memory stays
 * bounded at any number of rows; it holds ids, versions and tags only.
 */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { BodyRow } from "./entry.ts";
import { LtHash, rowElement } from "./lt-hash.ts";
import type { Findings } from "./findings.ts";
import type { LedgerQuery } from "./verify.ts";

/** A table whose rows carry a tag. Names are SQL of our own making, never input. */
export interface TaggedTable {
  /** The name in row changes. */
  table: string;
  /** What to select from; the default is the table in schema vault. */
  from?: string;
  id?: string;
  version?: string;
  tag?: string;
}

const BATCH = 2000;

interface Known {
  version: number;
  tag: string;
}

export class RowBook {
  readonly #sqlite = new DatabaseSync("");
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #forget: StatementSync;
  readonly #page: StatementSync;
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#sqlite.exec(`pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -32000;
      create table row (name text, id text, version integer, tag text, primary key (name, id)) without rowid; begin`);
    this.#find = this.#sqlite.prepare("select version, tag from row where name = ? and id = ?");
    this.#put = this.#sqlite.prepare("insert or replace into row values (?, ?, ?, ?)");
    this.#forget = this.#sqlite.prepare("delete from row where name = ? and id = ?");
    this.#page = this.#sqlite.prepare(
      "select id, version, tag from row where name = ? and id > ? and id <= ? order by id limit ?",
    );
  }

  /** Follows one change; `where` names the entry in a finding. */
  apply(change: BodyRow, position: number | undefined): void {
    const [table, id, oldVersion, oldTag, version, tag] = change;
    const known = this.#find.get(table, id) as Known | undefined; // the columns selected
    const expected = known === undefined ? "no row" : `version ${known.version}`;
    const told = oldVersion === null ? "no row" : `version ${oldVersion}`;
    if (known?.version !== (oldVersion ?? undefined) || known?.tag !== (oldTag ?? undefined)) {
      this.#findings.add(
        "row_chain",
        `the change starts from ${told}, the ledger knows ${expected}${told === expected ? " with another tag" : ""}`,
        {
          ...(position !== undefined && { position }),
          table,
          id,
        },
      );
    }
    if (version !== null && version <= (oldVersion ?? 0)) {
      this.#findings.add("row_chain", `version ${version} does not follow ${told}`, {
        ...(position !== undefined && { position }),
        table,
        id,
      });
    }
    if (version === null || tag === null) this.#forget.run(table, id);
    else this.#put.run(table, id, version, tag);
  }

  /** Names of the tables the ledger knows rows of. */
  tables(): string[] {
    return this.#sqlite
      .prepare("select distinct name from row order by name")
      .all()
      .map((row) => String(row["name"]));
  }

  /** The LtHash over all rows that the ledger tells of. */
  hash(): LtHash {
    const hash = new LtHash();
    for (const row of this.#sqlite.prepare("select name, id, version, tag from row").iterate()) {
      hash.add(
        rowElement(
          String(row["name"]),
          String(row["id"]),
          Number(row["version"]),
          Buffer.from(String(row["tag"]), "base64"),
        ),
      );
    }
    return hash;
  }

  /** Compares one table with the book and folds its rows into `hash`. Returns the number of rows looked at. */
  async compare(query: LedgerQuery, tagged: TaggedTable, hash: LtHash): Promise<number> {
    const { table, from = `vault.${table}`, id = "id", version = "version", tag = "tag" } = tagged;
    let after = "00000000-0000-0000-0000-000000000000";
    let looked = 0;
    let inclusive = true;
    for (;;) {
      const rows = await query<{ id: string; version: string | null; tag: Buffer | null }>(
        `select ${id}::text as id, ${version}::bigint as version, ${tag} as tag from ${from} where ${id} ${inclusive ? ">=" : ">"} $1::uuid order by ${id} limit ${BATCH}`,
        [after],
      );
      inclusive = false;
      const last = rows.length < BATCH ? undefined : rows.at(-1)?.id;
      this.#compareBatch(table, after, last ?? "g", rows, hash, looked === 0);
      looked += rows.length;
      if (last === undefined) return looked;
      after = last;
    }
  }

  #compareBatch(
    table: string,
    after: string,
    upTo: string,
    rows: readonly { id: string; version: string | null; tag: Buffer | null }[],
    hash: LtHash,
    first: boolean,
  ): void {
    const present = new Set<string>();
    for (const row of rows) {
      const tag = row.tag ?? Buffer.alloc(0);
      present.add(row.id);
      hash.add(rowElement(table, row.id, Number(row.version), tag));
      const known = this.#find.get(table, row.id) as Known | undefined; // the columns selected
      const at = { table, id: row.id };
      if (known === undefined) this.#findings.add("row_unlogged", "this row was never logged", at);
      else if (known.version !== Number(row.version)) {
        this.#findings.add("row_version", `the table has version ${row.version}, the ledger ${known.version}`, at);
      } else if (known.tag !== tag.toString("base64"))
        this.#findings.add("row_tag", `version ${known.version} has another tag than the ledger says`, at);
    }
    let from = first ? "" : after;
    for (;;) {
      const expected = this.#page.all(table, from, upTo, BATCH) as { id: string }[]; // the columns selected
      for (const { id } of expected) {
        if (!present.has(id))
          this.#findings.add("row_missing", "the ledger knows this row, the table has lost it", { table, id });
      }
      if (expected.length < BATCH) return;
      from = expected.at(-1)?.id ?? upTo;
    }
  }

  close(): void {
    this.#sqlite.close();
  }
}

/** Every table of the schemas vault and keys with a uuid `id`, a `version` and a bytea `tag`. A table that was hidden from this is missed by name, because the ledger knows its rows. */
export async function discoverTables(query: LedgerQuery, known: readonly string[]): Promise<TaggedTable[]> {
  const found = await query<{ schema: string; name: string; source: string }>(
    `select n.nspname as schema, c.relname as name, format('%I.%I', n.nspname, c.relname) as source
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname in ('vault', 'keys') and (
       select count(*) from pg_catalog.pg_attribute a where a.attrelid = c.oid and not a.attisdropped and (
         (a.attname = 'id' and a.atttypid = 'uuid'::regtype) or (a.attname = 'tag' and a.atttypid = 'bytea'::regtype) or a.attname = 'version')
     ) = 3 order by 1, 2`,
  );
  return found.map(({ schema, name, source }) => {
    const full = `${schema}.${name}`;
    if (known.includes(full) || schema !== "vault") return { table: full, from: source };
    // Records are logged under the key of their object; their tables are named record_<key>.
    return { table: name.replace(/^record_/, ""), from: source };
  });
}
