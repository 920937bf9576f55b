// What stands in the database, as one digest per table: a refused request must leave all of them as they were, but for
// the ledger, who was seen when, and counts of wrong guesses.
import type pg from "pg";

/** Tables that a refusal may write to: its entry, and that somebody was there. */
const mayChange = /^(vault\.ledger_|vault\.presence$|vault\.guess_count$)/u;

export class DatabaseState {
  readonly #pool: pg.Pool;
  #query: string | undefined;
  /** How many tables are looked at. */
  tables = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Digest of every table by its name. */
  async read(options: { readonly but?: readonly string[] } = {}): Promise<Readonly<Record<string, string>>> {
    this.#query ??= await this.#prepare();
    const { rows } = await this.#pool.query<{ name: string; digest: string }>(this.#query);
    const looked = rows.filter(({ name }) => !options.but?.includes(name));
    return Object.fromEntries(looked.map(({ name, digest }) => [name, digest]));
  }

  async #prepare(): Promise<string> {
    const { rows } = await this.#pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
       where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
    );
    const names = rows.map(({ name }) => name).filter((name) => !mayChange.test(name));
    this.tables = names.length;
    return names
      .map(
        (name) =>
          `select '${name}' as name, md5(coalesce(string_agg(t::text, e'\\n' order by t::text), '')) as digest from ${name} t`,
      )
      .join(" union all ");
  }
}

export interface LedgerRow {
  readonly ip: string | null;
  readonly action: string;
  readonly result: string;
  readonly problem: string | null;
  readonly person: string | null;
}

/** Every entry written so far, sequenced or not. */
export async function ledgerRows(pool: pg.Pool): Promise<LedgerRow[]> {
  const { rows } = await pool.query<LedgerRow>(
    `select b->'actor'->>'ip' as ip, b->>'action' as action, b->>'result' as result, b->>'problem' as problem,
       b->'actor'->>'person' as person
     from (select body::jsonb as b from vault.ledger_entry union all select body::jsonb from vault.ledger_outbox) as e`,
  );
  return rows;
}
