// Unwrapped subject keys, the ones used last. A key must never be found here that the database does not (or not yet, or
// not any more) hold: sealing with such a key would lose the value, and an erased subject would stay readable.
import type { SubjectKeys } from "./key-material.ts";

/** What one reader of the key table may do with what it read; see {@link SubjectCache.reading}. */
export interface CacheReader {
  keep(subjectId: string, keys: SubjectKeys): void;
}

/** Bounded; evicts the entry unused for longest. about 600 bytes an entry. */
export class SubjectCache {
  readonly #entries = new Map<string, SubjectKeys>();
  readonly #limit: number;
  #erasures = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  find(subjectId: string): SubjectKeys | undefined {
    const keys = this.#entries.get(subjectId);
    if (keys === undefined) return undefined;
    // A Map keeps the order of insertion: the entry moves to its young end.
    this.#entries.delete(subjectId);
    this.#entries.set(subjectId, keys);
    return keys;
  }

  /** To be asked for before the rows are read: what was read while an erasure went on is not kept. */
  reading(): CacheReader {
    const erasures = this.#erasures;
    return {
      keep: (subjectId, keys) => {
        if (this.#erasures === erasures) this.#set(subjectId, keys);
      },
    };
  }

  /** To be called when an erasure begins and again when it is committed. */
  forget(subjectId: string): void {
    this.#erasures += 1;
    this.#entries.delete(subjectId);
  }

  clear(): void {
    this.#erasures += 1;
    this.#entries.clear();
  }

  #set(subjectId: string, keys: SubjectKeys): void {
    this.#entries.delete(subjectId);
    this.#entries.set(subjectId, keys);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break;
      this.#entries.delete(oldest);
    }
  }
}
