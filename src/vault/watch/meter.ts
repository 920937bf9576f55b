// Counts what each person lists, opens, reveals and writes in a day, on all his devices together: a second device must
// not double what one may see. The ledger is the source, and its entries name the device as well: at start today's counts
// are read from it, afterwards each durable entry adds to them. Above a ceiling the act is refused.
import { z } from "zod";
import { Problem } from "../../contract/problem.ts";
import { type Database, systemScope } from "../db/database.ts";
import type { EntryDraft } from "../ledger/entry.ts";

const kinds = ["listed", "opened", "outside", "revealed", "exported", "written", "matched", "compared"] as const;
export type Metered = (typeof kinds)[number];

/**
 * Ceilings of a day that no honest day reaches (rows listed, rows written, records opened), and the
 * tighter allowances of revealed values and of records opened, or listed with confidential values, that one neither owns nor serves. Each confirmation adds `extra` of the allowance once it is used up. Exact matches
 * (`matched` by requests, `compared` by the rows of a file) are few enough that guessing behind a mask yields less in a
 * day than the reveals one has anyway: a masked phone number hides 10,000 possible ones.
 */
export const ceilings: Readonly<Record<Metered, number>> = {
  listed: 100_000,
  opened: 5000,
  outside: 300,
  revealed: 200,
  exported: 0,
  written: 20_000,
  matched: 500,
  compared: 20_000,
};
export const extraPerConfirmation = 50;
const tighter: readonly Metered[] = ["outside", "revealed"];

interface Counts {
  day: string;
  counts: Record<Metered, number>;
  /** Granted to calls that are still under way. */
  held: Record<Metered, number>;
  extra: number;
}

/** What is granted to one call, until it ends: calls side by side cannot share what is left. */
export interface MeterHold {
  /**
   * Throws Problem `allowance_used` (`matches_used` for exact matches) when `amount` of the kind in this call would pass
   * the ceiling. To be asked before anything is opened.
   */
  demand(kind: Metered, amount: number): void;
  /** Whether the day's usual allowance is used up, so that only a confirmation gives more. */
  beyondUsual(kind: Metered): boolean;
  /** At the end of the call, when what it did has been counted. */
  release(): void;
}

/**
 * Equal counts of a person together, so that a full day is a few rows. The whole body is looked through, for what stands
 * before the counts comes from browsers and may be long; a quote inside a text is escaped there, so only the key matches.
 */
const todaysCounts = `
  select person_id as person, position('"kind":"person"' in body) > 0 as own,
    split_part(split_part(body, '"counts":', 2), '}', 1) as counts, count(*) as times
  from vault.ledger_entry
  where at >= $1 and at < $1 + interval '1 day' and person_id is not null and position('"counts":' in body) > 0
  group by 1, 2, 3`;

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** When the counts of a day are forgotten. */
function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString();
}

function none(): Record<Metered, number> {
  return { listed: 0, opened: 0, outside: 0, revealed: 0, exported: 0, written: 0, matched: 0, compared: 0 };
}

/** Days kept: today, and the day before for calls that began on it. */
const remembered = 2;

/** Undefined for what is not counts as the ledger writes them. */
function countsOf(text: string): Partial<Record<Metered, number>> | undefined {
  try {
    return z.record(z.string(), z.int().nonnegative()).parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export class Meter {
  /** By day and person: a call that began before midnight counts for the day on which it began, as in the ledger. */
  readonly #days = new Map<string, Map<string, Counts>>();

  /**
   * Reads today's counts of everybody from the ledger, which has sequenced all that an earlier vault left. Entries whose
   * counts cannot be read end no start: `unread` is told how many there are.
   */
  static async open(db: Database, now: Date, unread: (entries: number) => void): Promise<Meter> {
    const meter = new Meter();
    let broken = 0;
    const rows = await db.read<{ person: string; own: boolean; counts: string; times: number }>(
      systemScope("meter"),
      todaysCounts,
      [new Date(`${dayOf(now)}T00:00:00Z`)],
    );
    for (const { person, own, counts, times } of rows) {
      const one = countsOf(`${counts}}`);
      if (!one) {
        broken += times;
        continue;
      }
      const today = meter.#of(person, now).counts;
      // What a mandate writes is limited by the mandate; what its file compares and finds counts for the person who gave it.
      for (const kind of own ? kinds : (["compared", "revealed"] as const)) today[kind] += (one[kind] ?? 0) * times;
    }
    if (broken > 0) unread(broken);
    return meter;
  }

  /** Opens the hold of one call; the caller releases it. */
  begin(person: string, now: Date): MeterHold {
    const today = this.#of(person, now);
    const amounts = none();
    return {
      demand: (kind, amount) => {
        const limit = this.#limit(today, kind);
        if (today.counts[kind] + today.held[kind] - amounts[kind] + amount > limit) {
          const extra = { kind, used: today.counts[kind], limit };
          if (kind !== "matched" && kind !== "compared") throw new Problem("allowance_used", { extra });
          throw new Problem("matches_used", { extra: { ...extra, until: nextDay(today.day) } });
        }
        const more = Math.max(0, amount - amounts[kind]);
        today.held[kind] += more;
        amounts[kind] += more;
      },
      beyondUsual: (kind) => today.counts[kind] >= ceilings[kind],
      release: () => {
        for (const kind of kinds) {
          today.held[kind] -= amounts[kind];
          amounts[kind] = 0;
        }
      },
    };
  }

  add(person: string, counts: NonNullable<EntryDraft["counts"]>, now: Date): void {
    const today = this.#of(person, now);
    for (const kind of kinds) today.counts[kind] += counts[kind] ?? 0;
  }

  used(person: string, kind: Metered, now: Date): { used: number; limit: number } {
    const today = this.#of(person, now);
    return { used: today.counts[kind], limit: this.#limit(today, kind) };
  }

  /** A fresh confirmation adds to the tighter allowances when one is used up. */
  confirmed(person: string, now: Date): void {
    const today = this.#of(person, now);
    const used = tighter.some((kind) => today.counts[kind] >= this.#limit(today, kind));
    if (used && today.extra < 1) today.extra += 1;
  }

  #limit(today: Counts, kind: Metered): number {
    return ceilings[kind] + (tighter.includes(kind) ? today.extra * extraPerConfirmation : 0);
  }

  #of(person: string, now: Date): Counts {
    const day = dayOf(now);
    let people = this.#days.get(day);
    if (!people) {
      people = new Map();
      this.#days.set(day, people);
      for (const old of [...this.#days.keys()].toSorted().slice(0, -remembered)) this.#days.delete(old);
    }
    let counts = people.get(person);
    if (!counts) {
      counts = { day, counts: none(), held: none(), extra: 0 };
      people.set(person, counts);
    }
    return counts;
  }
}
