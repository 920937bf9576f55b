// Exact matches of restricted values: whoever may look for one may guess at it, so each value looked for is counted
// against an allowance of its own, found or not, before anything is looked up.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { PersonCall } from "../call.ts";
import type { Values } from "./row.ts";

export interface ExactMatches {
  /** A query looks for this value. Throws Problem `invalid` for a second one in the same call, `matches_used` above the allowance. */
  look(object: string, field: StoredField, value: string): void;
  /** A write tells whether these fields' values are in use, or what the record holds. Throws Problem `matches_used`. */
  tell(object: string, fields: readonly string[]): void;
}

/** The matches of one call. */
export function exactMatches(call: PersonCall): ExactMatches {
  let sought: string | undefined;
  let amount = 0;
  const count = (object: string, fields: readonly string[]): void => {
    if (fields.length === 0) return;
    amount += fields.length;
    call.meter.demand("matched", amount);
    call.note({ action: "record.match", object, fields, result: "ok", counts: { matched: fields.length } });
  };
  return {
    look(object, field, value) {
      if (sought === value) return;
      if (sought !== undefined)
        throw new Problem("invalid", { fields: [{ field: field.key, reason: "one_exact_match" }] });
      sought = value;
      count(object, [field.key]);
    },
    tell: count,
  };
}

/** Restricted values of a write that are compared: with all others where no two may be alike, with the one that is there. */
export function toldBy(object: ObjectDefinition, given: Values, before: Values): string[] {
  return object.fields
    .filter((field) => field.class === 3 && (given[field.key] ?? null) !== null)
    .filter((field) => field.unique === true || (before[field.key] ?? null) !== null)
    .map((field) => field.key);
}
