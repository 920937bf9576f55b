// How fast one source may ask for expensive work (a password hash, a sign-in step) or for anything at all without a
// device: a token bucket in memory. It slows floods down; what bounds guessing is guess-limits.ts.
import { Problem } from "../../contract/problem.ts";

const limit = 50_000;

export class SourceRate {
  readonly #burst: number;
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(options: { burst: number; perSecond: number }) {
    this.#burst = options.burst;
    this.#perSecond = options.perSecond;
  }

  /** Throws Problem `too_many` with `retryAfterSeconds`. */
  take(source: string, now: Date): void {
    const at = now.getTime();
    const bucket = this.#buckets.get(source) ?? { tokens: this.#burst, at };
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * this.#perSecond);
    bucket.at = at;
    this.#buckets.delete(source);
    this.#buckets.set(source, bucket);
    if (this.#buckets.size > limit) this.#forgetOldest();
    if (bucket.tokens < 1) {
      const retryAfterSeconds = Math.ceil((1 - bucket.tokens) / this.#perSecond);
      throw new Problem("too_many", { extra: { retryAfterSeconds } });
    }
    bucket.tokens -= 1;
  }

  #forgetOldest(): void {
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
