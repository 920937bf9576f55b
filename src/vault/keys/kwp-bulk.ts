// Unwraps many keys that lie under one wrapping key at once, at a tenth of the price of a cipher for each: one step of all
// of them is one pass of AES over their blocks. It must accept exactly what unwrapKey accepts, key by key.
import { createDecipheriv, timingSafeEqual } from "node:crypto";
import { keyLength } from "./primitives.ts";

/** Labels have 16 bytes here, as an id has: key and label then fill whole half blocks, without padding. */
const payloadLength = keyLength + 16;
const halves = payloadLength / 8;
/** RFC 5649, section 3: the alternative initial value, then the payload's length. */
const head = Buffer.from("A65959A600000030", "hex");

/**
 * The key of each wrapped one, bound to the label of the same place; undefined where it does not unwrap. Throws
 * RangeError for a wrapping key or a label of another length.
 */
export function unwrapKeys(
  kek: Uint8Array,
  wrapped: readonly Uint8Array[],
  labels: readonly Uint8Array[],
): (Buffer | undefined)[] {
  if (kek.length !== keyLength || labels.length !== wrapped.length || labels.some((label) => label.length !== 16))
    throw new RangeError("unwrapKeys takes 32 bytes, and labels of 16");
  const count = wrapped.length;
  // For each key one block of AES: the half that every step changes, and the half of the payload that the step is about.
  let blocks = Buffer.alloc(count * 16);
  const payloads = Array.from({ length: halves }, () => Buffer.alloc(count * 8));
  for (const [row, bytes] of wrapped.entries()) {
    if (bytes.length !== payloadLength + 8) continue; // zeros are no wrapped key
    blocks.set(bytes.subarray(0, 8), row * 16);
    for (const [half, payload] of payloads.entries()) payload.set(bytes.subarray(half * 8 + 8, half * 8 + 16), row * 8);
  }
  const cipher = createDecipheriv("aes-256-ecb", kek, null).setAutoPadding(false);
  // RFC 3394, section 2.2.2, index based.
  for (let step = 6 * halves; step >= 1; step -= 1) {
    const payload = words(payloads[(step - 1) % halves] ?? head);
    const before = words(blocks);
    for (let row = 0; row < count; row += 1) {
      blocks[row * 16 + 7] = (blocks[row * 16 + 7] ?? 0) ^ step;
      before[row * 4 + 2] = payload[row * 2] ?? 0;
      before[row * 4 + 3] = payload[row * 2 + 1] ?? 0;
    }
    blocks = cipher.update(blocks);
    const behind = words(blocks);
    for (let row = 0; row < count; row += 1) {
      payload[row * 2] = behind[row * 4 + 2] ?? 0;
      payload[row * 2 + 1] = behind[row * 4 + 3] ?? 0;
    }
  }
  return labels.map((label, row) => {
    const key = Buffer.concat(payloads.map((payload) => payload.subarray(row * 8, row * 8 + 8)));
    const fits = timingSafeEqual(blocks.subarray(row * 16, row * 16 + 8), head);
    return fits && timingSafeEqual(key.subarray(keyLength), label) ? key.subarray(0, keyLength) : undefined;
  });
}

function words(bytes: Buffer): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}
