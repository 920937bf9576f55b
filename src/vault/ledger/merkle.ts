/**
 * Merkle trees as in RFC 6962 / RFC 9162: hashes and roots. Pure functions.
 */
import { hash } from "node:crypto";

export const HASH_BYTES = 32;

/** The hash of the empty tree: SHA-256 of nothing (RFC 9162 section 2.1.1). */
export const EMPTY_ROOT: Buffer = hash("sha256", "", "buffer");

/** The leaf hash SHA-256(0x00 || data), RFC 9162 section 2.1.1. A string is taken as UTF-8. */
export function leafHash(data: Uint8Array | string): Buffer {
  const bytes = typeof data === "string" ? Buffer.byteLength(data) : data.length;
  const input = Buffer.allocUnsafe(bytes + 1);
  input[0] = 0;
  if (typeof data === "string") input.write(data, 1, "utf8");
  else input.set(data, 1);
  return hash("sha256", input, "buffer");
}

const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The node hash SHA-256(0x01 || left || right), RFC 9162 section 2.1.1. Both must be 32 bytes. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError("a tree hash has 32 bytes");
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash("sha256", nodeInput, "buffer");
}

/** MTH of the given leaf hashes (RFC 9162 section 2.1.1). */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  let level: readonly Uint8Array[] = leaves;
  // A node without a right neighbour moves up unchanged: the same tree as the recursive definition.
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!; // i < length
      const right = level[i + 1];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    level = above;
  }
  return Buffer.from(level[0]!); // exactly one is left
}
