// What a filter chip is and how it becomes a condition of the query form. Pure: no words, no React. A chip never names
// a field the person may not filter by; the vault refuses such a field anyway.
import { isFoundWhole } from "../../contract/field.ts";
import type { Filter } from "../../contract/query.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import type { ViewOperator } from "../../contract/view-verbs.ts";
import { type DayRange, dayRange, startOfDay } from "./day-range.ts";

export type ChipOperator = ViewOperator;

/** A value with the text it is shown by, so a chip reads as a sentence without asking the server again. */
export interface ChipValue {
  readonly value: string | number | boolean;
  readonly label: string;
}

export interface Chip {
  readonly field: string;
  readonly operator: ChipOperator;
  readonly values: readonly ChipValue[];
}

/** Conditions that stand together, all of them or any. */
export interface FilterGroup {
  readonly match: "all" | "any";
  readonly items: readonly FilterItem[];
}
export type FilterItem = Chip | FilterGroup;

export function isGroup(item: FilterItem): item is FilterGroup {
  return "items" in item;
}

/** All chips of a filter, whatever group they stand in. */
export function chipsOf(items: readonly FilterItem[]): readonly Chip[] {
  return items.flatMap((item) => (isGroup(item) ? chipsOf(item.items) : [item]));
}

const texts: readonly ChipOperator[] = ["contains", "is", "isNot", "empty", "notEmpty"];
const figures: readonly ChipOperator[] = ["is", "more", "less", "empty", "notEmpty"];
const days: readonly ChipOperator[] = ["within", "is", "from", "until", "empty", "notEmpty"];

/** The operators that make sense for a field, the usual one first; none when it cannot be filtered by this person. */
export function operatorsFor(field: SchemaField): readonly ChipOperator[] {
  if (field.level === "hidden" || field.level === "masked") return [];
  if (field.class === 3) return isFoundWhole(field) ? ["is"] : []; // restricted values match whole or not at all
  switch (field.type) {
    case "integer":
    case "decimal":
      return figures;
    case "date":
    case "datetime":
      return days;
    case "boolean":
      return ["is", "empty"];
    case "choice":
      return ["is", "isNot", "empty", "notEmpty"];
    case "reference":
      return field.target === "department" ? ["under", "is", "empty", "notEmpty"] : ["is", "empty", "notEmpty"];
    default:
      return texts;
  }
}

export function needsValue(operator: ChipOperator): boolean {
  return operator !== "empty" && operator !== "notEmpty";
}

export function takesSeveral(field: SchemaField, operator: ChipOperator): boolean {
  return (operator === "is" || operator === "isNot") && (field.type === "choice" || field.type === "reference");
}

/** The filter of all items together; undefined when there is none. */
export function filterOf(
  items: readonly FilterItem[],
  fields: readonly SchemaField[],
  match: "all" | "any",
  now: Date,
): Filter | undefined {
  const parts = items.flatMap((item): readonly Filter[] => {
    const field = isGroup(item) ? undefined : fields.find((candidate) => candidate.key === item.field);
    const part = isGroup(item) ? filterOf(item.items, fields, item.match, now) : field && conditionOf(item, field, now);
    return part ? [part] : [];
  });
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : match === "all" ? { all: parts } : { any: parts };
}

function conditionOf(chip: Chip, field: SchemaField, now: Date): Filter | undefined {
  const key = chip.field;
  const first = chip.values[0]?.value;
  if (chip.operator === "empty") return { field: key, op: "empty" };
  if (chip.operator === "notEmpty") return { field: key, op: "not_empty" };
  if (first === undefined) return undefined;
  switch (chip.operator) {
    case "is":
      if (field.type === "datetime") return between(key, field, { from: String(first), until: String(first) });
      return chip.values.length > 1
        ? { field: key, op: "in", value: chip.values.map(({ value }) => value) }
        : { field: key, op: "eq", value: first };
    case "isNot":
      return chip.values.length > 1
        ? { all: chip.values.map(({ value }) => ({ field: key, op: "ne" as const, value })) }
        : { field: key, op: "ne", value: first };
    case "contains":
      return { field: key, op: "contains", value: first };
    case "under":
      return { field: key, op: "under", value: first };
    case "more":
      return { field: key, op: "gte", value: first };
    case "less":
      return { field: key, op: "lte", value: first };
    case "from":
      return between(key, field, { from: String(first) });
    case "until":
      return between(key, field, { until: String(first) });
    case "within":
      return between(key, field, dayRange(String(first), now));
  }
}

/** Days as a person means them: whole days of his own time zone, both ends included. */
function between(field: string, { type }: SchemaField, { from, until }: DayRange): Filter {
  const parts: Filter[] = [];
  if (type === "date") {
    if (from) parts.push({ field, op: "gte", value: from });
    if (until) parts.push({ field, op: "lte", value: until });
  } else {
    if (from) parts.push({ field, op: "gte", value: startOfDay(from, 0).toISOString() });
    if (until) parts.push({ field, op: "lt", value: startOfDay(until, 1).toISOString() });
  }
  return parts.length === 1 && parts[0] ? parts[0] : { all: parts };
}
