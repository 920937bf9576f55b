// Nonces that were used within the signature window. A nonce is burnt in memory of the one active vault; what was
// signed before this vault started is refused by its date, so nothing needs to survive a restart. Nothing is forgotten
// early, so whoever floods is refused himself: each share (a device, a stranger's address) has its fair part.

export interface NonceStoreOptions {
  /** How long after its first use a signed request could still be accepted by its date. */
  readonly lifetimeMs: number;
  /** Never more live nonces than this; about 100 bytes each. */
  readonly limit: number;
}

interface Generation {
  readonly entries: Set<string>;
  readonly shares: Map<string, number>;
}

export class NonceStore {
  readonly #lifetimeMs: number;
  readonly #limit: number;
  #current = newGeneration();
  #previous = newGeneration();
  #turnAt = 0;

  constructor({ lifetimeMs, limit }: NonceStoreOptions) {
    this.#lifetimeMs = lifetimeMs;
    this.#limit = limit;
  }

  get size(): number {
    return this.#current.entries.size + this.#previous.entries.size;
  }

  /** `used`: seen before; `full`: cannot be remembered, so it must be refused too. Times in ms, never going back. */
  burn(share: string, keyId: string, nonce: string, now: number): "fresh" | "used" | "full" {
    this.#turn(now);
    const entry = `${keyId} ${nonce}`;
    if (this.#current.entries.has(entry) || this.#previous.entries.has(entry)) return "used";
    if (this.#isFull(share)) return "full";
    const { entries, shares } = this.#current;
    entries.add(entry);
    shares.set(share, (shares.get(share) ?? 0) + 1);
    return "fresh";
  }

  /** The first half goes to whoever comes; of the second half takes only who holds less than an equal part of the first. */
  #isFull(share: string): boolean {
    if (this.size >= this.#limit) return true;
    const half = this.#limit / 2;
    if (this.size < half) return false;
    const held = (this.#current.shares.get(share) ?? 0) + (this.#previous.shares.get(share) ?? 0);
    return held >= half / Math.max(this.#current.shares.size, this.#previous.shares.size);
  }

  /** Two generations, each open for one lifetime: an entry stays for at least one and at most two lifetimes. */
  #turn(now: number): void {
    if (now < this.#turnAt) return;
    // After a long silence both generations are older than a lifetime.
    this.#previous = now - this.#turnAt >= this.#lifetimeMs ? newGeneration() : this.#current;
    this.#current = newGeneration();
    this.#turnAt = now + this.#lifetimeMs;
  }
}

function newGeneration(): Generation {
  return { entries: new Set(), shares: new Map() };
}
