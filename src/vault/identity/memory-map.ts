// A map whose entries die after a while and whose size is bounded: for what is half done (a sign-in between password
// and code, a passkey challenge) and may be lost at any restart.

export class MemoryMap<Value> {
  readonly #lifetimeMs: number;
  readonly #limit: number;
  readonly #entries = new Map<string, { value: Value; until: number }>();

  constructor(options: { lifetimeMs: number; limit: number }) {
    this.#lifetimeMs = options.lifetimeMs;
    this.#limit = options.limit;
  }

  /** Replaces an entry of the same key; the oldest one makes room when the map is full. Returns when it dies. */
  set(key: string, value: Value, now: Date): Date {
    const until = now.getTime() + this.#lifetimeMs;
    this.#entries.delete(key);
    for (const [oldest, entry] of this.#entries) {
      if (entry.until > now.getTime() && this.#entries.size < this.#limit) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, until });
    return new Date(until);
  }

  get(key: string, now: Date): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until > now.getTime() ? entry.value : undefined;
  }

  /** Gets and removes: for what may be used once. */
  take(key: string, now: Date): Value | undefined {
    const value = this.get(key, now);
    this.#entries.delete(key);
    return value;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
