/**
 * Compares the rows that decide about people and rights with what the ledger tells of them, before a start loads any
 * and every minute afterwards. A row put back whole to an older state carries a genuine tag; only the ledger knows that
 * it is old. What does not fit is not believed any more: its tag is refused from then on. The entries themselves are
 * believed only as far as they hash to the signed root.
 */
import type pg from "pg";
import { type Database, systemScope } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";
import { parseBody, type EntryDraft } from "./entry.ts";
import { LedgerBroken } from "./ledger-state.ts";
import type { Ledger } from "./ledger.ts";
import { leafHash } from "./merkle.ts";
import { type LedgerKeys, outboxTagHolds } from "./outbox.ts";
import { SeenRowsFile, type SeenRow, type SeenRows } from "./seen-rows.ts";
import { LedgerTree } from "./tree.ts";

/** Tables by their name in row changes. Customers' rows are many and decide nothing: the offline verifier has those. */
const watchedTables: Readonly<Record<string, string>> = {
  user: "vault.record_user",
  department: "vault.record_department",
  role: "vault.role",
  role_member: "vault.role_member",
  field_definition: "vault.field_definition",
  person_credential: "vault.person_credential",
  device: "vault.device",
  session: "vault.session",
  invitation: "vault.invitation",
  import_job: "vault.import_job",
};

/** A finding: an older or unknown row stands in the table, none where the ledger has one, or the whole ledger is older than it was. */
export interface UntrueRow {
  readonly table: string;
  readonly id: string;
  readonly what: "changed" | "missing" | "older";
}

export interface RowWatchOptions {
  readonly db: Database;
  readonly keyring: Pick<Keyring, "distrust" | "tag"> & LedgerKeys;
  readonly ledger: Pick<Ledger, "between">;
  /** Makes entries durable in the ledger. */
  readonly report: (entries: readonly EntryDraft[]) => Promise<void>;
  /** By their name in row changes; those of people and rights by default. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Where the vault keeps what the database's superuser cannot reach. */
  readonly folder: string;
}

/** Stands for the whole ledger, which has no id. */
const nobody = "00000000-0000-0000-0000-000000000000";
const everyMs = 60_000;
const batch = 1000;
/** After so many entries the file is written anew, which bounds what a start after a kill reads. */
const saveEvery = 4096;

export class RowWatch {
  readonly #options: RowWatchOptions;
  readonly #tables: ReadonlyMap<string, string>;
  readonly #file: SeenRowsFile;
  readonly #reported = new Set<string>();
  /** What is taken in so far; undefined before the first check. */
  #seen: SeenRows | undefined;
  #savedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<unknown> = Promise.resolve();

  constructor(options: RowWatchOptions) {
    this.#options = options;
    this.#tables = new Map(Object.entries(options.tables ?? watchedTables));
    this.#file = new SeenRowsFile(options.folder, options.keyring);
  }

  /**
   * Reads the entries since the last check and all watched rows in one snapshot. Rows that do not fit are distrusted
   * and entered in the ledger, once each; gives those that are new. Without a file all entries are read, about 100,000
   * a second. Throws LedgerBroken when the entries are not those that were signed.
   */
  async check(): Promise<UntrueRow[]> {
    const untrue = await this.#options.ledger.between((signed) => this.#look(signed));
    await this.#options.report(entriesOf(untrue));
    if (this.#seen && this.#seen.tree.size - this.#savedAt >= saveEvery) await this.#save(this.#seen);
    return untrue;
  }

  /** Checks every minute; `found` hears of new rows that do not fit, `failed` of a check that could not be made. */
  start(found: (rows: readonly UntrueRow[]) => void, failed: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.#checking = this.#checking
        .then(() => this.check())
        .then((rows) => {
          if (rows.length > 0) found(rows);
        })
        .catch(failed);
    }, everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#checking;
    if (this.#seen) await this.#save(this.#seen);
  }

  async #look(signed: LedgerTree): Promise<UntrueRow[]> {
    const untrue: UntrueRow[] = [];
    const client = await this.#options.db.connect();
    try {
      await client.query("begin isolation level repeatable read read only");
      await client.query("select set_config('strongroom.actor', $1, true), set_config('strongroom.all', '1', true)", [
        systemScope("rows").actor,
      ]);
      let next: SeenRows | undefined;
      if (this.#seen === undefined) {
        const kept = await this.#file.load();
        next = kept && (await this.#follow(client, kept, signed));
        if (kept && next) this.#savedAt = kept.tree.size;
        if (kept && !next) untrue.push({ table: "ledger_entry", id: nobody, what: "older" });
      }
      next ??= await this.#follow(client, this.#seen ?? { tree: new LedgerTree(), rows: new Map() }, signed);
      if (!next) throw new LedgerBroken("entries in the database are not those that were signed");
      this.#seen = next;
      const rows = new Map(next.rows);
      for (const body of await this.#waiting(client)) this.#take(rows, body);
      for (const [table, source] of this.#tables) {
        const found = await client.query<TableRow>(`select id, version, tag from ${source}`);
        untrue.push(...this.#compare(table, found.rows, rows));
      }
    } finally {
      await client.end();
    }
    return untrue;
  }

  /** Takes in all entries after `from`; undefined when they do not lead to the signed root, so that none is believed. */
  async #follow(client: pg.ClientBase, from: SeenRows, signed: LedgerTree): Promise<SeenRows | undefined> {
    const tree = from.tree.clone();
    const rows = new Map(from.rows);
    while (tree.size < signed.size) {
      const { rows: entries } = await client.query<{ body: string }>(
        `select body from vault.ledger_entry where position >= $1 and position < $2 order by position limit ${batch}`,
        [tree.size, signed.size],
      );
      if (entries.length === 0) return undefined;
      for (const { body } of entries) {
        tree.append(leafHash(body));
        this.#take(rows, body);
      }
    }
    return tree.size === signed.size && tree.root().equals(signed.root()) ? { tree, rows } : undefined;
  }

  /** What the vault wrote and the sequencer has not moved yet. */
  async #waiting(client: pg.ClientBase): Promise<string[]> {
    const { rows } = await client.query<{ id: string; body: string; tag: Buffer }>(
      "select id, body, tag from vault.ledger_outbox order by seq",
    );
    return rows
      .filter(({ id, body, tag }) => outboxTagHolds(this.#options.keyring, id, leafHash(body), tag))
      .map(({ body }) => body);
  }

  #compare(table: string, rows: readonly TableRow[], seen: SeenRows["rows"]): UntrueRow[] {
    const untrue: UntrueRow[] = [];
    const present = new Set<string>();
    const note = (key: string, row: UntrueRow): void => {
      if (this.#reported.has(key)) return;
      this.#reported.add(key);
      untrue.push(row);
    };
    for (const { id, version, tag } of rows) {
      const key = `${table} ${id}`;
      present.add(key);
      const known = seen.get(key);
      const text = tag.toString("base64");
      if (known?.version === version && known.tag === text) continue;
      this.#options.keyring.distrust(tag);
      note(`${key} ${text}`, { table, id, what: "changed" });
    }
    for (const key of seen.keys())
      if (key.startsWith(`${table} `) && !present.has(key))
        note(key, { table, id: key.slice(table.length + 1), what: "missing" });
    return untrue;
  }

  #take(seen: Map<string, SeenRow>, body: string): void {
    // Entries that change no row, by far the most, are not parsed.
    if (!body.includes('"rows":[[')) return;
    for (const [table, id, , , version, tag] of parseBody(body).rows ?? []) {
      if (!this.#tables.has(table)) continue;
      const key = `${table} ${id}`;
      if (version === null || tag === null) seen.delete(key);
      else seen.set(key, { version, tag });
    }
  }

  async #save(seen: SeenRows): Promise<void> {
    if (seen.tree.size === this.#savedAt) return;
    await this.#file.save(seen);
    this.#savedAt = seen.tree.size;
  }
}

interface TableRow {
  readonly id: string;
  readonly version: number;
  readonly tag: Buffer;
}

/** One entry a table, each naming at most 1000 rows. */
function entriesOf(untrue: readonly UntrueRow[]): EntryDraft[] {
  return [...Map.groupBy(untrue, ({ table }) => table)].map(([table, rows]) => ({
    action: "ledger.tampering",
    at: new Date(),
    actor: { kind: "system" },
    object: table,
    listedIds: rows.map((row) => row.id).slice(0, 1000),
    result: "refused",
    problem: table === "ledger_entry" ? "ledger_older" : "rows_changed",
  }));
}
