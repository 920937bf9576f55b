// A map whose entries die after a while and whose size is bounded: for what is half done (a sign-in between password
// and code, a passkey challenge) and may be lost at any restart. When it is full, whoever holds the most loses his
// oldest entry, so that a flood from one place pushes out nobody else's.

interface Entry<Value> {
  readonly value: Value;
  readonly share: string;
  readonly until: number;
}

export class MemoryMap<Value> {
  readonly #lifetimeMs: number;
  readonly #limit: number;
  /** In the order in which they die. */
  readonly #entries = new Map<string, Entry<Value>>();
  readonly #shares = new Map<string, Set<string>>();

  constructor(options: { lifetimeMs: number; limit: number }) {
    this.#lifetimeMs = options.lifetimeMs;
    this.#limit = options.limit;
  }

  /** Replaces an entry of the same key. `share` is who it counts for when the map is full. Returns when it dies. */
  set(key: string, share: string, value: Value, now: Date): Date {
    const until = now.getTime() + this.#lifetimeMs;
    this.delete(key);
    for (const [oldest, entry] of this.#entries) {
      if (entry.until > now.getTime()) break;
      this.delete(oldest);
    }
    if (this.#entries.size >= this.#limit) this.#makeRoom();
    this.#entries.set(key, { value, share, until });
    const own = this.#shares.get(share) ?? new Set();
    this.#shares.set(share, own.add(key));
    return new Date(until);
  }

  get(key: string, now: Date): Value | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.until > now.getTime() ? entry.value : undefined;
  }

  /** Gets and removes: for what may be used once. */
  take(key: string, now: Date): Value | undefined {
    const value = this.get(key, now);
    this.delete(key);
    return value;
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    const own = this.#shares.get(entry.share);
    own?.delete(key);
    if (own?.size === 0) this.#shares.delete(entry.share);
  }

  #makeRoom(): void {
    let most: Set<string> | undefined;
    for (const keys of this.#shares.values()) if (keys.size > (most?.size ?? 0)) most = keys;
    const [oldest] = most ?? [];
    if (oldest !== undefined) this.delete(oldest);
  }
}
