/**
 * Compares the rows that decide about people and rights with what the ledger tells of them, before a start loads any
 * and every minute afterwards. A row put back whole to an older state carries a genuine tag; only the ledger knows that
 * it is old. What does not fit is not believed any more: its tag is refused from then on.
 */
import type pg from "pg";
import { type Database, systemScope } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";
import { parseBody, type EntryDraft } from "./entry.ts";
import { SeenRowsFile, type SeenRow } from "./seen-rows.ts";

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
  readonly keyring: Pick<Keyring, "distrust" | "tag">;
  /** Makes entries durable in the ledger. */
  readonly report: (entries: readonly EntryDraft[]) => Promise<void>;
  /** By their name in row changes; those of people and rights by default. */
  readonly tables?: Readonly<Record<string, string>>;
  /** Where the vault keeps what the database's superuser cannot reach. */
  readonly folder: string;
}

const everyMs = 60_000;
const batch = 1000;
/** After so many entries the file is written anew, which bounds what a start after a kill reads. */
const saveEvery = 4096;

export class RowWatch {
  readonly #db: Database;
  readonly #keyring: Pick<Keyring, "distrust">;
  readonly #report: RowWatchOptions["report"];
  readonly #file: SeenRowsFile;
  readonly #tables: ReadonlyMap<string, string>;
  /** The newest rows that sequenced entries tell of. */
  #seen = new Map<string, SeenRow>();
  readonly #reported = new Set<string>();
  #size = 0;
  #last = "";
  #savedAt = 0;
  #opened = false;
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<unknown> = Promise.resolve();

  constructor({ db, keyring, report, folder, tables = watchedTables }: RowWatchOptions) {
    this.#db = db;
    this.#keyring = keyring;
    this.#report = report;
    this.#tables = new Map(Object.entries(tables));
    this.#file = new SeenRowsFile(folder, keyring);
  }

  /**
   * Reads the entries since the last check and all watched rows in one snapshot. Rows that do not fit are distrusted
   * and entered in the ledger, once each; gives those that are new. Without a file all entries are read once.
   */
  async check(): Promise<UntrueRow[]> {
    const untrue: UntrueRow[] = [];
    const client = await this.#db.connect();
    try {
      await client.query("begin isolation level repeatable read read only");
      await client.query("select set_config('strongroom.actor', $1, true), set_config('strongroom.all', '1', true)", [
        systemScope("rows").actor,
      ]);
      if (!this.#opened) untrue.push(...(await this.#open(client)));
      await this.#follow(client);
      const seen = new Map(this.#seen);
      const { rows: waiting } = await client.query<{ body: string }>(
        "select body from vault.ledger_outbox order by seq",
      );
      for (const { body } of waiting) this.#take(seen, body);
      for (const [table, source] of this.#tables) {
        const { rows } = await client.query<TableRow>(`select id, version, tag from ${source}`);
        untrue.push(...this.#compare(table, rows, seen));
      }
    } finally {
      await client.end();
    }
    await this.#report(entriesOf(untrue));
    if (this.#size - this.#savedAt >= saveEvery) await this.#save();
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
    await this.#save();
  }

  /** Takes up where the last run ended, if the ledger still has that entry. */
  async #open(client: pg.ClientBase): Promise<UntrueRow[]> {
    this.#opened = true;
    const kept = await this.#file.load();
    if (kept === undefined || kept.size === 0) return [];
    const { rows } = await client.query<{ id: string }>("select id from vault.ledger_entry where position = $1", [
      kept.size - 1,
    ]);
    if (rows[0]?.id !== kept.last) return [{ table: "ledger_entry", id: kept.last, what: "older" }];
    this.#seen = kept.rows;
    this.#size = this.#savedAt = kept.size;
    this.#last = kept.last;
    return [];
  }

  async #follow(client: pg.ClientBase): Promise<void> {
    // Entries that change no such row, by far the most, are passed over unread.
    const mentions = [...this.#tables.keys()].map((table) => `%["${table}",%`);
    for (let from = this.#size; ;) {
      const { rows } = await client.query<{ position: number; body: string }>(
        `select position, body from vault.ledger_entry where position >= $1 and body like any ($2) order by position limit ${batch}`,
        [from, mentions],
      );
      for (const { body } of rows) this.#take(this.#seen, body);
      const last = rows.at(-1);
      if (last === undefined || rows.length < batch) break;
      from = last.position + 1;
    }
    const { rows } = await client.query<{ position: number; id: string }>(
      "select position, id from vault.ledger_entry order by position desc limit 1",
    );
    const [last] = rows;
    if (last === undefined) return;
    this.#size = last.position + 1;
    this.#last = last.id;
  }

  #compare(table: string, rows: readonly TableRow[], seen: ReadonlyMap<string, SeenRow>): UntrueRow[] {
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
      this.#keyring.distrust(tag);
      note(`${key} ${text}`, { table, id, what: "changed" });
    }
    for (const key of seen.keys())
      if (key.startsWith(`${table} `) && !present.has(key))
        note(key, { table, id: key.slice(table.length + 1), what: "missing" });
    return untrue;
  }

  #take(seen: Map<string, SeenRow>, body: string): void {
    for (const [table, id, , , version, tag] of parseBody(body).rows ?? []) {
      if (!this.#tables.has(table)) continue;
      const key = `${table} ${id}`;
      if (version === null || tag === null) seen.delete(key);
      else seen.set(key, { version, tag });
    }
  }

  async #save(): Promise<void> {
    if (this.#size === this.#savedAt) return;
    await this.#file.save({ size: this.#size, last: this.#last, rows: this.#seen });
    this.#savedAt = this.#size;
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
