/**
 * The sequencer: moves entries from the outbox into the ledger in one transaction per step, with positions that have
 * no gaps, and signs a checkpoint over each step. A kill at any moment leaves either the whole step or nothing of it.
 */
import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { systemScope, type Database, type Queryable } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { GENESIS_ACTION, parseBody, prepareEntry, type EntryDraft, type PreparedEntry } from "./entry.ts";
import { foldRows, LedgerBroken, loadLedgerState, type LedgerState } from "./ledger-state.ts";
import type { LtHash } from "./lt-hash.ts";
import { leafHash } from "./merkle.ts";
import { formatVerifier } from "./note.ts";
import { INSERT_OUTBOX, outboxTagHolds, outboxValues, type LedgerKeys } from "./outbox.ts";
import {
  insertEntries,
  insertObjects,
  insertTiles,
  SELECT_OUTBOX,
  STEP_ENTRIES,
  type OutboxRow,
  type Sequenced,
} from "./sequence-sql.ts";
import { LedgerTree, type Tile } from "./tree.ts";

/** For so many steps an entry is remembered as seen, should the news of its commit reach us after the step that moved it. */
const REMEMBERED_STEPS = 8;
/** After so many entries or row changes the LtHash state is stored, which bounds the work of a start. */
const SAVE_ROWS_EVERY = 4096;
/** The event loop gets its turn after so much work: appends must not wait for a step. */
const SLICE_MS = 1;

export class Sequencer {
  readonly #db: Database;
  readonly #keys: LedgerKeys;
  readonly #publicKey: Buffer;
  #state: LedgerState | undefined;
  /** Entries known to be durable in the outbox and not yet seen in a step, with the leaf each must have. */
  readonly #owed = new Map<string, Buffer>();
  #seen: ReadonlySet<string>[] = [];
  /** Up to this position every entry was seen. */
  #known = 0;
  #step: Promise<void> = Promise.resolve();

  constructor(db: Database, keys: LedgerKeys) {
    this.#db = db;
    this.#keys = keys;
    this.#publicKey = keys.signingKey().publicKey;
  }

  /** The newest checkpoint; undefined before the first step. */
  get note(): string | undefined {
    return this.#state?.note;
  }

  /** The key that verifies our checkpoints, undefined before the first step. */
  get verifier(): string | undefined {
    const origin = this.#state?.origin;
    return origin === undefined ? undefined : formatVerifier({ name: origin, publicKey: this.#publicKey });
  }

  /** These are committed to the outbox: a step that does not find them says so in the ledger. */
  owe(entries: readonly PreparedEntry[]): void {
    for (const { id, leaf } of entries) if (!this.#seen.some((seen) => seen.has(id))) this.#owed.set(id, leaf);
  }

  /** Sequences all that was committed before the call. Throws LedgerBroken when the database holds another ledger than ours. */
  run(): Promise<void> {
    const next = this.#step.then(async () => {
      while (!(await this.#once()));
    });
    this.#step = next.catch(() => undefined);
    return next;
  }

  /** Lets `work` run between two steps, with the tree as it is signed: the database's entries are those and no others. */
  between<T>(work: (tree: LedgerTree) => Promise<T>): Promise<T> {
    const next = this.#step.then(() => work(this.#state?.tree.clone() ?? new LedgerTree()));
    this.#step = next.then(
      () => undefined,
      () => undefined,
    );
    return next;
  }

  /** One step; true when nothing that was committed before it is left. */
  async #once(): Promise<boolean> {
    const before = this.#state;
    try {
      const step = await this.#db.tx(systemScope("ledger"), (tx) => this.#move(tx));
      this.#state = step.state;
      this.#remember(step.seen);
      this.#known = step.state.tree.size;
      return step.drained;
    } catch (error) {
      // The commit may have happened or not: read again what is there, and forget only what is known to be there.
      this.#state = undefined;
      this.#known = Math.min(this.#known, before?.tree.size ?? 0);
      throw error;
    }
  }

  /** Entries that reached the ledger without our knowing: after an error, or by another vault. */
  async #catchUp(tx: Queryable, size: number): Promise<void> {
    if (this.#known < size && this.#owed.size > 0) {
      const rows = await tx.query<{ id: string }>("select id from vault.ledger_entry where position >= $1::bigint", [
        this.#known,
      ]);
      this.#remember(rows.map((row) => row.id));
    }
    this.#known = size;
  }

  #remember(ids: readonly string[]): void {
    for (const id of ids) this.#owed.delete(id);
    if (ids.length > 0) this.#seen = [new Set(ids), ...this.#seen.slice(0, REMEMBERED_STEPS - 1)];
  }

  async #move(tx: Queryable): Promise<{ state: LedgerState; seen: string[]; drained: boolean }> {
    await tx.query("select pg_advisory_xact_lock(hashtext('strongroom.ledger'))");
    const state = await this.#current(tx);
    await this.#catchUp(tx, state.tree.size);
    const due = [...this.#owed.keys()];
    const rows = await tx.query<OutboxRow>(SELECT_OUTBOX);
    const drained = rows.length < STEP_ENTRIES && rows.length === (rows[0]?.available ?? 0);
    const seen = rows.map((row) => row.id);
    const { good, forged } = await this.#judge(rows, await this.#already(tx, rows));
    const reports = forged.map((row) => tampering("outbox_forged", [row.id]));
    if (drained) {
      const found = new Set(seen);
      const missing = due.filter((id) => !found.has(id));
      if (missing.length > 0) reports.push(tampering("outbox_missing", missing));
      seen.push(...missing);
    }
    if (forged.length > 0)
      await tx.query("delete from vault.ledger_outbox where seq = any($1::bigint[])", [forged.map((row) => row.seq)]);
    const origin = state.origin ?? `strongroom.ledger/${randomBytes(16).toString("hex")}`;
    if (state.tree.size === 0)
      good.unshift(await this.#addOwn(tx, genesis(), formatVerifier({ name: origin, publicKey: this.#publicKey })));
    for (const report of reports) good.push(await this.#addOwn(tx, report));
    if (good.length === 0) return { state, seen, drained };
    return { state: await this.#extend(tx, state, origin, good), seen, drained };
  }

  /** The state in memory, if the database is still at it; else what the database has, which must be ours and not shorter. */
  async #current(tx: Queryable): Promise<LedgerState> {
    const state = this.#state;
    const [last] = await tx.query<{ size: string | null }>("select max(size) as size from vault.ledger_checkpoint");
    const size = Number(last?.size ?? 0);
    if (state !== undefined && size === state.tree.size) return state;
    if (state !== undefined && size < state.tree.size) {
      throw new LedgerBroken(`the ledger had ${state.tree.size} entries under signature and now has ${size}`);
    }
    return loadLedgerState(tx, this.#publicKey);
  }

  /** Ids of rows we do not remember writing that stand in the ledger already. */
  async #already(tx: Queryable, rows: readonly OutboxRow[]): Promise<Set<string>> {
    const strange = rows.filter((row) => !this.#owed.has(row.id)).map((row) => row.id);
    if (strange.length === 0) return new Set();
    const found = await tx.query<{ id: string }>("select id from vault.ledger_entry where id = any($1::uuid[])", [
      strange,
    ]);
    return new Set(found.map((row) => row.id));
  }

  async #judge(rows: readonly OutboxRow[], taken: Set<string>): Promise<{ good: Sequenced[]; forged: OutboxRow[] }> {
    const good: Sequenced[] = [];
    const forged: OutboxRow[] = [];
    let since = performance.now();
    for (const row of rows) {
      const leaf = leafHash(row.body);
      // What this process wrote it recognises; what an earlier one wrote is known by its tag.
      const holds = this.#owed.get(row.id)?.equals(leaf) ?? outboxTagHolds(this.#keys, row.id, leaf, row.tag);
      const body = holds && !taken.has(row.id) ? parseBody(row.body) : undefined;
      if (body?.id !== row.id || body.sealed?.hash !== row.sealed_hash?.toString("base64")) forged.push(row);
      else {
        good.push({ seq: row.seq, body, leaf });
        taken.add(row.id);
      }
      if (performance.now() - since > SLICE_MS) {
        await nextTurn();
        since = performance.now();
      }
    }
    return { good, forged };
  }

  async #addOwn(tx: Queryable, draft: EntryDraft, key?: string): Promise<Sequenced> {
    const entry = prepareEntry(uuidv7(), draft, undefined, key);
    const [row] = await tx.query<{ seq: string }>(`${INSERT_OUTBOX} returning seq`, outboxValues(this.#keys, [entry]));
    if (row === undefined) throw new Error("the outbox took no entry");
    return { seq: row.seq, body: parseBody(entry.body), leaf: entry.leaf };
  }

  async #extend(
    tx: Queryable,
    state: LedgerState,
    origin: string,
    entries: readonly Sequenced[],
  ): Promise<LedgerState> {
    const from = state.tree.size;
    const tree = state.tree.clone();
    const rows = state.rows.clone();
    const { tiles, touched } = await grow(tree, rows, entries);
    await insertEntries(tx, from, entries);
    await insertObjects(tx, from, entries);
    if (tiles.length > 0) await insertTiles(tx, tiles);
    const root = tree.root();
    const rowRoot = rows.digest();
    const signing = this.#keys.signingKey();
    const note = signCheckpoint(
      { origin, size: tree.size, root, rowRoot },
      { name: origin, publicKey: this.#publicKey, sign: (data) => signing.sign(data) },
    );
    await tx.query("insert into vault.ledger_checkpoint (size, root, row_root, note, at) values ($1, $2, $3, $4, $5)", [
      tree.size,
      root,
      rowRoot,
      note,
      new Date(),
    ]);
    const unsavedRows = state.unsavedRows + touched;
    const save = unsavedRows >= SAVE_ROWS_EVERY || tree.size - state.savedAt >= SAVE_ROWS_EVERY;
    if (save)
      await tx.query("insert into vault.ledger_row_state (size, state) values ($1, $2)", [tree.size, rows.bytes()]);
    return { origin, tree, rows, note, unsavedRows: save ? 0 : unsavedRows, savedAt: save ? tree.size : state.savedAt };
  }
}

async function grow(
  tree: LedgerTree,
  rows: LtHash,
  entries: readonly Sequenced[],
): Promise<{ tiles: Tile[]; touched: number }> {
  const tiles: Tile[] = [];
  let touched = 0;
  let since = performance.now();
  for (const { body, leaf } of entries) {
    tiles.push(...tree.append(leaf));
    touched += foldRows(rows, body.rows);
    if (performance.now() - since > SLICE_MS) {
      await nextTurn();
      since = performance.now();
    }
  }
  return { tiles, touched };
}

function genesis(): EntryDraft {
  return { action: GENESIS_ACTION, at: new Date(), actor: { kind: "system" }, result: "ok" };
}

/** Somebody else wrote to the outbox or emptied it: the ledger itself says so. */
function tampering(problem: "outbox_forged" | "outbox_missing", ids: readonly string[]): EntryDraft {
  return {
    action: "ledger.tampering",
    at: new Date(),
    actor: { kind: "system" },
    result: "refused",
    problem,
    listedIds: ids.filter((id) => /^[0-9a-f-]{36}$/.test(id)).slice(0, 1000),
  };
}
