// Nonces that were used within the signature window. A nonce is burnt in memory of the one active vault; what was
// signed before this vault started is refused by its date, so nothing needs to survive a restart.

/** Above this many live nonces the vault refuses new requests rather than forgets old ones: about 40 MB. */
const defaultLimit = 400_000;

export class NonceStore {
  readonly #lifetimeMs: number;
  readonly #limit: number;
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnAt = 0;

  /** `lifetimeMs`: how long after its first use a signed request could still be accepted by its date. */
  constructor(lifetimeMs: number, limit: number = defaultLimit) {
    this.#lifetimeMs = lifetimeMs;
    this.#limit = limit;
  }

  get size(): number {
    return this.#current.size + this.#previous.size;
  }

  /** `used`: seen before; `full`: cannot be remembered, so it must be refused too. Times in ms, never going back. */
  burn(keyId: string, nonce: string, now: number): "fresh" | "used" | "full" {
    this.#turn(now);
    const entry = `${keyId} ${nonce}`;
    if (this.#current.has(entry) || this.#previous.has(entry)) return "used";
    if (this.size >= this.#limit) return "full";
    this.#current.add(entry);
    return "fresh";
  }

  /** Two generations, each open for one lifetime: an entry stays for at least one and at most two lifetimes. */
  #turn(now: number): void {
    if (now < this.#turnAt) return;
    // After a long silence both generations are older than a lifetime.
    this.#previous = now - this.#turnAt >= this.#lifetimeMs ? new Set() : this.#current;
    this.#current = new Set();
    this.#turnAt = now + this.#lifetimeMs;
  }
}
