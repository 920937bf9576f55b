/**
 * The growing edge of the ledger's tree in the shape of C2SP tlog-tiles: per level the hashes of the tile that is not
 * full yet. Appending yields every full tile exactly once; the root is that of RFC 6962 at any size.
 */
import { EMPTY_ROOT, merkleRoot, nodeHash } from "./merkle.ts";

export const TILE_WIDTH = 256;

export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 256 hashes, 8,192 bytes. */
  readonly hashes: Buffer;
}

export class LedgerTree {
  #size: number;
  readonly #levels: Buffer[][];

  /** An empty tree, or one of `size` whose partial tiles are given, lowest level first. Throws RangeError when their widths do not fit the size. */
  constructor(size = 0, partial: readonly (readonly Buffer[])[] = []) {
    this.#size = size;
    this.#levels = partialWidths(size).map((width, level) => {
      const hashes = partial[level] ?? [];
      if (hashes.length !== width)
        throw new RangeError(
          `level ${level} of a tree of ${size} has ${width} hashes in its partial tile, not ${hashes.length}`,
        );
      return [...hashes];
    });
  }

  get size(): number {
    return this.#size;
  }

  /** The hashes of the partial tiles, lowest level first: with the size all that the constructor needs. */
  get partial(): readonly (readonly Buffer[])[] {
    return this.#levels;
  }

  /** Adds a leaf hash; returns the tiles that became full by it (usually none). */
  append(leaf: Buffer): Tile[] {
    const full: Tile[] = [];
    let hash = leaf;
    let index = this.#size;
    for (let level = 0; ; level++) {
      const hashes = (this.#levels[level] ??= []);
      hashes.push(hash);
      if (hashes.length < TILE_WIDTH) break;
      index = Math.floor(index / TILE_WIDTH);
      full.push({ level, index, hashes: Buffer.concat(hashes) });
      hash = merkleRoot(hashes);
      hashes.length = 0;
    }
    this.#size++;
    return full;
  }

  /** The RFC 6962 root. */
  root(): Buffer {
    let root: Buffer | undefined;
    // The tree is a row of perfect subtrees, ever smaller to the right: fold them from the right.
    for (const hashes of this.#levels) {
      for (const peak of peaks(hashes).reverse()) root = root === undefined ? peak : nodeHash(peak, root);
    }
    return root ?? EMPTY_ROOT;
  }

  clone(): LedgerTree {
    return new LedgerTree(this.#size, this.#levels);
  }
}

function peaks(hashes: readonly Buffer[]): Buffer[] {
  const result: Buffer[] = [];
  let start = 0;
  for (let width = TILE_WIDTH / 2; width >= 1; width /= 2) {
    if (hashes.length - start < width) continue;
    result.push(merkleRoot(hashes.slice(start, start + width)));
    start += width;
  }
  return result;
}

/** How many hashes the partial tile of each level holds in a tree of this size: floor(size / 256^level) mod 256. */
export function partialWidths(size: number): number[] {
  const widths: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / TILE_WIDTH)) widths.push(rest % TILE_WIDTH);
  return widths;
}

/** The address of a tile below a log's prefix (tlog-tiles, "Merkle Tree"): tile/0/x001/x234/067, with .p/W when partial. */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  let path = String(index % 1000).padStart(3, "0");
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, "0")}/${path}`;
  }
  return `tile/${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}
