/** The growing tree against the plain root at every size across several tile borders, and the published tile addresses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leafHash, merkleRoot } from "./merkle.ts";
import { LedgerTree, partialWidths, tilePath, type Tile } from "./tree.ts";

test("the root is that of RFC 6962 at every size; a tree restored from its edge goes on the same", () => {
  const leaves = Array.from({ length: 1100 }, (_, i) => leafHash(`entry ${i}`));
  let tree = new LedgerTree();
  const tiles: Tile[] = [];
  assert.deepEqual(tree.root(), merkleRoot([]));
  for (const [i, leaf] of leaves.entries()) {
    tiles.push(...tree.append(leaf));
    assert.deepEqual(tree.root(), merkleRoot(leaves.slice(0, i + 1)), `size ${i + 1}`);
    if (i % 100 === 0) tree = tree.clone();
  }
  assert.deepEqual(
    tiles.map(({ level, index }) => [level, index]),
    [
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
    ],
  );
  assert.deepEqual(tiles[2]?.hashes, Buffer.concat(leaves.slice(512, 768)));
});

test("a full tile of tiles moves one level up", () => {
  const tree = new LedgerTree();
  const tiles: Tile[] = [];
  const leaf = leafHash("same");
  for (let i = 0; i < 65536; i++) tiles.push(...tree.append(leaf));
  assert.equal(tiles.length, 257);
  assert.deepEqual([tiles.at(-1)?.level, tiles.at(-1)?.index], [1, 0]);
  assert.deepEqual(tree.root(), merkleRoot(Array<Buffer>(65536).fill(leaf)));
});

test("widths and addresses as in the specification", () => {
  assert.deepEqual(partialWidths(70_000), [112, 17, 1]);
  assert.deepEqual(partialWidths(256), [0, 1]);
  assert.equal(tilePath(0, 1_234_067), "tile/0/x001/x234/067");
  assert.equal(tilePath(1, 5, 112), "tile/1/005.p/112");
  assert.throws(() => new LedgerTree(3, [[leafHash("a")]]), RangeError);
});
