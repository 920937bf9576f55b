// The views of an object's list as the vault keeps them, and how a list's state becomes the layout of one and back. A
// layout bears no name of a record and no restricted value.
import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import type { ListView, ViewFilter, ViewLayout, ViewSharing } from "../../contract/view-verbs.ts";
import { api } from "../api.ts";
import { newId } from "../new-id.ts";
import { queryClient, viewsQuery } from "../query.ts";
import { type FilterItem, isGroup } from "./filter-model.ts";

export const emptyLayout: ViewLayout = { columns: null, widths: {}, sort: [], filter: [], match: "all" };

export interface Views {
  /** Undefined while they are not known; empty when they could not be read. */
  readonly views: readonly ListView[] | undefined;
  readonly save: (view: SavedView) => Promise<string>;
  readonly remove: (id: string) => Promise<void>;
}

interface SavedView {
  /** Absent: a new one. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly sharing: ViewSharing;
  readonly layout: ViewLayout;
}

export function useViews(object: string): Views {
  const query = useQuery(viewsQuery(object));
  const save = useCallback(
    async ({ id = newId(), ...view }: SavedView): Promise<string> => {
      const { queryKey } = viewsQuery(object);
      const known = queryClient.getQueryData<{ views: ListView[] }>(queryKey)?.views ?? [];
      const before = known.find((one) => one.id === id);
      const { version } = await api.call("saveView", {
        path: { object, id },
        body: { ...view, ...(before && { version: before.version }) },
      });
      const saved: ListView = { id, version, mine: true, ...view };
      queryClient.setQueryData(queryKey, {
        views: before ? known.map((one) => (one.id === id ? saved : one)) : [...known, saved],
      });
      return id;
    },
    [object],
  );
  const remove = useCallback(
    async (id: string): Promise<void> => {
      await api.call("removeView", { path: { object, id } });
      const { queryKey } = viewsQuery(object);
      const known = queryClient.getQueryData<{ views: ListView[] }>(queryKey)?.views ?? [];
      queryClient.setQueryData(queryKey, { views: known.filter((one) => one.id !== id) });
    },
    [object],
  );
  return { views: query.data?.views ?? (query.error ? [] : undefined), save, remove };
}

/** The person's own look at the plain list. */
export function personalView(views: readonly ListView[]): ListView | undefined {
  return views.find(({ name, mine }) => name === "" && mine);
}

/** What of a filter a view keeps: values without the names shown for them, and none of restricted fields. */
export function keptFilter(items: readonly FilterItem[], fields: readonly SchemaField[]): ViewFilter[] {
  return items.flatMap((item): ViewFilter[] => {
    if (isGroup(item)) return [{ match: item.match, items: keptFilter(item.items, fields) }];
    const restricted = fields.find(({ key }) => key === item.field)?.class === 3 && item.values.length > 0;
    return restricted
      ? []
      : [{ field: item.field, operator: item.operator, values: item.values.map(({ value }) => value) }];
  });
}

/** The filter of a view; names of referenced records are looked up when it is shown. */
export function filterItems(filter: readonly ViewFilter[], fields: readonly SchemaField[]): FilterItem[] {
  return filter.map((item): FilterItem => {
    if ("items" in item) return { match: item.match, items: filterItems(item.items, fields) };
    const reference = fields.find(({ key }) => key === item.field)?.type === "reference";
    return {
      field: item.field,
      operator: item.operator,
      values: item.values.map((value) => ({ value, label: reference ? "" : String(value) })),
    };
  });
}
