// The one-time code that the console prints until there is an owner. Only its hash is kept, only in memory: every start
// without an owner makes a new one.
import { Problem } from "../../contract/problem.ts";
import { hashSecretCode, newSecretCode, sameBytes } from "./secret-code.ts";

export class EnrolmentCode {
  readonly #key: Buffer;
  #hash: Buffer | undefined;
  #busy = false;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** A new code of 80 bits; the one before it is void. */
  make(): string {
    const code = newSecretCode(4);
    this.#hash = hashSecretCode(this.#key, "enrolment", code);
    return code;
  }

  matches(code: string): boolean {
    return this.#hash !== undefined && sameBytes(this.#hash, hashSecretCode(this.#key, "enrolment", code));
  }

  /** Uses the code for one enrolment at a time; it is void once that has succeeded. Throws what `work` throws. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Problem("conflict");
    this.#busy = true;
    try {
      const result = await work();
      this.#hash = undefined;
      return result;
    } finally {
      this.#busy = false;
    }
  }
}
