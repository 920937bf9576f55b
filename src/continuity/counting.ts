// Counts rows and bytes of a part, the same way for whoever writes a backup and for everyone who reads it.
import { createHash } from "node:crypto";
import type { PartTotals } from "./backup-format.ts";

/** In the text that COPY gives a row ends with a line feed, and only a row. */
export class Counting {
  readonly #hash = createHash("sha256");
  #rows = 0;
  #bytes = 0;

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#rows += 1;
  }

  totals(): Pick<PartTotals, "rows" | "bytes" | "sha256"> {
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest("hex") };
  }
}
