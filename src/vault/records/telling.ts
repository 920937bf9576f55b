// What a row says of the records it is about: a follow-up record tells when they were last spoken to, and when next.
import type { ObjectDefinition } from "../../contract/field.ts";
import { linkFields } from "../../contract/field.ts";
import type { Links } from "./links.ts";
import type { Values } from "./row.ts";

/** Values to be written to another record by the vault itself. */
export interface Told {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly values: Values;
}

interface Saying {
  readonly changes: Values;
  readonly after: Values;
  /** It is about other records than before. */
  readonly linked: boolean;
}

/** One for each record that these rows make differ. */
export function toldOthers(object: ObjectDefinition, links: Links, rows: readonly Saying[]): Told[] {
  const telling = object.fields.filter(({ tells }) => tells !== undefined);
  if (telling.length === 0) return [];
  const fields = linkFields(object);
  const found = new Map<string, { object: ObjectDefinition; id: string; values: Values; now: Values }>();
  for (const { changes, after, linked } of rows) {
    for (const { key } of fields) {
      const target = links.target(key, after);
      if (!target) continue;
      const place = `${target.object.key} ${target.row.id}`;
      const one = found.get(place) ?? {
        object: target.object,
        id: target.row.id,
        values: {},
        now: { ...target.values },
      };
      found.set(place, one);
      for (const field of telling) {
        const value = after[field.key] ?? null;
        const into = field.tells ?? "";
        const there = one.now[into] ?? null;
        if (value === null || value === there || (!linked && !(field.key in changes))) continue;
        if (!target.object.fields.some((other) => other.key === into)) continue;
        if (field.type === "datetime" && there !== null && String(there) >= String(value)) continue;
        one.values[into] = value;
        one.now[into] = value;
      }
    }
  }
  return [...found.values()].filter(({ values }) => Object.keys(values).length > 0);
}
