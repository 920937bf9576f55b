// Waiting for what comes by itself. How fast it comes, `npm run bench` says; the deadline only ends a hang.
import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the answer is neither false nor undefined, and gives it. Throws after a minute. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
): Promise<Exclude<Awaited<T>, false | undefined>> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20)) {
    const answer = await ask();
    // The compiler does not narrow a type parameter.
    if (answer !== false && answer !== undefined) return answer as Exclude<Awaited<T>, false | undefined>;
  }
  throw new Error(`Not within a minute: ${what}`);
}
