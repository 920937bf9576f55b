/**
 * Refusals of callers nobody knows, which a stranger could produce without end: the first 20 of a source in a minute
 * are entries of their own, the rest one entry with their number. No refusal goes uncounted while the vault lives.
 */
import { isIPv6 } from "node:net";
import { normalIp, type EntryDraft } from "./entry.ts";

const SINGLE = 20;
const MAX_SOURCES = 10_000;
const MINUTE_MS = 60_000;

interface Count {
  readonly minute: number;
  readonly source: string | undefined;
  seen: number;
  last: Date;
}

/** The action of an entry that stands for several refusals; `counts.refused` is their number. */
export const REFUSALS_ACTION = "anonymous.refused";

/** One IPv4 address, or the /64 network that one IPv6 customer has to himself. */
export function sourceOf(ip: string | undefined): string | undefined {
  const address = normalIp(ip);
  if (address === undefined || !isIPv6(address)) return address;
  const [head = "", tail = ""] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const groups = address.includes("::")
    ? [...front, ...Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0"), ...back]
    : front;
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

export class Refusals {
  readonly #counts = new Map<string, Count>();

  /** True when the draft is to be written itself; false when it was only counted. */
  admit(draft: EntryDraft): boolean {
    if (draft.actor.kind !== "anonymous" || draft.result !== "refused") return true;
    const minute = Math.floor(draft.at.getTime() / MINUTE_MS);
    let source = sourceOf(draft.actor.ip);
    let key = `${minute} ${source}`;
    if (!this.#counts.has(key) && this.#counts.size >= MAX_SOURCES) {
      // Too many sources to keep apart: from here on they share one count.
      source = undefined;
      key = `${minute} rest`;
    }
    const count = this.#counts.get(key) ?? { minute, source, seen: 0, last: draft.at };
    this.#counts.set(key, count);
    count.seen++;
    count.last = draft.at;
    return count.seen <= SINGLE;
  }

  /** Takes out the entries of the minutes that are over; with no time given, of all. */
  due(now?: Date): EntryDraft[] {
    const minute = now === undefined ? Infinity : Math.floor(now.getTime() / MINUTE_MS);
    const drafts: EntryDraft[] = [];
    for (const [key, count] of this.#counts) {
      if (count.minute >= minute) continue;
      this.#counts.delete(key);
      if (count.seen <= SINGLE) continue;
      drafts.push({
        action: REFUSALS_ACTION,
        at: count.last,
        actor: { kind: "anonymous", ...(count.source !== undefined && { ip: count.source }) },
        result: "refused",
        counts: { refused: count.seen - SINGLE },
      });
    }
    return drafts;
  }
}
