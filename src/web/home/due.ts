// Which of the records that wait for a follow-up are named: one follow-up sets the day on the deal, the person and the
// company alike, and only the nearest of them is work to do. Pure.
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";

export interface FollowUp {
  readonly object: Pick<SchemaObject, "key" | "labels" | "nameField">;
  readonly record: RecordView;
}

/** `items` nearest work first; deals that are closed wait for nothing. By day, the longest overdue first. */
export function dueOnes(items: readonly FollowUp[]): readonly FollowUp[] {
  const open = items.filter(({ record }) => (record.values["state"] ?? "open") === "open");
  const named = new Set<string>();
  for (const { record } of open)
    for (const key of ["account", "contact"]) {
      const above = record.values[key];
      if (typeof above === "string") named.add(`${above} ${String(record.values["nextFollowUp"])}`);
    }
  return open
    .filter(({ record }) => !named.has(`${record.id} ${String(record.values["nextFollowUp"])}`))
    .toSorted((a, b) => String(a.record.values["nextFollowUp"]).localeCompare(String(b.record.values["nextFollowUp"])));
}
