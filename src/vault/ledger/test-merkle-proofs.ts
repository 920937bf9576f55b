/**
 * Inclusion, consistency and subtree proofs of RFC 9162 for the tests, built on the product's own tree hashes. Pure
 * functions; a proof that does not hold is answered with `false`, whatever bytes it is made of.
 */
import { EMPTY_ROOT, HASH_BYTES, nodeHash } from "./merkle.ts";

/** A half-open range of leaf positions [start, end). */
interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two smaller than n; n must be at least 2. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function isSize(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

/** Is [start, end) a subtree: not empty, and start a multiple of the power of two that covers it (Merkle Tree Certificates draft, section 4.1)? */
export function isSubtree(start: number, end: number): boolean {
  if (!isSize(start) || !isSize(end) || start >= end) return false;
  let cover = 1;
  while (cover < end - start) cover *= 2;
  return start % cover === 0;
}

/** PATH of RFC 9162 section 2.1.3.1 within [start, end): the ranges whose hashes prove the leaf at `index`, lowest first. Throws RangeError outside. */
export function inclusionRanges(index: number, start: number, end: number): LeafRange[] {
  if (!isSubtree(start, end) || !isSize(index) || index < start || index >= end)
    throw new RangeError("no such leaf in this subtree");
  const path: LeafRange[] = [];
  let from = start;
  let to = end;
  while (to - from > 1) {
    const middle = from + splitPoint(to - from);
    if (index < middle) {
      path.push({ start: middle, end: to });
      to = middle;
    } else {
      path.push({ start: from, end: middle });
      from = middle;
    }
  }
  return path.reverse();
}

/**
 * SUBTREE_PROOF (Merkle Tree Certificates draft, section 4.4.1): the ranges whose hashes prove that [start, end) is
 * part of the tree of `size`. With start = 0 it is the consistency proof of RFC 9162 section 2.1.4.1.
 */
export function consistencyRanges(start: number, end: number, size: number): LeafRange[] {
  if (!isSize(size) || end > size) throw new RangeError("the subtree ends after the tree");
  if (!isSubtree(start, end)) throw new RangeError("not a subtree");
  const path: LeafRange[] = [];
  let from = 0;
  let to = size;
  let known = true;
  while (start > from || end !== to) {
    const middle = from + splitPoint(to - from);
    if (end <= middle) {
      path.push({ start: middle, end: to });
      to = middle;
    } else {
      if (start < middle) known = false;
      path.push({ start: from, end: middle });
      from = middle;
    }
  }
  if (!known) path.push({ start: from, end: to });
  return path.reverse();
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Does `proof` show that `leaf` stands at `index` in the subtree [start, end) with this root? RFC 9162 section 2.1.3.2, with start = 0 the plain inclusion proof. */
export function verifySubtreeInclusion(
  index: number,
  start: number,
  end: number,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSubtree(start, end) || !isSize(index) || index < start || index >= end) return false;
  if (leaf.length !== HASH_BYTES || proof.some((node) => node.length !== HASH_BYTES)) return false;
  let fn = index - start;
  let sn = end - start - 1;
  let result: Uint8Array = leaf;
  for (const node of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      result = nodeHash(node, result);
      while (fn % 2 === 0 && fn !== 0) {
        fn = Math.floor(fn / 2);
        sn = Math.floor(sn / 2);
      }
    } else {
      result = nodeHash(result, node);
    }
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
  }
  return sn === 0 && equal(result, root);
}

/** RFC 9162 section 2.1.3.2: does `leaf` stand at `index` in the tree of `size` with this root? */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  return verifySubtreeInclusion(index, 0, size, leaf, root, proof);
}

/**
 * Does `proof` show that the subtree [start, end) with `subtreeRoot` is part of the tree of `size` with `root`?
 * Merkle Tree Certificates draft, section 4.4.3. An empty subtree is part of every tree that reaches it.
 */
export function verifySubtreeConsistency(
  start: number,
  end: number,
  size: number,
  subtreeRoot: Uint8Array,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(start) || !isSize(end) || !isSize(size) || end > size) return false;
  if (start === end) return proof.length === 0 && equal(subtreeRoot, EMPTY_ROOT);
  if (!isSubtree(start, end) || proof.some((node) => node.length !== HASH_BYTES)) return false;
  let fn = start;
  let sn = end - 1;
  let tn = size - 1;
  const up = (): void => {
    fn = Math.floor(fn / 2);
    sn = Math.floor(sn / 2);
    tn = Math.floor(tn / 2);
  };
  if (sn === tn) while (fn !== sn) up();
  else while (fn !== sn && sn % 2 === 1) up();
  const rest = [...proof];
  const first = fn === sn ? subtreeRoot : rest.shift();
  if (first === undefined || (rest.length > 0 && first.length !== HASH_BYTES)) return false;
  let fr: Uint8Array = first;
  let sr: Uint8Array = first;
  for (const node of rest) {
    if (tn === 0) return false;
    if (sn % 2 === 1 || sn === tn) {
      if (fn < sn) fr = nodeHash(node, fr);
      sr = nodeHash(node, sr);
      while (sn % 2 === 0 && sn !== 0) up();
    } else {
      sr = nodeHash(sr, node);
    }
    up();
  }
  return tn === 0 && equal(fr, subtreeRoot) && equal(sr, root);
}

/** RFC 9162 section 2.1.4.2: is the tree of `size1` a prefix of the tree of `size2`? An empty first tree proves nothing and is refused. */
export function verifyConsistency(
  size1: number,
  size2: number,
  root1: Uint8Array,
  root2: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  return size1 !== 0 && verifySubtreeConsistency(0, size1, size2, root1, root2, proof);
}
