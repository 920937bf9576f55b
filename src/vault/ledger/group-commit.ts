/**
 * Group commit: entries that arrive while one batch commits form the next one. A promise resolves only after the
 * commit that holds its entries; a batch is one INSERT on a connection of its own.
 */
import type pg from "pg";
import type { PreparedEntry } from "./entry.ts";
import { INSERT_OUTBOX, outboxValues, type LedgerKeys } from "./outbox.ts";

interface Waiting {
  readonly entries: readonly PreparedEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The most one INSERT takes, unless a single call brings more. */
const MAX_ENTRIES = 1000;
const MAX_CHARACTERS = 4_000_000;

export interface GroupCommitOptions {
  readonly connect: () => Promise<pg.Client>;
  readonly keys: LedgerKeys;
  /** Called with a batch as soon as it is durable. */
  readonly committed: (entries: readonly PreparedEntry[]) => void;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #client: pg.Client | undefined;
  #closed = false;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Resolves when the entries are durable; rejects when the batch failed (they may then be durable or not). */
  add(entries: readonly PreparedEntry[]): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("the ledger is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ entries, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Commits what waits, then closes the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#client?.end();
    this.#client = undefined;
  }

  async #run(): Promise<void> {
    // Whatever else becomes ready in this turn of the event loop joins the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#commit(this.#take());
    this.#running = undefined;
  }

  #take(): Waiting[] {
    let entries = 0;
    let characters = 0;
    let calls = 0;
    for (const waiting of this.#waiting) {
      entries += waiting.entries.length;
      for (const { body, sealed } of waiting.entries) characters += body.length + (sealed?.length ?? 0);
      if (calls > 0 && (entries > MAX_ENTRIES || characters > MAX_CHARACTERS)) break;
      calls++;
    }
    return this.#waiting.splice(0, calls);
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const entries = batch.flatMap((waiting) => waiting.entries);
      const client = (this.#client ??= await this.#connect());
      await client.query({
        name: "ledger outbox",
        text: INSERT_OUTBOX,
        values: outboxValues(this.#options.keys, entries),
      });
      this.#options.committed(entries);
      for (const waiting of batch) waiting.resolve();
    } catch (error) {
      this.#drop();
      for (const waiting of batch) waiting.reject(error);
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = await this.#options.connect();
    client.on("error", () => {
      if (this.#client === client) this.#drop();
    });
    await client.query("select set_config('strongroom.actor', 'system:ledger', false)");
    return client;
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    // It may be broken already; there is nobody to tell.
    client?.end().catch(() => undefined);
  }
}
