/**
 * Which leaf the signed tree has at a position. Tiles in the database are believed only when they hash to the tree that
 * the sequencer signed: whoever rewrites an entry, the leaf beside it and its tile still does not reach the root.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Queryable } from "../db/database.ts";
import { HASH_BYTES, merkleRoot } from "./merkle.ts";
import { TILE_WIDTH, type LedgerTree } from "./tree.ts";

/** 4 MB: the entries of a page that lie far apart are each in a tile of their own. */
const tilesKept = 512;

export class SignedLeaves {
  /** Tiles that were found to be true; a full tile never changes. */
  readonly #tiles = new Map<string, Buffer>();

  /** By position; a position whose tile does not hold, or that is not in the tree, is left out. */
  read(db: Queryable, tree: LedgerTree, positions: readonly number[]): Promise<Map<number, Buffer>> {
    const within = positions.filter((position) => position >= 0 && position < tree.size);
    return this.#hashes(db, tree, 0, within);
  }

  async #hashes(
    db: Queryable,
    tree: LedgerTree,
    level: number,
    indexes: readonly number[],
  ): Promise<Map<number, Buffer>> {
    const full = Math.floor(tree.size / TILE_WIDTH ** (level + 1));
    const tileOf = (index: number): number => Math.floor(index / TILE_WIDTH);
    const wanted = new Set(indexes.map(tileOf).filter((tile) => tile < full));
    const tiles = wanted.size === 0 ? undefined : await this.#read(db, tree, level, [...wanted]);
    const found = new Map<number, Buffer>();
    for (const index of indexes) {
      const tile = tileOf(index);
      const within = index % TILE_WIDTH;
      const hash =
        tile < full
          ? tiles?.get(tile)?.subarray(within * HASH_BYTES, (within + 1) * HASH_BYTES)
          : tree.partial[level]?.[within];
      if (hash !== undefined) found.set(index, hash);
    }
    return found;
  }

  async #read(db: Queryable, tree: LedgerTree, level: number, tiles: readonly number[]): Promise<Map<number, Buffer>> {
    const found = new Map<number, Buffer>();
    const unknown = tiles.filter((tile) => {
      const known = this.#tiles.get(`${level} ${tile}`);
      if (known !== undefined) found.set(tile, known);
      return known === undefined;
    });
    if (unknown.length === 0) return found;
    const roots = await this.#hashes(db, tree, level + 1, unknown);
    const rows = await db.query<{ index: string; hashes: Buffer }>(
      "select index, hashes from vault.ledger_tile where level = $1 and index = any ($2::bigint[])",
      [level, unknown],
    );
    for (const { index, hashes } of rows) {
      const tile = Number(index);
      const each = Array.from({ length: TILE_WIDTH }, (_, i) => hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
      // A tile is 255 hashes: others get their turn between two.
      await nextTurn();
      if (roots.get(tile)?.equals(merkleRoot(each)) !== true) continue;
      found.set(tile, hashes);
      this.#tiles.set(`${level} ${tile}`, hashes);
    }
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= tilesKept) break;
      this.#tiles.delete(key);
    }
    return found;
  }
}
