// The vault's end of the search worker: calls go over in order, answers come back by number. When the worker dies, what
// was waiting fails and a new, empty one starts.
import { type ResourceLimits, type Transferable, Worker } from "node:worker_threads";
import type { ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { WorkerAnswer, WorkerCall } from "./search-messages.ts";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export interface SearchThreadOptions {
  /** The definitions a new worker begins with. */
  readonly objects: () => readonly ObjectDefinition[];
  readonly resourceLimits: ResourceLimits;
  /** A worker died, a new one stands ready; nothing is in it. */
  readonly lost: () => void;
}

export class SearchThread {
  readonly #options: SearchThreadOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker;
  #next = 0;
  #closed = false;

  constructor(options: SearchThreadOptions) {
    this.#options = options;
    this.#worker = this.#start();
  }

  /** Throws Problem('unavailable') when the worker dies meanwhile, Error when the call itself fails. */
  call(call: WorkerCall, transfer: readonly Transferable[] = []): Promise<unknown> {
    if (this.#closed) return Promise.reject(new Problem("unavailable"));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // A worker with calls under way keeps the process; an idle one does not.
      this.#worker.ref();
      this.#worker.postMessage({ ...call, id }, [...transfer]);
    });
  }

  /** Resolves when the next worker runs. */
  async restart(): Promise<void> {
    await this.#worker.terminate();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
    this.#failAll();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./search-worker.ts", import.meta.url), {
      workerData: { objects: this.#options.objects() },
      resourceLimits: this.#options.resourceLimits,
      env: {},
    });
    worker.unref();
    worker.on("message", (answer: WorkerAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) worker.unref();
      if ("error" in answer) waiting?.reject(new Error(`search worker: ${answer.error}`));
      else waiting?.resolve(answer.result);
    });
    // What it says could hold values, so it is not passed on; the end that follows is what counts.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#closed) return;
      this.#failAll();
      this.#worker = this.#start();
      this.#options.lost();
    });
    return worker;
  }

  #failAll(): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new Problem("unavailable"));
  }
}
