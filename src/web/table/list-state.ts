// What a person set in a list: search, filters, sort, columns, page. It lives in memory, per object, so coming back from a
// record finds the list as it was. The browser keeps the columns (keys of fields); nothing typed here reaches the
// address bar or its storage.
import { useCallback, useSyncExternalStore } from "react";
import type { SchemaField, SchemaObject } from "../../contract/record-verbs.ts";
import type { CallInput } from "../endpoint-types.ts";
import { type Chip, filterOf } from "./filter-model.ts";

export interface SortKey {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface ListState {
  readonly search: string;
  readonly chips: readonly Chip[];
  readonly match: "all" | "any";
  readonly sort: readonly SortKey[];
  /** Keys in the order shown, without the name, which always comes first; undefined: as the schema says. */
  readonly columns: readonly string[] | undefined;
  readonly page: number;
  readonly pageSize: number;
}

export const pageSizes = [50, 100, 200] as const;
const initial: ListState = { search: "", chips: [], match: "all", sort: [], columns: undefined, page: 0, pageSize: 50 };

const states = new Map<string, ListState>();
const listeners = new Set<() => void>();

export type ChangeList = (change: Partial<ListState>) => void;

/** Any change but of the page itself leads back to the first page. */
export function useListState(object: string): [ListState, ChangeList] {
  const state = useSyncExternalStore(subscribe, () => stateOf(object));
  const change = useCallback<ChangeList>(
    (part) => {
      states.set(object, { ...stateOf(object), page: 0, ...part });
      if ("columns" in part) keepColumns(object, part.columns);
      for (const listener of listeners) listener();
    },
    [object],
  );
  return [state, change];
}

function stateOf(object: string): ListState {
  let state = states.get(object);
  if (!state) states.set(object, (state = { ...initial, columns: keptColumns(object) }));
  return state;
}

const storageKey = (object: string): string => `strongroom.columns.${object}`;

function keptColumns(object: string): readonly string[] | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(storageKey(object)) ?? "null");
    return Array.isArray(kept) ? kept.filter((key) => typeof key === "string") : undefined;
  } catch {
    return undefined;
  }
}

function keepColumns(object: string, columns: readonly string[] | undefined): void {
  try {
    if (columns) localStorage.setItem(storageKey(object), JSON.stringify(columns));
    else localStorage.removeItem(storageKey(object));
  } catch {
    // Storage refused: the choice holds until the page is closed.
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The fields that can be columns, the name first. */
export function columnChoices(object: SchemaObject): readonly SchemaField[] {
  return object.fields
    .filter((field) => field.level !== "hidden")
    .toSorted((a, b) => Number(b.key === object.nameField) - Number(a.key === object.nameField));
}

export function shownColumns(object: SchemaObject, columns: readonly string[] | undefined): readonly SchemaField[] {
  const choices = columnChoices(object);
  const name = choices.filter(({ key }) => key === object.nameField);
  if (columns)
    return [
      ...name,
      ...columns.flatMap((key) => choices.find((field) => field.key === key && key !== object.nameField) ?? []),
    ];
  return [
    ...name,
    ...choices.filter(
      (field) => field.key !== object.nameField && (field.listed || field.key === "owner" || field.key === "updatedAt"),
    ),
  ];
}

type ListBody = CallInput<"listRecords">["body"];

export function listBody(object: SchemaObject, state: ListState, columns: readonly SchemaField[], now: Date): ListBody {
  const filter = filterOf(state.chips, object.fields, state.match, now);
  const search = state.search.trim();
  return {
    ...(filter && { filter }),
    ...(search !== "" && { search }),
    ...(state.sort.length > 0 && { sort: state.sort.map((key) => ({ ...key })) }),
    columns: columns.filter((field) => !field.system).map(({ key }) => key),
    limit: state.pageSize,
    offset: state.page * state.pageSize,
    count: true,
  };
}

/** The sort after a click on a head: ascending, descending, none; with shift the other keys stay. */
export function nextSort(sort: readonly SortKey[], field: string, several: boolean): readonly SortKey[] {
  const present = sort.find((key) => key.field === field);
  const direction = present === undefined ? "asc" : present.direction === "asc" ? "desc" : undefined;
  if (!several) return direction ? [{ field, direction }] : [];
  if (!present) return [...sort, { field, direction: "asc" as const }].slice(-3);
  return sort.flatMap((key) => (key.field === field ? (direction ? [{ field, direction }] : []) : [key]));
}
