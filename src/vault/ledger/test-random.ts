/** Random numbers for tests from a seed that is printed, so that a failure can be run again. */
import { createHash, randomBytes } from "node:crypto";

export interface SeededRandom {
  readonly seed: string;
  /** A whole number from 0 to below `limit`. */
  next(limit: number): number;
  bytes(length: number): Buffer;
  pick<T>(items: readonly T[]): T;
}

/** The numbers are SHA-256 of seed and counter; without a seed given, a new one (or STRONGROOM_SEED). */
export function seededRandom(given?: string): SeededRandom {
  const seed = given ?? process.env["STRONGROOM_SEED"] ?? randomBytes(8).toString("hex");
  let counter = 0;
  const block = (): Buffer => createHash("sha256").update(`${seed} ${counter++}`).digest();
  const next = (limit: number): number => {
    if (limit < 1) throw new RangeError("nothing to choose from");
    return block().readUIntBE(0, 6) % limit;
  };
  return {
    seed,
    next,
    bytes: (length) => Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, block)).subarray(0, length),
    pick: (items) => {
      const item = items[next(items.length)];
      if (item === undefined) throw new RangeError("nothing to choose from");
      return item;
    },
  };
}
