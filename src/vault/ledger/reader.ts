/**
 * Entries as people read them. What an entry says is shown only when the signed tree has that very body at that place;
 * one that does not hold is shown as altered and itself reported in the ledger, once.
 */
import { systemScope, type Database, type Queryable } from "../db/database.ts";
import { alteredView, viewOf, type LedgerView } from "./entry-view.ts";
import { parseBody, type EntryBody, type EntryDraft } from "./entry.ts";
import { Findings } from "./findings.ts";
import { leafHash } from "./merkle.ts";
import type { LedgerKeys } from "./outbox.ts";
import { SignedLeaves } from "./signed-leaves.ts";
import type { LedgerTree } from "./tree.ts";
import { compareColumns, type EntryRow } from "./verify-entries.ts";
import {
  findUnindexed,
  listEntries,
  listForObject,
  openDetailsOf,
  readEntries,
  readReports,
  type EntryDetail,
  type LedgerFilter,
  type ObjectPage,
} from "./viewer.ts";

export interface ReaderOptions {
  readonly db: Database;
  readonly keys: LedgerKeys;
  /** The tree that is signed, at least as long as what was read before the call. */
  readonly signed: () => Promise<LedgerTree>;
  readonly append: (entries: readonly EntryDraft[]) => Promise<void>;
}

type Untruth = "entry_altered" | "index_missing";

export class LedgerReader {
  readonly #options: ReaderOptions;
  readonly #leaves = new SignedLeaves();
  readonly #reported = new Set<string>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  list(filter: LedgerFilter): Promise<LedgerView[]> {
    return this.#show((db) => listEntries(db, filter));
  }

  forObject(objectId: string, page: ObjectPage): Promise<LedgerView[]> {
    return this.#show((db) => listForObject(db, objectId, page));
  }

  async openDetails(positions: readonly number[]): Promise<Map<number, EntryDetail>> {
    const rows = await this.#read((db) => readEntries(db, positions));
    const bodies = await this.#believed(rows);
    return this.#read((db) => openDetailsOf(db, this.#options.keys, bodies));
  }

  async #show(find: (db: Queryable) => Promise<EntryRow[]>): Promise<LedgerView[]> {
    const rows = await this.#read(find);
    const bodies = await this.#believed(rows);
    const untrue = rows.filter((row) => {
      const body = bodies.get(Number(row.position));
      if (body === undefined) return true;
      // The columns only find: a changed one hides an entry, and what is shown is the body.
      const findings = new Findings(0);
      compareColumns(row, body, findings);
      return findings.count > 0;
    });
    await this.#report(
      "entry_altered",
      untrue.map(({ id }) => id),
    );
    const unindexed = await this.#read((db) => findUnindexed(db, bodies));
    await this.#report("index_missing", unindexed);
    return rows.map((row) => {
      const position = Number(row.position);
      const body = bodies.get(position);
      return body === undefined ? alteredView(position, row.id, row.at) : viewOf(position, body);
    });
  }

  /** The bodies that the signed tree has, by position. */
  async #believed(rows: readonly Pick<EntryRow, "position" | "body">[]): Promise<Map<number, EntryBody>> {
    if (rows.length === 0) return new Map();
    const tree = await this.#options.signed();
    const positions = rows.map(({ position }) => Number(position));
    const leaves = await this.#read((db) => this.#leaves.read(db, tree, positions));
    return new Map(
      rows.flatMap(({ position, body }): [number, EntryBody][] => {
        const holds = leaves.get(Number(position))?.equals(leafHash(body)) === true;
        return holds ? [[Number(position), parseBody(body)]] : [];
      }),
    );
  }

  async #report(problem: Untruth, ids: readonly string[]): Promise<void> {
    const fresh = [...new Set(ids)].filter((id) => !this.#reported.has(`${problem} ${id}`));
    if (fresh.length === 0) return;
    const told = await this.#believed(await this.#read((db) => readReports(db, fresh)));
    const known = new Set([...told.values()].flatMap((body) => (body.problem === problem ? (body.listed ?? []) : [])));
    const unknown = fresh.filter((id) => !known.has(id) && !this.#reported.has(`${problem} ${id}`));
    for (const id of fresh) this.#reported.add(`${problem} ${id}`);
    if (unknown.length === 0) return;
    const actor = { kind: "system" } as const;
    await this.#options.append([
      {
        action: "ledger.tampering",
        at: new Date(),
        actor,
        listedIds: unknown.slice(0, 1000),
        result: "refused",
        problem,
      },
    ]);
  }

  #read<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.#options.db.tx(systemScope("ledger"), work);
  }
}
