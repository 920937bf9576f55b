// Passwords at rest: argon2id, then an HMAC with a key that only the vault holds (the pepper), so that a stolen
// database cannot even be guessed against. Hashing runs beside the event loop, a few at a time.
import { argon2, createHmac, randomBytes } from "node:crypto";
import { Problem } from "../../contract/problem.ts";
import { sameBytes } from "./secret-code.ts";

/** What is sealed as a password credential. Parameters stand beside the hash so that they can be raised later. */
export interface PasswordHash {
  readonly algorithm: "argon2id";
  readonly memoryKib: number;
  readonly passes: number;
  readonly salt: string; // base64
  readonly mac: string; // base64
}

/** RFC 9106 §4, the second recommended option with p=1: 64 MiB, 3 passes; about 0.25 s. */
const cost = { memoryKib: 65_536, passes: 3 } as const;
const atOnce = 2;
const mayWait = 40;

/** The password in the one form that is hashed (NFKC, as NIST 800-63B-4 §3.1.1.2 asks). */
export function normalisePassword(password: string): string {
  return password.normalize("NFKC");
}

export class PasswordHasher {
  readonly #pepper: Buffer;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `pepper`: 32 bytes that never leave the vault. */
  constructor(pepper: Buffer) {
    this.#pepper = pepper;
  }

  async hash(password: string): Promise<PasswordHash> {
    const salt = randomBytes(16);
    const mac = await this.#mac(password, salt, cost);
    return { algorithm: "argon2id", ...cost, salt: salt.toString("base64"), mac: mac.toString("base64") };
  }

  /** Takes as long for an unknown person (`undefined`) as for a known one. Throws Problem `too_many` under a flood. */
  async verify(password: string, known: PasswordHash | undefined): Promise<boolean> {
    const salt = known === undefined ? randomBytes(16) : Buffer.from(known.salt, "base64");
    const mac = await this.#mac(password, salt, known ?? cost);
    return known !== undefined && sameBytes(mac, Buffer.from(known.mac, "base64"));
  }

  async #mac(
    password: string,
    salt: Buffer,
    { memoryKib, passes }: { memoryKib: number; passes: number },
  ): Promise<Buffer> {
    const message = Buffer.from(normalisePassword(password), "utf8");
    const derived = await this.#inTurn(
      () =>
        new Promise<Buffer>((resolve, reject) => {
          const parameters = { message, nonce: salt, parallelism: 1, tagLength: 32, memory: memoryKib, passes };
          argon2("argon2id", parameters, (error, key) => (error === null ? resolve(key) : reject(error)));
        }),
    );
    return createHmac("sha256", this.#pepper).update(derived).digest();
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= mayWait) throw new Problem("too_many", { extra: { retryAfterSeconds: 5 } });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, or given back when nobody waits.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
