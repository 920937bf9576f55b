// What a compiled query may see: which rows, which fields in them, and which restricted fields may be matched exactly.
import { type ObjectDefinition, type StoredField, fieldOf } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";

/** Rows: all, or those of these owners or departments. */
export interface ScopePredicate {
  readonly all: boolean;
  readonly owners: readonly string[];
  readonly departments: readonly string[];
}

export interface QueryAccess extends ScopePredicate {
  /** Fields shown in full (level read or write) in every row of the scope. System fields need not be named. */
  readonly readable: ReadonlySet<string>;
  /** System fields (owner, department) that are not shown to the actor in every row. */
  readonly hiddenSystem?: ReadonlySet<string> | undefined;
  /** A part of the scope in which more fields are readable: such a field says nothing about rows outside that part. */
  readonly own?: (ScopePredicate & { readonly readable: ReadonlySet<string> }) | undefined;
  /** Class 3 fields the actor could reveal: they may be matched exactly, and searched by their last four digits. */
  readonly exact?: ReadonlySet<string>;
  /** The rows in which last four digits count: the whole scope unless said otherwise. */
  readonly lastFour?: ScopePredicate | undefined;
  /** The tag of a value in any format; undefined when it cannot be a value of the field. Needed when `exact` has fields. */
  readonly lookup?: (field: StoredField, value: string) => Uint8Array | undefined;
  /** The tags of a phone number that was typed without its area code; none when it cannot be one. */
  readonly lookupLocal?: (field: StoredField, value: string) => readonly Uint8Array[];
}

/** How far a field may be used: in all rows, in the actor's own rows only, or by exact match only. */
export interface UsableField {
  readonly field: StoredField;
  readonly reach: "all" | "own" | "exact";
}

/** Unknown, hidden and masked fields are refused alike, so that the answer does not tell whether they exist. */
export function usableField(object: ObjectDefinition, key: string, access: QueryAccess): UsableField {
  const field = fieldOf(object, key);
  if (!field) throw new Problem("not_sortable");
  const own = access.own?.readable.has(key) === true;
  if (field.class === 3) {
    if (access.exact?.has(key) !== true) throw new Problem("not_sortable");
    return { field, reach: "exact" };
  }
  const system = !object.fields.includes(field);
  if (system ? access.hiddenSystem?.has(key) !== true : access.readable.has(key)) return { field, reach: "all" };
  if (own) return { field, reach: "own" };
  throw new Problem("not_sortable");
}
