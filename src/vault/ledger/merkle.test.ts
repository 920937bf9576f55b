/**
 * The tree's hashes and roots against all published proofs (tree tests of the transparency-dev project), its published
 * reference trees, and every proof of every small tree.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { EMPTY_ROOT, leafHash, merkleRoot } from "./merkle.ts";
import {
  consistencyRanges,
  inclusionRanges,
  isSubtree,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from "./test-merkle-proofs.ts";
import { LedgerTree } from "./tree.ts";

const folder = fileURLToPath(new URL("../../../../shared/vectors/merkle/testdata", import.meta.url));

interface Vector {
  leafIdx: number;
  treeSize: number;
  start: number;
  end: number;
  size: number;
  size1: number;
  size2: number;
  root: string;
  root1: string;
  root2: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}

const bytes = (text: string): Buffer => Buffer.from(text, "base64");

interface Kind {
  readonly cases: number;
  verify(v: Vector, proof: Buffer[]): boolean;
  /** The roots in a case, each with how many leaves lie below it. */
  roots(v: Vector): (readonly [root: string, leaves: number])[];
}

const kinds: Record<string, Kind> = {
  inclusion: {
    cases: 98,
    verify: (v, proof) => verifyInclusion(v.leafIdx, v.treeSize, bytes(v.leafHash), bytes(v.root), proof),
    roots: (v) => [[v.root, v.treeSize]],
  },
  consistency: {
    cases: 98,
    verify: (v, proof) => verifyConsistency(v.size1, v.size2, bytes(v.root1), bytes(v.root2), proof),
    roots: (v) => [
      [v.root1, v.size1],
      [v.root2, v.size2],
    ],
  },
  subtreeinclusion: {
    cases: 204,
    verify: (v, proof) => verifySubtreeInclusion(v.leafIdx, v.start, v.end, bytes(v.leafHash), bytes(v.root), proof),
    roots: (v) => [[v.root, v.end - v.start]],
  },
  subtreeconsistency: {
    cases: 118,
    verify: (v, proof) => verifySubtreeConsistency(v.start, v.end, v.size, bytes(v.root1), bytes(v.root2), proof),
    roots: (v) => [
      [v.root1, v.end - v.start],
      [v.root2, v.size],
    ],
  },
};

const skip = existsSync(folder) || process.env["CI"] === "true" ? false : "the vectors are not beside the repository";

/** Leaves of the trees whose proofs are published. */
const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
const reference = inputs.map((hex) => leafHash(Buffer.from(hex, "hex")));

function rootOf(size: number): Buffer {
  const tree = new LedgerTree();
  for (const leaf of reference.slice(0, size)) tree.append(leaf);
  return tree.root();
}

test("all 518 published cases", { skip }, () => {
  let looked = 0;
  let computed = 0;
  for (const [kind, { cases, verify, roots }] of Object.entries(kinds)) {
    const files = readdirSync(join(folder, kind), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    for (const name of files) {
      const vector: Vector = JSON.parse(readFileSync(join(folder, kind, name), "utf8"));
      assert.equal(verify(vector, (vector.proof ?? []).map(bytes)), !vector.wantErr, `${kind}/${name}`);
      if (!basename(name).startsWith("happy-path")) continue;
      for (const [root, size] of roots(vector)) {
        assert.equal(rootOf(size).toString("base64"), root, `${kind}/${name}, the tree of ${size}`);
        assert.equal(merkleRoot(reference.slice(0, size)).toString("base64"), root);
        computed++;
      }
    }
    assert.equal(files.length, cases, kind);
    looked += files.length;
  }
  assert.equal(looked, 518);
  assert.equal(computed, 35);
});

test("published roots of RFC 6962 reference trees", () => {
  assert.equal(EMPTY_ROOT.toString("hex"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(
    merkleRoot(reference.slice(0, 1)).toString("hex"),
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  );
  assert.equal(
    merkleRoot(reference).toString("hex"),
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  );
});

test("every proof of every tree up to 24 leaves holds, and fails when one bit of it changes", () => {
  const leaves = Array.from({ length: 24 }, (_, i) => leafHash(`leaf ${i}`));
  const hashOf = (range: { start: number; end: number }): Buffer => merkleRoot(leaves.slice(range.start, range.end));
  let looked = 0;
  for (let size = 1; size <= leaves.length; size++) {
    const root = hashOf({ start: 0, end: size });
    for (let start = 0; start < size; start++) {
      for (let end = start + 1; end <= size; end++) {
        if (!isSubtree(start, end)) {
          assert.throws(() => consistencyRanges(start, end, size), RangeError);
          continue;
        }
        const part = hashOf({ start, end });
        const proof = consistencyRanges(start, end, size).map(hashOf);
        assert.ok(verifySubtreeConsistency(start, end, size, part, root, proof), `${start}-${end} in ${size}`);
        if (start === 0) assert.ok(verifyConsistency(end, size, part, root, proof));
        for (let i = 0; i < proof.length; i++) {
          const bent = proof.map((node, n) =>
            n === i ? Buffer.from(node.map((b, k) => (k === i ? b ^ 1 : b))) : node,
          );
          assert.ok(!verifySubtreeConsistency(start, end, size, part, root, bent));
        }
        assert.ok(!verifySubtreeConsistency(start, end, size, part, root, [...proof, root]));
        if (size < leaves.length) continue;
        for (let index = start; index < end; index++) {
          const path = inclusionRanges(index, start, end).map(hashOf);
          const leaf = leaves[index];
          assert.ok(leaf !== undefined && verifySubtreeInclusion(index, start, end, leaf, part, path));
          if (end - start > 1)
            assert.ok(!verifySubtreeInclusion(index === start ? start + 1 : index - 1, start, end, leaf, part, path));
          looked++;
        }
      }
    }
  }
  assert.equal(looked > 150, true);
});
