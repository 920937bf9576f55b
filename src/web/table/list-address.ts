// The part of a list's state that stands in the address: filters, order and page, so that reloading, Back and a link in a
// second tab find the list as it was. It bears keys, ids, dates and figures of class 0 and 1 only: what a person typed,
// and every value of a customer, stays in memory. Pure.
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { dayRangeNames } from "./day-range.ts";
import { type Chip, type ChipValue, needsValue, operatorsFor } from "./filter-model.ts";

export interface SortKey {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export interface AddressedState {
  readonly chips: readonly Chip[];
  readonly match: "all" | "any";
  readonly sort: readonly SortKey[];
  /** From 0; in the address from 1. */
  readonly page: number;
  readonly pageSize: number;
}

export const pageSizes = [50, 100, 200] as const;

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
const names = ["filter", "match", "sort", "page", "rows"] as const;

/** Whether a filter may stand in the address. */
export function isAddressed(chip: Chip, fields: readonly SchemaField[]): boolean {
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
  const rows = Number(params.get("rows"));
  return {
    chips: params.getAll("filter").flatMap((text) => chipOf(text, fields) ?? []),
    match: params.get("match") === "any" ? "any" : "all",
    sort: sort.slice(0, 3),
    page: Number.isSafeInteger(page) && page > 0 && page <= 10_000 ? page - 1 : 0,
    pageSize: pageSizes.find((size) => size === rows) ?? pageSizes[0],
  };
}

/** The address with this state; its other parameters stay. */
export function writeAddress(
  params: URLSearchParams,
  state: AddressedState,
  fields: readonly SchemaField[],
): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const name of names) next.delete(name);
  for (const chip of state.chips.filter((one) => isAddressed(one, fields))) {
    const values = needsValue(chip.operator) ? [chip.values.map(({ value }) => String(value)).join(",")] : [];
    next.append("filter", [chip.field, chip.operator, ...values].join(":"));
  }
  if (state.match === "any") next.set("match", "any");
  if (state.sort.length > 0)
    next.set("sort", state.sort.map(({ field, direction }) => `${direction === "desc" ? "-" : ""}${field}`).join(","));
  if (state.page > 0) next.set("page", String(state.page + 1));
  if (state.pageSize !== pageSizes[0]) next.set("rows", String(state.pageSize));
  return next;
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
