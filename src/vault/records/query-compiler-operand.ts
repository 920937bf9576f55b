// Turns the values of a filter into parameters of the right type for each store, and refuses those that cannot be one.
import { isUuid } from "../db/uuid.ts";
import type { StoredField } from "../../contract/field.ts";
import { type FieldReason, Problem } from "../../contract/problem.ts";
import { type Cell, cellOf, scaledDecimal } from "../search/columns.ts";
import type { SqlValue } from "./query-compiler-sql.ts";

export type Scalar = string | number | boolean;

/** One checked value, for both stores. */
export interface Operand {
  readonly cell: Cell;
  /** For PostgreSQL, with `pgType` of the field as its cast. */
  readonly stored: string | number | boolean;
}

/** What the field's PostgreSQL column is. Custom fields sit in slots, which are text, bigint or timestamptz (see toColumn). */
export function pgType(field: StoredField): "text" | "bigint" | "boolean" | "date" | "timestamptz" | "uuid" {
  switch (field.type) {
    case "integer":
    case "decimal":
      return "bigint";
    case "boolean":
      return field.custom === true ? "text" : "boolean";
    case "date":
      return field.custom === true ? "timestamptz" : "date";
    case "datetime":
      return "timestamptz";
    case "reference":
      return field.custom === true ? "text" : "uuid";
    default:
      return "text";
  }
}

/** Throws Problem('invalid') naming the field. */
export function operand(field: StoredField, value: Scalar): Operand {
  switch (field.type) {
    case "integer":
      return same(integer(field, value));
    case "decimal": {
      const scaled = typeof value === "boolean" ? undefined : scaledDecimal(value, field.scale);
      if (scaled === undefined) throw invalid(field, typeof value === "boolean" ? "wrong_type" : "not_a_number");
      if (!Number.isSafeInteger(Number(scaled))) throw invalid(field, "not_a_number");
      return same(Number(scaled));
    }
    case "boolean":
      if (typeof value !== "boolean") throw invalid(field, "wrong_type");
      return { cell: value ? 1 : 0, stored: pgType(field) === "text" ? String(value) : value };
    case "date": {
      const day = text(field, value);
      if (!isDay(day)) throw invalid(field, "not_a_date");
      return { cell: day, stored: pgType(field) === "timestamptz" ? `${day}T00:00:00Z` : day };
    }
    case "datetime": {
      const given = text(field, value);
      const instant = isDay(given) ? `${given}T00:00:00Z` : given;
      if (
        !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)$/u.test(instant) ||
        !isDay(instant.slice(0, 10))
      )
        throw invalid(field, "not_a_date");
      const time = Date.parse(instant);
      if (Number.isNaN(time)) throw invalid(field, "not_a_date");
      return { cell: time, stored: new Date(time).toISOString() };
    }
    case "reference": {
      const id = text(field, value).toLowerCase();
      if (!isUuid(id)) throw invalid(field, "wrong_type");
      return { cell: cellOf(field, id), stored: id };
    }
    default:
      return same(text(field, value));
  }
}

export function text(field: StoredField, value: Scalar): string {
  if (typeof value !== "string") throw invalid(field, "wrong_type");
  // PostgreSQL cannot hold U+0000, and no stored value has one.
  if (value.includes("\u0000")) throw invalid(field, "control_characters");
  return value;
}

export function invalid(field: Pick<StoredField, "key">, reason: FieldReason): Problem {
  return new Problem("invalid", { fields: [{ field: field.key, reason }] });
}

export function many(operands: readonly Operand[]): SqlValue {
  // Of one field, so all of one type; the driver writes a PostgreSQL array from it.
  return operands.map(({ stored }) => String(stored));
}

function same(value: string | number): Operand {
  return { cell: value, stored: value };
}

function integer(field: StoredField, value: Scalar): number {
  if (typeof value === "boolean") throw invalid(field, "wrong_type");
  const number = typeof value === "string" && /^-?\d{1,16}$/u.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number)) throw invalid(field, "not_a_number");
  return number;
}

/** A day that exists, years 0001 to 9999. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/u.test(text) || text.startsWith("0000")) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}
