// How fast one source may ask for expensive work (a password hash, a sign-in step): a token bucket in memory. It slows
// floods down; what bounds guessing is guess-limits.ts.
import { Problem } from "../../contract/problem.ts";

const burst = 60;
const perSecond = 1;
const limit = 50_000;

export class SourceRate {
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** Throws Problem `too_many` with `retryAfterSeconds`. */
  take(source: string, now: Date): void {
    const at = now.getTime();
    const bucket = this.#buckets.get(source) ?? { tokens: burst, at };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    this.#buckets.delete(source);
    this.#buckets.set(source, bucket);
    if (this.#buckets.size > limit) this.#forgetOldest();
    if (bucket.tokens < 1) throw new Problem("too_many", { extra: { retryAfterSeconds: 1 } });
    bucket.tokens -= 1;
  }

  #forgetOldest(): void {
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest);
      return;
    }
  }
}
