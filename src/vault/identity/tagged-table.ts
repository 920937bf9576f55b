// Reading and writing of identity's tables: every row read has its keyed tag checked, every row written gets a new one,
// and each write returns the change that belongs into the ledger.
import { Problem } from "../../contract/problem.ts";
import type { Queryable, Tx } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { RowChange } from "../ledger/entry.ts";

export type ColumnValue = string | number | boolean | Date | Buffer | null;

export interface BaseRow {
  readonly id: string;
  readonly version: number;
}

/** A row as it lies in the table; `tag` belongs to exactly these values. */
export type Stored<Row> = Row & { readonly tag: Buffer };

export interface Written<Row> {
  readonly row: Stored<Row>;
  readonly change: RowChange;
}

type Columns<Row> = { readonly [K in keyof Omit<Row, keyof BaseRow>]-?: string };

export class TaggedTable<Row extends BaseRow & { readonly [K in keyof Row]: ColumnValue }> {
  readonly #keyring: Pick<Keyring, "tag" | "verifyTag">;
  readonly #table: string;
  readonly #columns: readonly (readonly [key: string, column: string])[];

  /** `columns` names the column of each member; all of them are covered by the tag, in this order. */
  constructor(keyring: Pick<Keyring, "tag" | "verifyTag">, table: string, columns: Columns<Row>) {
    this.#keyring = keyring;
    this.#table = table;
    this.#columns = Object.entries<string>(columns);
  }

  /** Rows that fit an SQL condition. Throws TagBroken when one of them was not written by the vault. */
  async find(queryable: Queryable, condition: string, values: readonly unknown[]): Promise<Stored<Row>[]> {
    const list = this.#columns.map(([key, column]) => `${column} as "${key}"`).join(", ");
    // The columns are those of Row by construction; their values are checked by the tag.
    const rows = await queryable.query<Stored<Row>>(
      `select id, version, ${list}, tag from vault.${this.#table} where ${condition}`,
      values,
    );
    for (const row of rows) this.#keyring.verifyTag(this.#table, this.#fields(row), row.tag);
    return rows;
  }

  async insert(tx: Tx, values: Omit<Row, "version">): Promise<Written<Row>> {
    // Row is exactly `values` with a version.
    const row = { ...values, version: 1 } as unknown as Row;
    const tag = this.#keyring.tag(this.#table, this.#fields(row));
    const names = ["id", "version", ...this.#columns.map(([, column]) => column), "tag"];
    const places = names.map((_, index) => `$${index + 1}`);
    await tx.query(`insert into vault.${this.#table} (${names.join(", ")}) values (${places.join(", ")})`, [
      row.id,
      1,
      ...this.#values(row),
      tag,
    ]);
    return { row: { ...row, tag }, change: { table: this.#table, id: row.id, version: 1, tag } };
  }

  /** Throws Problem `conflict` when the row has changed since it was read. */
  async update(tx: Tx, old: Stored<Row>, patch: Partial<Omit<Row, keyof BaseRow>>): Promise<Written<Row>> {
    const row = { ...old, ...patch, version: old.version + 1 };
    const tag = this.#keyring.tag(this.#table, this.#fields(row));
    const sets = this.#columns.map(([, column], index) => `${column} = $${index + 5}`);
    const updated = await tx.query(
      `update vault.${this.#table} set version = $3, tag = $4, ${sets.join(", ")} where id = $1 and version = $2 and tag = $${this.#columns.length + 5} returning id`,
      [old.id, old.version, row.version, tag, ...this.#values(row), old.tag],
    );
    if (updated.length !== 1) throw new Problem("conflict");
    return {
      row: { ...row, tag },
      change: { table: this.#table, id: row.id, version: row.version, tag, oldVersion: old.version, oldTag: old.tag },
    };
  }

  #values(row: Row): ColumnValue[] {
    // Keys come from Columns<Row>.
    const values = row as unknown as Record<string, ColumnValue>;
    return this.#columns.map(([key]) => values[key] ?? null);
  }

  #fields(row: Row): (string | number | boolean | null | Uint8Array)[] {
    return [
      row.id,
      row.version,
      ...this.#values(row).map((value) => (value instanceof Date ? value.toISOString() : value)),
    ];
  }
}
