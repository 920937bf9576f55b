// The part of a list's state that stands in the address: filters, order and page, so that reloading, Back and a link in a
// second tab find the list as it was. It bears keys, ids, dates and figures of class 0 and 1 only: what a person typed,
// and every value of a customer, stays in memory. Pure.
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { dayRangeNames } from "./day-range.ts";
import { type Chip, type ChipValue, type FilterItem, isGroup, needsValue, operatorsFor } from "./filter-model.ts";

export interface SortKey {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface AddressedState {
  readonly chips: readonly FilterItem[];
  readonly match: "all" | "any";
  readonly sort: readonly SortKey[];
  /** From 0; in the address from 1: where the window over the list stands. */
  readonly page: number;
  /** The view that is shown; undefined: the plain list. */
  readonly view: string | undefined;
}

/** Rows of a page by number. */
export const pageSize = 50;

const addressedTypes: ReadonlySet<string> = new Set([
  "choice",
  "reference",
  "boolean",
  "date",
  "datetime",
  "integer",
  "decimal",
]);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;
const day = /^\d{4}-\d{2}-\d{2}$/u;
const names = ["filter", "match", "sort", "page", "view"] as const;
/** Views that come with the product; others have an id. */
export const mineView = "mine";

/** Whether a filter may stand in the address: of a group, each of its conditions and no further group. */
export function isAddressed(item: FilterItem, fields: readonly SchemaField[]): boolean {
  if (isGroup(item))
    return item.items.length > 0 && item.items.every((one) => !isGroup(one) && isAddressed(one, fields));
  const chip = item;
  const field = fields.find(({ key }) => key === chip.field);
  return field !== undefined && (!needsValue(chip.operator) || (field.class <= 1 && addressedTypes.has(field.type)));
}

/** What the address says; whatever of it makes no sense is left out. */
export function readAddress(params: URLSearchParams, fields: readonly SchemaField[]): AddressedState {
  const sort = (params.get("sort") ?? "").split(",").flatMap((part): SortKey[] => {
    const key = part.replace(/^-/u, "");
    const sortable = fields.some((field) => field.key === key && field.sortable);
    return sortable ? [{ field: key, direction: part.startsWith("-") ? "desc" : "asc" }] : [];
  });
  const page = Number(params.get("page") ?? 1);
  const view = params.get("view") ?? "";
  return {
    chips: params.getAll("filter").flatMap((text) => itemOf(text, fields) ?? []),
    match: params.get("match") === "any" ? "any" : "all",
    sort: sort.slice(0, 3),
    page: Number.isSafeInteger(page) && page > 0 && page <= 10_000 ? page - 1 : 0,
    view: view === mineView || uuid.test(view) ? view : undefined,
  };
}

/** Whether the address says itself what is filtered and sorted, rather than leaving that to the view it names. */
export function saysFilter(params: URLSearchParams): boolean {
  return params.has("filter") || params.has("sort") || params.has("match");
}

/** The address with this state; its other parameters stay. `asView`: filter and sort are the view's own. */
export function writeAddress(
  params: URLSearchParams,
  state: AddressedState,
  fields: readonly SchemaField[],
  asView = false,
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of names) next.delete(name);
  if (state.view !== undefined) next.set("view", state.view);
  if (!asView) {
    for (const item of state.chips.filter((one) => isAddressed(one, fields))) next.append("filter", textOf(item));
    if (state.match === "any") next.set("match", "any");
    const sort = state.sort.map(({ field, direction }) => `${direction === "desc" ? "-" : ""}${field}`);
    // A view whose filter or sort was taken away is not the view as it is kept.
    if (sort.length > 0 || (state.view !== undefined && !saysFilter(next))) next.set("sort", sort.join(","));
  }
  if (state.page > 0) next.set("page", String(state.page + 1));
  return next;
}

/** A condition as field:operator:values; of a group its conditions after `any;` or `all;`. */
function textOf(item: FilterItem): string {
  if (isGroup(item)) return [item.match, ...item.items.map(textOf)].join(";");
  const values = needsValue(item.operator) ? [item.values.map(({ value }) => String(value)).join(",")] : [];
  return [item.field, item.operator, ...values].join(":");
}

function itemOf(text: string, fields: readonly SchemaField[]): FilterItem | undefined {
  const [match, ...parts] = text.split(";");
  if (match !== "any" && match !== "all") return chipOf(text, fields);
  const items = parts.flatMap((part) => chipOf(part, fields) ?? []);
  return items.length === 0 ? undefined : { match, items };
}

function chipOf(text: string, fields: readonly SchemaField[]): Chip | undefined {
  const [key, name, ...rest] = text.split(":");
  const field = fields.find((one) => one.key === key);
  const operator = field && operatorsFor(field).find((one) => one === name);
  if (!field || !operator) return undefined;
  if (!needsValue(operator)) return { field: field.key, operator, values: [] };
  const values = rest
    .join(":")
    .split(",")
    .flatMap((value) => valueOf(value, field, operator) ?? []);
  const chip = { field: field.key, operator, values };
  return values.length > 0 && isAddressed(chip, fields) ? chip : undefined;
}

/** A reference comes without the name of its record, which no address bears. */
function valueOf(text: string, field: SchemaField, operator: Chip["operator"]): ChipValue | undefined {
  const holds = (value: ChipValue["value"], valid: boolean): ChipValue | undefined =>
    valid ? { value, label: field.type === "reference" ? "" : text } : undefined;
  if (operator === "within")
    return holds(
      text,
      dayRangeNames.some((name) => name === text),
    );
  switch (field.type) {
    case "boolean":
      return holds(text === "true", text === "true" || text === "false");
    case "choice":
      return holds(text, field.options?.some(({ key }) => key === text) ?? false);
    case "reference":
      return holds(text, uuid.test(text));
    case "integer":
    case "decimal":
      return holds(Number(text), text !== "" && Number.isFinite(Number(text)));
    default:
      return holds(text, day.test(text) && !Number.isNaN(Date.parse(text)));
  }
}

const left = new Map<string, string>();

/** Keeps the address of a list while a record of it is looked at. */
export function rememberAddress(object: string, search: string): void {
  left.set(object, search);
}

/** What stands after the list's path to find it as it was left: `?…`, or nothing. */
export function rememberedAddress(object: string): string {
  return left.get(object) ?? "";
}
