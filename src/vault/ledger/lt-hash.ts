/**
 * LtHash: a homomorphic hash of a set of rows (Lewi, Kim, Maykov, Weis: "Securing Update Propagation with Homomorphic
 * Hashing", 2019, lthash16 with 1024 components), with SHAKE-256 as the extendable output function.
 * The order of additions and removals must never matter: only the resulting multiset does.
 */
import { hash } from "node:crypto";
import { endianness } from "node:os";

const COMPONENTS = 1024;
export const LT_HASH_BYTES = COMPONENTS * 2;

if (endianness() !== "LE") throw new Error("LtHash states are little-endian; this machine is not");

function expand(element: Uint8Array): Uint16Array {
  const bytes = hash("shake256", element, { outputEncoding: "buffer", outputLength: LT_HASH_BYTES });
  // A pooled buffer may start at an odd address, which a Uint16Array cannot view.
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(aligned.buffer, aligned.byteOffset, COMPONENTS);
}

/** One running hash. About 8 µs per element added or removed. */
export class LtHash {
  readonly #state = new Uint16Array(COMPONENTS);

  /** Starts empty, or from the 2,048 bytes of an earlier `bytes()`. Throws RangeError on another length. */
  constructor(state?: Uint8Array) {
    if (state === undefined) return;
    if (state.length !== LT_HASH_BYTES) throw new RangeError("an LtHash state has 2048 bytes");
    new Uint8Array(this.#state.buffer).set(state);
  }

  add(element: Uint8Array): void {
    const vector = expand(element);
    const state = this.#state;
    for (let i = 0; i < COMPONENTS; i++) state[i]! += vector[i]!; // i < 1024; the array wraps modulo 2^16
  }

  remove(element: Uint8Array): void {
    const vector = expand(element);
    const state = this.#state;
    for (let i = 0; i < COMPONENTS; i++) state[i]! -= vector[i]!; // as above
  }

  /** The state: 1,024 little-endian 16-bit sums. */
  bytes(): Buffer {
    return Buffer.from(new Uint8Array(this.#state.buffer));
  }

  /** SHA-256 of the state: what checkpoints carry as the row root. */
  digest(): Buffer {
    return hash("sha256", new Uint8Array(this.#state.buffer), "buffer");
  }

  clone(): LtHash {
    return new LtHash(new Uint8Array(this.#state.buffer));
  }
}

/** The element that stands for one tagged row. Table and id contain no NUL, the tag comes last: two rows never share an encoding. */
export function rowElement(table: string, id: string, version: number, tag: Uint8Array): Buffer {
  const head = Buffer.from(`strongroom row\0${table}\0${id}\0${version}\0`, "utf8");
  return Buffer.concat([head, tag]);
}
