/**
 * The ledger as the rest of the vault uses it. Invariant: `append` and the transaction given to `insert` finish only
 * when the entries are durable, so that an answer sent afterwards never runs ahead of its entry.
 */
import { systemScope, type Database, type Queryable, type Tx } from "../db/database.ts";
import type { LedgerView } from "./entry-view.ts";
import type { EntryDraft } from "./entry.ts";
import { GroupCommit } from "./group-commit.ts";
import { LedgerBroken } from "./ledger-state.ts";
import { INSERT_OUTBOX, outboxValues, prepareDrafts, type LedgerKeys } from "./outbox.ts";
import { Refusals } from "./refusals.ts";
import { Sequencer } from "./sequencer.ts";
import { LedgerReader } from "./reader.ts";
import type { LedgerTree } from "./tree.ts";
import type { EntryDetail, LedgerFilter, ObjectPage } from "./viewer.ts";

export interface LedgerOptions {
  readonly db: Database;
  readonly keyring: LedgerKeys;
  /** Time between two steps of the sequencer, 1–1000 ms; 200 by default. */
  readonly intervalMs?: number;
  /** Called when a background step fails; it is tried again after the interval, unless the ledger is broken. */
  readonly onError?: (error: unknown) => void;
}

export class Ledger {
  readonly #keys: LedgerKeys;
  /** Each query a transaction of its own: only a subject whose key is not in the keyring's memory asks anything. */
  readonly #reads: Queryable;
  readonly #intervalMs: number;
  readonly #onError: (error: unknown) => void;
  readonly #sequencer: Sequencer;
  readonly #commits: GroupCommit;
  readonly #reader: LedgerReader;
  readonly #refusals = new Refusals();
  #broken: LedgerBroken | undefined;
  #timer: NodeJS.Timeout | undefined;
  #loop: Promise<void> = Promise.resolve();

  private constructor(options: LedgerOptions) {
    this.#keys = options.keyring;
    this.#reads = { query: (text, values) => options.db.tx(systemScope("ledger"), (tx) => tx.query(text, values)) };
    this.#intervalMs = Math.max(1, Math.min(1000, options.intervalMs ?? 200));
    this.#onError = options.onError ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error)));
    this.#sequencer = new Sequencer(options.db, options.keyring);
    this.#commits = new GroupCommit({
      connect: () => options.db.connect(),
      keys: options.keyring,
      committed: (entries) => this.#sequencer.owe(entries),
    });
    this.#reader = new LedgerReader({
      db: options.db,
      keys: options.keyring,
      signed: () => this.between((tree) => Promise.resolve(tree)),
      append: (drafts) => this.append(drafts),
    });
  }

  /** Reads and checks the ledger, writing its first entry when there is none, and sequences what an earlier run left. Throws LedgerBroken. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const ledger = new Ledger(options);
    await ledger.sequence();
    return ledger;
  }

  /** Makes entries durable in a batch with others. Throws TypeError on a malformed draft, LedgerBroken once the ledger is broken; whoever gets an error must not answer. */
  async append(drafts: readonly EntryDraft[]): Promise<void> {
    this.#check();
    const own = drafts.filter((draft) => this.#refusals.admit(draft));
    if (own.length === 0) return;
    await this.#commits.add(await this.#prepare(own));
  }

  /**
   * Adds entries inside a write transaction, after the rows they speak of were changed: row locks then order the
   * changes of one row here as they were made there. Throws as `append`.
   */
  async insert(tx: Tx, drafts: readonly EntryDraft[]): Promise<void> {
    this.#check();
    if (drafts.length === 0) return;
    const entries = await prepareDrafts(this.#keys, tx, drafts);
    await tx.query(INSERT_OUTBOX, outboxValues(this.#keys, entries));
    tx.afterCommit(() => this.#sequencer.owe(entries));
  }

  /** Sequences all that was committed before the call. Throws LedgerBroken. */
  sequence(): Promise<void> {
    return this.#unlessBroken(() => this.#sequencer.run());
  }

  /**
   * Reads the ledger while no step is under way: `work` gets the tree that is signed, as long as the entries in the
   * database. Should `work` throw LedgerBroken, nothing is accepted any more.
   */
  async between<T>(work: (tree: LedgerTree) => Promise<T>): Promise<T> {
    await this.sequence();
    return this.#unlessBroken(() => this.#sequencer.between(work));
  }

  /** Sequences every interval until `stop`. */
  start(): void {
    if (this.#timer !== undefined) return;
    const tick = async (): Promise<void> => {
      try {
        const refusals = this.#refusals.due(new Date());
        if (refusals.length > 0) await this.#commits.add(await this.#prepare(refusals));
        await this.sequence();
      } catch (error) {
        this.#onError(error);
      }
      if (this.#timer !== undefined && this.#broken === undefined) next();
    };
    const next = (): void => {
      this.#timer = setTimeout(() => {
        this.#loop = tick();
      }, this.#intervalMs);
    };
    next();
  }

  /** Writes the counted refusals, sequences what is left and closes the connection. Nothing may be appended afterwards. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#loop;
    if (this.#broken === undefined) {
      const refusals = this.#refusals.due();
      if (refusals.length > 0) await this.#commits.add(await this.#prepare(refusals));
    }
    await this.#commits.close();
    if (this.#broken === undefined) await this.sequence();
  }

  /** Entries newest first, at most 500; those of the last interval may be missing. The caller decides who may see them. */
  list(filter: LedgerFilter): Promise<LedgerView[]> {
    return this.#reader.list(filter);
  }

  /** Who has looked, or what became of one record: its entries of these actions, newest first. */
  forObject(objectId: string, page: ObjectPage): Promise<LedgerView[]> {
    return this.#reader.forObject(objectId, page);
  }

  /** The sealed parts of entries, usually { before, after }. The caller decides who may see them and logs that they were seen. */
  openDetails(positions: readonly number[]): Promise<Map<number, EntryDetail>> {
    return this.#reader.openDetails(positions);
  }

  /** The newest checkpoint, a C2SP signed note. */
  async checkpoint(): Promise<string> {
    const note = this.#sequencer.note;
    if (note !== undefined) return note;
    await this.sequence();
    return this.#sequencer.note ?? "";
  }

  /** The key that verifies our checkpoints, as a C2SP verifier key: what a witness or an owner keeps. */
  get verifierKey(): string {
    return this.#sequencer.verifier ?? "";
  }

  async #unlessBroken<T>(work: () => Promise<T>): Promise<T> {
    this.#check();
    try {
      return await work();
    } catch (error) {
      if (error instanceof LedgerBroken) this.#broken = error;
      throw error;
    }
  }

  #check(): void {
    if (this.#broken !== undefined) throw this.#broken;
  }

  #prepare(drafts: readonly EntryDraft[]) {
    return prepareDrafts(this.#keys, this.#reads, drafts);
  }
}
