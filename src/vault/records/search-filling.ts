// Keeps the search projection filled: at start, and again when its worker died. Whatever stops it, such as a database
// that is away, only delays it: names that cannot be searched hold up lists and imports.
import { setTimeout as sleep } from "node:timers/promises";
import type { Records } from "./deps.ts";
import { rebuildAll } from "./rebuild-all.ts";

export interface SearchFillingOptions {
  readonly records: Records;
  readonly done: (result: Awaited<ReturnType<typeof rebuildAll>>) => void;
  /** Told of each try that came to nothing. */
  readonly failed: (error: unknown) => void;
}

const firstPause = 200;
const longestPause = 5000;

export class SearchFilling {
  readonly #options: SearchFillingOptions;
  #wanted = false;
  #closed = false;
  #running: Promise<void> | undefined;

  constructor(options: SearchFillingOptions) {
    this.#options = options;
  }

  /** Fills it from now on; what is under way is begun anew when it cannot be finished. Resolves when it is filled, or closed. */
  fill(): Promise<void> {
    this.#wanted = true;
    this.#running ??= this.#run();
    return this.#running;
  }

  /** No further try is made. */
  close(): void {
    this.#closed = true;
  }

  async #run(): Promise<void> {
    for (let pause = firstPause; this.#wanted && !this.#closed; pause = Math.min(pause * 2, longestPause)) {
      this.#wanted = false;
      try {
        this.#options.done(await rebuildAll(this.#options.records));
      } catch (error) {
        if (this.#closed) break;
        this.#wanted = true;
        this.#options.failed(error);
        await sleep(pause);
      }
    }
    this.#running = undefined;
  }
}
