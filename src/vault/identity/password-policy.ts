// Which passwords are accepted (NIST SP 800-63B-4 §3.1.1): length and guessability only, no composition rules, any
// characters. The judging thread starts with the first question and ends when nobody has asked for a while.
import { Worker } from "node:worker_threads";
import { Problem } from "../../contract/problem.ts";
import { normalisePassword } from "./password-hash.ts";
import type { Feedback, Strength } from "./password-strength.ts";
import type { StrengthAnswer, StrengthQuestion } from "./password-worker.ts";

/** Characters (code points after NFKC). Every sign-in has a second factor; 15 would hold for a password alone. */
export const minLength = 8;
export const minLengthAlone = 15;
export const maxLength = 128;
const minScore = 3;
/** The service's own names, which NIST SP 800-63B-4 §3.1.1.2 counts among the first guesses. */
const serviceNames = ["Strongroom", "金库", "jinku"];
const idleMs = 30_000;
/** A machine under full load needs a few seconds to load the dictionaries, and questions wait in line. */
const patienceMs = 20_000;

export interface Judgement {
  readonly acceptable: boolean;
  readonly score: number;
  readonly feedback: readonly Feedback[];
}

/** What length alone says: undefined where it is right. */
export function judgeLength(password: string, alone: boolean): Judgement | undefined {
  const length = Array.from(normalisePassword(password)).length;
  if (length < (alone ? minLengthAlone : minLength)) return { acceptable: false, score: 0, feedback: ["too_short"] };
  return length > maxLength ? { acceptable: false, score: 0, feedback: ["too_long"] } : undefined;
}

export class PasswordPolicy {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #last = 0;
  readonly #asked = new Map<number, { resolve: (strength: Strength) => void; reject: (reason: Error) => void }>();

  /** `personal`: words an attacker would try first. Throws Problem `unavailable` when no answer comes. */
  async judge(password: string, personal: readonly string[], options: { alone?: boolean } = {}): Promise<Judgement> {
    const byLength = judgeLength(password, options.alone ?? false);
    if (byLength !== undefined) return byLength;
    const { score, feedback } = await this.#ask(normalisePassword(password), personal);
    return { acceptable: score >= minScore, score, feedback };
  }

  /** Throws Problem `password_weak` with `feedback` where {@link judge} does not accept. */
  async require(password: string, personal: readonly string[]): Promise<void> {
    const { acceptable, score, feedback } = await this.judge(password, personal);
    if (!acceptable) throw new Problem("password_weak", { extra: { score, feedback } });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    for (const question of this.#asked.values()) question.reject(new Problem("unavailable"));
    this.#asked.clear();
    await worker?.terminate();
  }

  async #ask(password: string, personal: readonly string[]): Promise<Strength> {
    const worker = (this.#worker ??= this.#start());
    clearTimeout(this.#idle);
    const id = (this.#last += 1);
    const words = [...serviceNames, ...personal].map((text) => text.normalize("NFKC"));
    const question: StrengthQuestion = { id, password, personal: words };
    const timer = setTimeout(() => void this.close(), patienceMs);
    try {
      return await new Promise<Strength>((resolve, reject) => {
        this.#asked.set(id, { resolve, reject });
        worker.postMessage(question);
      });
    } finally {
      clearTimeout(timer);
      this.#asked.delete(id);
      if (this.#asked.size === 0) this.#idle = setTimeout(() => void this.close(), idleMs).unref();
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL("password-worker.ts", import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 256 },
    });
    worker.unref();
    worker.on("message", (answer: StrengthAnswer) => this.#asked.get(answer.id)?.resolve(answer));
    worker.on("error", () => void this.close());
    return worker;
  }
}
