// Which columns a list shows and what it asks the vault for. Pure.
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import type { CallInput } from "../endpoint-types.ts";
import { filterOf } from "./filter-model.ts";
import type { SortKey } from "./list-address.ts";
import type { ListState } from "./list-state.ts";

/** How the vault sorts when nothing else is asked for. */
export const usualSort: readonly SortKey[] = [{ field: "updatedAt", direction: "desc" }];

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

export type ListBody = NonNullable<CallInput<"listRecords">["body"]>;

/** The question of a list, but for the part of it that is looked at. */
export function listBody(object: SchemaObject, state: ListState, columns: readonly SchemaField[], now: Date): ListBody {
  const filter = filterOf(state.chips, object.fields, state.match, now);
  const search = state.search.trim();
  return {
    ...(filter && { filter }),
    ...(search !== "" && { search }),
    ...(state.sort.length > 0 && { sort: state.sort.map((key) => ({ ...key })) }),
    columns: columns
      .filter((field) => !field.system)
      .flatMap(({ key, unit }) => [key, ...(unit === undefined ? [] : [unit])]),
  };
}

/** The columns whose values mean something when they are added up; the vault adds at most five. */
export function summedColumns(columns: readonly SchemaField[]): readonly SchemaField[] {
  return columns
    .filter(({ type, class: level, sortable, system }) => type === "decimal" && level < 2 && sortable && !system)
    .slice(0, 5);
}

/** The sort after a click on a head: ascending, descending, none; with shift the other keys stay. */
export function nextSort(sort: readonly SortKey[], field: string, several: boolean): readonly SortKey[] {
  const present = sort.find((key) => key.field === field);
  const direction = present === undefined ? "asc" : present.direction === "asc" ? "desc" : undefined;
  if (!several) return direction ? [{ field, direction }] : [];
  if (!present) return [...sort, { field, direction: "asc" as const }].slice(-3);
  return sort.flatMap((key) => (key.field === field ? (direction ? [{ field, direction }] : []) : [key]));
}

/** The columns with one of them in another place; the name stays first. */
export function movedColumn(keys: readonly string[], key: string, to: number): readonly string[] {
  const rest = keys.filter((one) => one !== key);
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), key, ...rest.slice(at)];
}
