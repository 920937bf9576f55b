// What one person did with a record: the readings of one go are drawn together, so that a visit is one line and not one
// per request, while a revealed value and a change each stand for themselves with their own time. Nothing is left out but
// the reading of the timeline that comes with every opening.
import type { CallOutput } from "../endpoint-types.ts";

type Look = CallOutput<"readLookers">["looks"][number];

export interface Visit {
  readonly by: string | null;
  readonly ip: string | null;
  /** When it ended. */
  readonly at: string;
  /** In the order they happened first, each with the fields it named. */
  readonly deeds: readonly { readonly action: string; readonly fields: readonly string[] }[];
  readonly purposes: readonly string[];
}

const samePause = 10 * 60_000;
const readings: ReadonlySet<string> = new Set(["record.open", "record.history"]);

/** `looks` newest first, as the answer bears them. */
export function visitsOf(looks: readonly Look[]): readonly Visit[] {
  const visits: Look[][] = [];
  let reading: Look[] | undefined;
  for (const look of looks) {
    if (!readings.has(look.action)) {
      visits.push([look]);
      continue;
    }
    const before = reading?.at(-1);
    const goesOn =
      before?.by === look.by && before.ip === look.ip && Date.parse(before.at) - Date.parse(look.at) <= samePause;
    if (reading && goesOn) reading.push(look);
    else visits.push((reading = [look]));
  }
  return visits.flatMap((visit) => {
    const [last] = visit;
    return last ? [{ by: last.by, ip: last.ip, at: last.at, ...deedsOf(visit.toReversed()) }] : [];
  });
}

function deedsOf(looks: readonly Look[]): Pick<Visit, "deeds" | "purposes"> {
  const opened = looks.some(({ action }) => action === "record.open");
  const deeds = new Map<string, Set<string>>();
  for (const { action, fields } of looks) {
    if (opened && action === "record.history") continue;
    const named = deeds.get(action) ?? new Set();
    // Opening and making a record name all fields, which says nothing.
    if (action === "record.reveal" || action === "record.update") for (const field of fields) named.add(field);
    deeds.set(action, named);
  }
  return {
    deeds: [...deeds].map(([action, fields]) => ({ action, fields: [...fields] })),
    purposes: [...new Set(looks.flatMap(({ purpose }) => purpose ?? []))],
  };
}
