// What a person set in a list: view, search, filters, sort, columns, place. View, filters, order and page stand in the
// address as far as they may (list-address.ts). What was typed stays in memory, per object and view, so coming back from a
// record finds it; the vault keeps what is saved (use-views.ts).
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { useSearchParams } from "react-router";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import type { ListView, ViewLayout } from "../../contract/view-verbs.ts";
import { useMe } from "../query.ts";
import { type Chip, chipsOf, type FilterItem, isGroup } from "./filter-model.ts";
import {
  type AddressedState,
  isAddressed,
  mineView,
  readAddress,
  rememberAddress,
  saysFilter,
  writeAddress,
} from "./list-address.ts";
import { emptyLayout, filterItems, keptFilter, personalView } from "./use-views.ts";

export interface ListState extends AddressedState {
  readonly search: string;
  /** Keys in the order shown, without the name, which always comes first; undefined: as the schema says. */
  readonly columns: readonly string[] | undefined;
  /** In pixels at the usual size of text, by field. */
  readonly widths: Readonly<Record<string, number>>;
  /** The list differs from its view as it is kept. */
  readonly changed: boolean;
}

interface Typed {
  readonly search: string;
  /** Filters that do not stand in the address. */
  readonly chips: readonly FilterItem[];
  /** Undefined: the view's. */
  readonly columns: readonly string[] | undefined;
  readonly widths: Readonly<Record<string, number>> | undefined;
}

const nothingTyped: Typed = { search: "", chips: [], columns: undefined, widths: undefined };
/** By object and view. */
const kept = new Map<string, Typed>();
/** Names of referenced records in filters, by id. */
let labels: Readonly<Record<string, string>> = {};
const listeners = new Set<() => void>();

type Changeable = Omit<ListState, "changed">;
/** Any change but of the page itself leads back to the first page. `quietly`: not a step that Back leads out of. */
export type ChangeList = (change: Partial<Changeable>, quietly?: boolean) => void;

/** `views`: undefined while they are not known. */
export function useListState(object: SchemaObject, views: readonly ListView[] | undefined): [ListState, ChangeList] {
  const [params, setParams] = useSearchParams();
  const me = useMe();
  const addressed = useMemo(() => readAddress(params, object.fields), [params, object]);
  const place = `${object.key} ${addressed.view ?? ""}`;
  const typed = useSyncExternalStore(subscribe, () => kept.get(place) ?? nothingTyped);
  const baseOf = useCallback(
    (view: string | undefined): Base => base(object, view, views ?? [], me),
    [object, views, me],
  );
  const state = useMemo((): ListState => {
    const own = baseOf(addressed.view);
    const asView = addressed.view !== undefined && !saysFilter(params);
    const filter = asView
      ? { chips: own.chips, match: own.match, sort: own.sort }
      : { chips: [...addressed.chips, ...typed.chips], match: addressed.match, sort: addressed.sort };
    const next = {
      ...addressed,
      ...filter,
      chips: filter.chips.map(labelled),
      search: typed.search,
      columns: typed.columns ?? own.columns,
      widths: typed.widths ?? own.widths,
    };
    return { ...next, changed: differs(next, own, object) };
  }, [addressed, baseOf, object, params, typed]);

  const change = useCallback<ChangeList>(
    (part, quietly = false) => {
      // Choosing a view, be it the same again, shows it as it is kept.
      const moved = "view" in part;
      const own = baseOf(moved ? part.view : state.view);
      const next: Changeable = moved
        ? { ...own, search: "", page: 0, view: undefined, ...part }
        : { ...state, page: 0, ...part };
      rememberLabels(next.chips);
      const asView = next.view !== undefined && sameFilter(next, own, object);
      kept.set(`${object.key} ${next.view ?? ""}`, {
        search: next.search,
        chips: asView ? [] : next.chips.filter((chip) => !isAddressed(chip, object.fields)),
        columns: same(next.columns, own.columns) ? undefined : next.columns,
        widths: same(next.widths, own.widths) ? undefined : next.widths,
      });
      for (const listener of listeners) listener();
      const address = writeAddress(params, next, object.fields, asView);
      // Every step of filtering, sorting and paging is one that Back leads out of; typing and scrolling are none.
      if (address.toString() !== params.toString()) setParams(address, { replace: quietly || "search" in part });
    },
    [baseOf, object, params, setParams, state],
  );

  useEffect(() => {
    const address = new URLSearchParams(params);
    address.delete("new");
    rememberAddress(object.key, address.size === 0 ? "" : `?${address}`);
  }, [object, params]);
  return [state, change];
}

interface Base extends Pick<ListState, "chips" | "match" | "sort" | "columns" | "widths"> {}

/** How a view looks before anything is changed in it. */
function base(
  { fields }: SchemaObject,
  view: string | undefined,
  views: readonly ListView[],
  me: { readonly userId: string; readonly name: string } | undefined,
): Base {
  const { columns, widths } = personalView(views)?.layout ?? emptyLayout;
  const looks = { columns: columns ?? undefined, widths };
  if (view === mineView && me) {
    const owner: Chip = { field: "owner", operator: "is", values: [{ value: me.userId, label: me.name }] };
    return { ...looks, chips: [owner], match: "all", sort: [] };
  }
  const saved = views.find(({ id }) => id === view)?.layout;
  if (!saved) return { ...looks, chips: [], match: "all", sort: [] };
  return {
    columns: saved.columns ?? undefined,
    widths: saved.widths,
    chips: filterItems(saved.filter, fields),
    match: saved.match,
    sort: saved.sort,
  };
}

/** The state as a view keeps it. */
export function layoutOf(state: Changeable, { fields }: SchemaObject): ViewLayout {
  return {
    columns: state.columns === undefined ? null : [...state.columns],
    widths: { ...state.widths },
    sort: state.sort.map((key) => ({ ...key })),
    filter: keptFilter(state.chips, fields),
    match: state.match,
  };
}

type Filtered = Pick<ListState, "chips" | "match" | "sort">;

function sameFilter(a: Filtered, b: Filtered, { fields }: SchemaObject): boolean {
  const plain = ({ chips, match, sort }: Filtered): unknown => [keptFilter(chips, fields), match, sort];
  return same(plain(a), plain(b));
}

function differs(state: Changeable, own: Base, object: SchemaObject): boolean {
  return !sameFilter(state, own, object) || !same(state.columns, own.columns) || !same(state.widths, own.widths);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function labelled<I extends FilterItem>(item: I): FilterItem {
  if (isGroup(item)) return { ...item, items: item.items.map(labelled) };
  return {
    ...item,
    values: item.values.map((one) => ({ ...one, label: one.label || (labels[String(one.value)] ?? "") })),
  };
}

function rememberLabels(items: readonly FilterItem[]): void {
  const named = chipsOf(items).flatMap(({ values }) =>
    values.flatMap(({ value, label }) => (label === "" ? [] : [[String(value), label] as const])),
  );
  labels = { ...labels, ...Object.fromEntries(named) };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
