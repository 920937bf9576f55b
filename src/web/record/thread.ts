// What is said and done about a record, beside the changes of its fields: follow-ups, to-dos and comments that refer to
// it, as one order by time. Pure but for the questions it asks.
import { useQueries } from "@tanstack/react-query";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery } from "../query.ts";
import type { Names } from "./value-text.ts";

/** Objects whose records are about another one and stand in its timeline. */
export const threadKinds = ["activity", "todo", "comment"] as const;
export type ThreadKind = (typeof threadKinds)[number];

export interface ThreadObject {
  readonly kind: ThreadKind;
  readonly object: SchemaObject;
  /** By which its records refer to the one that is looked at. */
  readonly field: SchemaField;
}

/** Those that one may see and that can be about records of `target`. */
export function threadObjects(objects: readonly SchemaObject[], target: string): readonly ThreadObject[] {
  return threadKinds.flatMap((kind) => {
    const object = objects.find(({ key }) => key === kind);
    const field = object?.fields.find((one) => one.type === "reference" && one.target === target && !one.system);
    const seen = object && (object.can["view"] ?? "none") !== "none";
    return object && field && seen && kind !== target ? [{ kind, object, field }] : [];
  });
}

export interface ThreadEntry {
  readonly kind: ThreadKind;
  readonly record: RecordView;
  readonly at: string;
}

export interface Thread {
  /** Newest first. */
  readonly entries: readonly ThreadEntry[];
  readonly names: Names;
  readonly pending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

const mostOfEach = 100;

export function useThread(about: readonly ThreadObject[], id: string): Thread {
  return useQueries({
    queries: about.map(({ object, field }) => ({
      ...apiQuery("listRecords", {
        path: { object: object.key },
        body: {
          filter: { field: field.key, op: "eq" as const, value: id },
          sort: [{ field: "createdAt", direction: "desc" as const }],
          columns: object.fields.filter((one) => !one.system && one.level !== "hidden").map(({ key }) => key),
          limit: mostOfEach,
        },
      }),
      refetchOnWindowFocus: false,
    })),
    combine: (answers) => ({
      entries: answers
        .flatMap(({ data }, at) => (data?.rows ?? []).map((record) => entryOf(about[at]?.kind ?? "activity", record)))
        .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)),
      names: answers.reduce<Names>((all, { data }) => ({ ...all, ...data?.names }), {}),
      pending: answers.some(({ isPending }) => isPending),
      error: answers.find(({ error }) => error !== null)?.error ?? null,
      retry: () => answers.forEach((one) => one.error && void one.refetch()),
    }),
  });
}

/** A follow-up stands where it happened, all else where it was written. */
function entryOf(kind: ThreadKind, record: RecordView): ThreadEntry {
  const happened = record.values["happenedAt"];
  return { kind, record, at: kind === "activity" && typeof happened === "string" ? happened : record.createdAt };
}
