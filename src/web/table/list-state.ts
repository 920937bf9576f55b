// What a person set in a list: search, filters, sort, columns, page. Filters, order and page stand in the address as far
// as they may (list-address.ts). What was typed stays in memory, per object, so coming back from a record finds it. The
// browser keeps the columns (keys of fields).
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import type { CallInput } from "../endpoint-types.ts";
import { type Chip, filterOf } from "./filter-model.ts";
import {
  type AddressedState,
  isAddressed,
  readAddress,
  rememberAddress,
  type SortKey,
  writeAddress,
} from "./list-address.ts";

export interface ListState extends AddressedState {
  readonly search: string;
  /** Keys in the order shown, without the name, which always comes first; undefined: as the schema says. */
  readonly columns: readonly string[] | undefined;
}

/** How the vault sorts when nothing else is asked for. */
export const usualSort: readonly SortKey[] = [{ field: "updatedAt", direction: "desc" }];

interface Typed {
  readonly search: string;
  /** Filters that do not stand in the address. */
  readonly chips: readonly Chip[];
  readonly columns: readonly string[] | undefined;
  /** Names of referenced records in filters, by id. */
  readonly labels: Readonly<Record<string, string>>;
}

const kept = new Map<string, Typed>();
const listeners = new Set<() => void>();

export type ChangeList = (change: Partial<ListState>) => void;

/** Any change but of the page itself leads back to the first page. */
export function useListState(object: SchemaObject): [ListState, ChangeList] {
  const [params, setParams] = useSearchParams();
  const typed = useSyncExternalStore(subscribe, () => typedOf(object.key));
  const state = useMemo((): ListState => {
    const addressed = readAddress(params, object.fields);
    const chips = [...addressed.chips.map((chip) => labelled(chip, typed.labels)), ...typed.chips];
    return { ...addressed, chips, search: typed.search, columns: typed.columns };
  }, [params, object, typed]);
  const change = useCallback<ChangeList>(
    (part) => {
      const next: ListState = { ...state, page: 0, ...part };
      kept.set(object.key, {
        search: next.search,
        chips: next.chips.filter((chip) => !isAddressed(chip, object.fields)),
        columns: next.columns,
        labels: { ...typed.labels, ...labelsOf(next.chips) },
      });
      if ("columns" in part) keepColumns(object.key, part.columns);
      for (const listener of listeners) listener();
      const address = writeAddress(params, next, object.fields);
      // Every step of filtering, sorting and paging is one that Back leads out of; typing is none.
      if (address.toString() !== params.toString()) setParams(address, { replace: "search" in part });
    },
    [object, params, setParams, state, typed],
  );

  useEffect(() => {
    const address = writeAddress(new URLSearchParams(), state, object.fields).toString();
    rememberAddress(object.key, address === "" ? "" : `?${address}`);
  }, [object, state]);
  return [state, change];
}

function typedOf(object: string): Typed {
  let typed = kept.get(object);
  if (!typed) kept.set(object, (typed = { search: "", chips: [], columns: keptColumns(object), labels: {} }));
  return typed;
}

function labelled(chip: Chip, labels: Typed["labels"]): Chip {
  return {
    ...chip,
    values: chip.values.map((one) => ({ ...one, label: one.label || (labels[String(one.value)] ?? "") })),
  };
}

function labelsOf(chips: readonly Chip[]): Typed["labels"] {
  return Object.fromEntries(
    chips.flatMap((chip) => chip.values.flatMap(({ value, label }) => (label === "" ? [] : [[String(value), label]]))),
  );
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
