/**
 * What the vault remembers outside the database of the rows it watches: the newest version and tag of each, and the
 * ledger position this is true of. One file beside the key store, tagged; a missing or strange one counts as none.
 */
import { hash, timingSafeEqual } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import type { Keyring } from "../keys/keyring.ts";

export interface SeenRow {
  readonly version: number;
  /** base64 */
  readonly tag: string;
}

export interface SeenRows {
  /** Entries of the ledger that are taken in, and the id of the last of them. */
  readonly size: number;
  readonly last: string;
  /** By `table id`. */
  readonly rows: Map<string, SeenRow>;
}

const form = "strongroom seen rows 1";

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
    const { size, last, rows } = JSON.parse(content) as { size: number; last: string; rows: [string, SeenRow][] };
    return { size, last, rows: new Map(rows) };
  }

  /** Durable, and whole or not at all. */
  async save({ size, last, rows }: SeenRows): Promise<void> {
    const content = JSON.stringify({ size, last, rows: [...rows] });
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
