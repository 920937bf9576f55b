/**
 * What the vault remembers outside the database of the rows it watches: the newest version and tag of each, and
 * the ledger's tree up to which this is true. One file beside the key store, tagged; a missing or strange one counts as none.
 */
import { hash, timingSafeEqual } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { Keyring } from "../keys/keyring.ts";
import { LedgerTree } from "./tree.ts";

export interface SeenRow {
  readonly version: number;
  /** base64 */
  readonly tag: string;
}

export interface SeenRows {
  /** The ledger's tree over the entries that are taken in. */
  readonly tree: LedgerTree;
  /** By `table id`. */
  readonly rows: ReadonlyMap<string, SeenRow>;
}

interface Content {
  readonly size: number;
  /** {@link LedgerTree.partial}, base64. */
  readonly partial: readonly (readonly string[])[];
  readonly rows: readonly (readonly [string, SeenRow])[];
}

const form = "strongroom seen rows 2";

export class SeenRowsFile {
  readonly #file: string;
  readonly #keyring: Pick<Keyring, "tag">;

  constructor(folder: string, keyring: Pick<Keyring, "tag">) {
    this.#file = path.join(folder, "seen-rows");
    this.#keyring = keyring;
  }

  /** Undefined when there is no file that this installation wrote whole. */
  async load(): Promise<SeenRows | undefined> {
    const text = await readFile(this.#file, "utf8").catch(() => "");
    const [head, tag = "", content = ""] = text.split("\n");
    const given = Buffer.from(tag, "base64");
    const due = this.#tag(content);
    if (head !== form || given.length !== due.length || !timingSafeEqual(given, due)) return undefined;
    // The tag tells that `save` wrote it.
    const { size, partial, rows } = JSON.parse(content) as Content;
    const hashes = partial.map((level) => level.map((one) => Buffer.from(one, "base64")));
    return { tree: new LedgerTree(size, hashes), rows: new Map(rows) };
  }

  /** Durable, and whole or not at all. */
  async save({ tree, rows }: SeenRows): Promise<void> {
    const partial = tree.partial.map((level) => level.map((one) => one.toString("base64")));
    const content = JSON.stringify({ size: tree.size, partial, rows: [...rows] } satisfies Content);
    const handle = await open(`${this.#file}.new`, "w", 0o600);
    try {
      await handle.writeFile(`${form}\n${this.#tag(content).toString("base64")}\n${content}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${this.#file}.new`, this.#file);
  }

  #tag(content: string): Buffer {
    return this.#keyring.tag("seen_rows", [hash("sha256", content, "buffer")]);
  }
}
