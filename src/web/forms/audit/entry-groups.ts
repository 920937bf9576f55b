// Draws the entries of one visit together: what a person read in one go is one line that unfolds. Writes, revealed values
// and refusals always stand for themselves, and nothing is left out. Pure.
import type { CallOutput } from "../../endpoint-types.ts";

type Entry = CallOutput<"listLedger">["entries"][number];

export interface EntryGroup<E> {
  /** The line: the opening of the record where there is one, otherwise the newest. */
  readonly main: E;
  /** The others, newest first. */
  readonly rest: readonly E[];
}

type Grouped = Pick<Entry, "at" | "person" | "ip" | "action" | "objectIds" | "result">;

const samePauseMs = 10 * 60_000;
const ofOneRecord: ReadonlySet<string> = new Set(["record.open", "record.history", "record.lookers"]);
const reads: ReadonlySet<string> = new Set([...ofOneRecord, "record.list", "record.suggest", "search.everything"]);

/** `entries` newest first, as the answer bears them. */
export function groupEntries<E extends Grouped>(entries: readonly E[]): readonly EntryGroup<E>[] {
  const groups: E[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (group && before && goesOn(group, before, entry)) group.push(entry);
    else groups.push([entry]);
  }
  return groups.flatMap((group) => {
    const main = group.find(({ action }) => action === "record.open") ?? group[0];
    return main ? [{ main, rest: group.filter((entry) => entry !== main) }] : [];
  });
}

function goesOn(group: readonly Grouped[], before: Grouped, entry: Grouped): boolean {
  const [was, is] = [group.map(recordOf).find((id) => id !== undefined), recordOf(entry)];
  return (
    entry.person !== null &&
    entry.person === before.person &&
    entry.ip === before.ip &&
    [before, entry].every(({ action, result }) => reads.has(action) && result === "ok") &&
    (was === undefined || is === undefined || was === is) &&
    Date.parse(before.at) - Date.parse(entry.at) <= samePauseMs
  );
}

function recordOf({ action, objectIds }: Grouped): string | undefined {
  return ofOneRecord.has(action) ? objectIds[0] : undefined;
}
