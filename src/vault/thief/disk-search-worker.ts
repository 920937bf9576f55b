// Searches the data folder for one record's values, in a thread of its own, with one buffer and a limit of time. It gets
// the values and gives counts and names of files.
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { diskFile, diskHead } from "../../contract/disk.ts";
import { type Pattern, PatternScanner } from "./patterns.ts";
import type { DiskHit, DiskTold } from "./disk-search.ts";

export interface DiskSearchData {
  readonly socketPath: string;
  readonly patterns: readonly Pattern[];
  readonly mostMs: number;
}

// Written by disk-search.ts.
const { socketPath, patterns, mostMs } = workerData as DiskSearchData;
const scanner = new PatternScanner(patterns);
const mostHits = 50;
const until = performance.now() + mostMs;
const told: { -readonly [K in keyof DiskTold]: DiskTold[K] } = {
  database: false,
  totalBytes: 0,
  bytes: 0,
  files: 0,
  idFound: 0,
  hits: [],
  done: false,
  cut: false,
};
let toldAt = 0;

function tell(): void {
  toldAt = performance.now();
  parentPort?.postMessage({ ...told, hits: [...told.hits] });
}

class Reader {
  #held = Buffer.alloc(0);
  readonly #source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Undefined at the end. */
  async line(): Promise<unknown> {
    for (;;) {
      const end = this.#held.indexOf(10);
      if (end >= 0) {
        const text = this.#held.toString("utf8", 0, end);
        this.#held = this.#held.subarray(end + 1);
        return JSON.parse(text);
      }
      if (!(await this.#more())) return undefined;
    }
  }

  /** At most so many of the bytes that come next. */
  async take(most: number): Promise<Buffer> {
    if (this.#held.length === 0 && !(await this.#more())) throw new Error("the disk's bytes ended early");
    const taken = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    if (next.done === true) return false;
    this.#held =
      this.#held.length === 0 ? (next.value as Buffer<ArrayBuffer>) : Buffer.concat([this.#held, next.value]);
    return true;
  }
}

async function search(): Promise<void> {
  const socket = connect(socketPath);
  try {
    const reader = new Reader(socket as AsyncIterable<Buffer>);
    const head = diskHead.parse(await reader.line());
    told.database = head.database;
    told.totalBytes = head.bytes;
    for (;;) {
      const next = await reader.line();
      if (next === undefined) break;
      const { name, bytes } = diskFile.parse(next);
      await searchFile(reader, name, bytes);
      told.files += 1;
      if (performance.now() > until) {
        told.cut = true;
        break;
      }
    }
    told.done = true;
  } finally {
    socket.destroy();
    tell();
  }
}

async function searchFile(reader: Reader, name: string, length: number): Promise<void> {
  // A pattern may lie across two reads: the end of the one before stays in front.
  let window: Buffer = Buffer.alloc(0);
  for (let left = length; left > 0;) {
    const chunk = await reader.take(left);
    left -= chunk.length;
    window = Buffer.concat([window, chunk]);
    const end = left === 0 ? window.length : Math.max(0, window.length - scanner.longest + 1);
    for (const { field } of scanner.scan(window, end)) {
      if (field === null) told.idFound += 1;
      else addHit(field, name);
    }
    window = window.subarray(end);
    told.bytes += chunk.length;
    if (performance.now() - toldAt > 100) tell();
  }
}

function addHit(field: string, file: string): void {
  const known = told.hits.find((hit) => hit.field === field && hit.file === file);
  const others = told.hits.filter((hit) => hit !== known);
  if (known === undefined && others.length >= mostHits) return;
  const hit: DiskHit = { field, file, times: (known?.times ?? 0) + 1 };
  told.hits = [...others, hit];
}

await search();
