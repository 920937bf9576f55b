// Searches of the data folder for a record's values: one at a time, each in a thread of its own. What is left of a
// search are counts and the names of files, for the person who asked.
import { Worker } from "node:worker_threads";
import { Problem } from "../../contract/problem.ts";
import type { DiskSearchData } from "./disk-search-worker.ts";
import type { Pattern } from "./patterns.ts";

export interface DiskHit {
  readonly field: string;
  readonly file: string;
  readonly times: number;
}

export interface DiskTold {
  readonly database: boolean;
  readonly totalBytes: number;
  readonly bytes: number;
  readonly files: number;
  /** How often the record's id was found: it lies there in clear, and shows that the search looks at the right place. */
  readonly idFound: number;
  readonly hits: readonly DiskHit[];
  readonly done: boolean;
  /** The time was over before all was searched. */
  readonly cut: boolean;
}

const mostMs = 60_000;
/** Last searches that are kept for those who asked. */
const kept = 100;

export class DiskSearches {
  readonly #socketPath: string;
  readonly #onError: (error: unknown) => void;
  readonly #told = new Map<string, DiskTold>();
  #worker: Worker | undefined;

  constructor(socketPath: string, onError: (error: unknown) => void) {
    this.#socketPath = socketPath;
    this.#onError = onError;
  }

  /** Begins a search for a person; his one before is forgotten. Throws Problem `too_many` while another is under way. */
  start(personId: string, patterns: readonly Pattern[]): void {
    if (this.#worker !== undefined) throw new Problem("too_many");
    const data: DiskSearchData = { socketPath: this.#socketPath, patterns, mostMs };
    const worker = new Worker(new URL("./disk-search-worker.ts", import.meta.url), {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: 64 },
      env: {},
    });
    this.#worker = worker;
    this.#told.delete(personId);
    worker.on("message", (told: DiskTold) => {
      this.#told.set(personId, told);
    });
    worker.once("error", (error) => {
      this.#told.delete(personId);
      this.#onError(error);
    });
    worker.once("exit", () => {
      this.#worker = undefined;
    });
    for (const old of this.#told.keys()) {
      if (this.#told.size <= kept) break;
      this.#told.delete(old);
    }
  }

  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** The newest search of a person, as far as it is. */
  of(personId: string): DiskTold | undefined {
    return this.#told.get(personId);
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
