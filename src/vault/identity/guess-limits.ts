// How often a day may guess. The sum of all lanes keeps a guesser's chance under 1 in 100,000 per account and day, and
// under the same per source; yet no stranger can lock anyone out: over a budget the next try must show more at once
// (password verdict only together with codes, two codes in a row), which makes guessing hopeless instead of impossible.
import type { Database } from "../db/database.ts";
import { systemScope } from "../db/database.ts";
import { Problem } from "../../contract/problem.ts";
import type { Keyring } from "../keys/keyring.ts";

/**
 * `account` counts what strangers try on one account, `source` what one address tries on any, `device` what a bound
 * device tries for its own person. Codes of one account share one count, whoever guesses.
 */
export type Lane =
  | "password.account"
  | "password.source"
  | "password.device"
  | "code.account"
  | "code.source"
  | "pair.account"
  | "pair.device"
  | "secret.source";

/** Wrong guesses a day, after which a lane asks for more or, where there is nothing more to ask for, refuses. */
export const budgets: Readonly<Record<Lane, number>> = {
  "password.account": 100,
  "password.source": 300,
  "password.device": 100,
  "code.account": 3,
  "code.source": 3,
  "pair.account": 1000,
  "pair.device": 1000,
  "secret.source": 1000,
};

/** Refuses whoever used up a lane of the day, with the time until the next day's begins. */
export function tooManyToday(now: Date): Problem {
  const day = 24 * 3600;
  return new Problem("too_many", { extra: { retryAfterSeconds: day - (Math.floor(now.getTime() / 1000) % day) } });
}

/** Day buckets kept in memory; more than a company has accounts, devices and addresses on a bad day. */
const limit = 200_000;

interface Count {
  wrong: number;
}

export class GuessLimits {
  readonly #db: Database;
  readonly #keyring: Pick<Keyring, "tag" | "verifyTag" | "lookup">;
  #day = "";
  #counts = new Map<string, Count>();
  readonly #changed = new Set<string>();
  #saving: Promise<void> = Promise.resolve();

  private constructor(db: Database, keyring: Pick<Keyring, "tag" | "verifyTag" | "lookup">) {
    this.#db = db;
    this.#keyring = keyring;
  }

  /** Loads the counts of the day, so that a restart gives no new guesses. Throws TagBroken for edited ones. */
  static async open(
    db: Database,
    keyring: Pick<Keyring, "tag" | "verifyTag" | "lookup">,
    now: Date,
  ): Promise<GuessLimits> {
    const limits = new GuessLimits(db, keyring);
    limits.#turn(now);
    const rows = await db.tx(systemScope("identity"), async (tx) => {
      await tx.query("delete from vault.guess_count where day < $1::date - 2", [limits.#day]);
      return tx.query<{ lane: string; subject: Buffer; wrong: number; tag: Buffer }>(
        "select lane, subject, wrong, tag from vault.guess_count where day = $1",
        [limits.#day],
      );
    });
    for (const row of rows) {
      keyring.verifyTag("guess_count", [row.lane, row.subject, limits.#day, row.wrong], row.tag);
      limits.#counts.set(`${row.lane} ${row.subject.toString("base64")}`, { wrong: row.wrong });
    }
    return limits;
  }

  /** Wrong guesses of today. The subject is any text; it is kept only as a keyed hash. */
  wrong(lane: Lane, subject: string, now: Date): number {
    this.#turn(now);
    return this.#counts.get(this.#place(lane, subject))?.wrong ?? 0;
  }

  /** True when the lane's budget is used up. */
  spent(lane: Lane, subject: string, now: Date): boolean {
    return this.wrong(lane, subject, now) >= budgets[lane];
  }

  /**
   * Counts a guess before its outcome is known, so that guesses side by side cannot outrun the count; call what it
   * returns when the guess was right.
   */
  charge(lane: Lane, subject: string, now: Date): () => void {
    this.#turn(now);
    const key = this.#place(lane, subject);
    const count = this.#counts.get(key) ?? { wrong: 0 };
    this.#counts.set(key, count);
    count.wrong += 1;
    this.#changed.add(key);
    const day = this.#day;
    return () => {
      if (day !== this.#day) return;
      count.wrong -= 1;
      this.#changed.add(key);
    };
  }

  /** Writes changed counts, one writer after the other. Called after each wrong guess and when the vault stops. */
  save(): Promise<void> {
    const turn = this.#saving.then(() => this.#write());
    this.#saving = turn.catch(() => undefined);
    return turn;
  }

  async #write(): Promise<void> {
    const keys = [...this.#changed];
    this.#changed.clear();
    if (keys.length === 0) return;
    const day = this.#day;
    const rows = keys.flatMap((key) => {
      const [lane = "", subject = ""] = key.split(" ");
      const count = this.#counts.get(key);
      return count === undefined ? [] : [{ lane, subject: Buffer.from(subject, "base64"), wrong: count.wrong }];
    });
    const tags = rows.map((row) => this.#keyring.tag("guess_count", [row.lane, row.subject, day, row.wrong]));
    const write = this.#db.tx(systemScope("identity"), (tx) =>
      tx.query(
        `insert into vault.guess_count (day, lane, subject, wrong, tag)
         select $1::date, * from unnest($2::text[], $3::bytea[], $4::int[], $5::bytea[])
         on conflict (day, lane, subject) do update set wrong = excluded.wrong, tag = excluded.tag`,
        [day, rows.map((row) => row.lane), rows.map((row) => row.subject), rows.map((row) => row.wrong), tags],
      ),
    );
    await write.catch((error: unknown) => {
      // Not written: they are due again.
      if (day === this.#day) for (const key of keys) this.#changed.add(key);
      throw error;
    });
  }

  /** When there are too many subjects to keep apart, the new ones of a lane share one count. */
  #place(lane: Lane, subject: string): string {
    const key = `${lane} ${this.#keyring.lookup(`guess.${lane}`, subject).toString("base64")}`;
    return this.#counts.has(key) || this.#counts.size < limit ? key : `${lane} AAAA`;
  }

  #turn(now: Date): void {
    const day = now.toISOString().slice(0, 10);
    if (day === this.#day) return;
    this.#day = day;
    this.#counts = new Map();
    this.#changed.clear();
  }
}
