// Judges the values a person gives for a record, field by field: does the field exist for him, may he write it, is the
// value one of its kind, does what it points to exist for him. All problems are told at once.
import { type ObjectDefinition, type StoredField, fieldOf, systemFields } from "../../contract/field.ts";
import { type FieldProblem, Problem } from "../../contract/problem.ts";
import type { Level } from "../../contract/roles.ts";
import type { Access } from "../access/access.ts";
import { type Tx, systemScope } from "../db/database.ts";
import { type Values, tableOf } from "./row.ts";
import type { Schema } from "./schema.ts";
import { checkValue } from "./values.ts";
import { readRows } from "./read-rows.ts";
import type { Records } from "./deps.ts";

export interface CheckedValues {
  /** Fields of the object. */
  readonly values: Values;
  /** Given as `owner` and `department`; undefined: not given. */
  readonly owner: string | undefined;
  readonly department: string | null | undefined;
}

export interface CheckOptions {
  readonly schema: Schema;
  readonly object: ObjectDefinition;
  /** Level of a field for this person, here. */
  readonly level: (field: StoredField) => Level;
  /** Required fields that are absent are a problem too. */
  readonly whole: boolean;
  /** The vault's own flows may set computed fields (`status`). */
  readonly computed?: boolean;
}

/**
 * Whether a person with this level must give the field in a new record and may not empty it later. A record always has
 * its name; other required fields are asked of those who may write them. Records from before a field became required
 * stay as they are until somebody gives it.
 */
export function isRequired(object: ObjectDefinition, field: StoredField, level: Level): boolean {
  return field.required === true && (field.key === object.nameField || (level === "write" && field.computed !== true));
}

/** Throws Problem `invalid` naming every field with a problem. References are checked by {@link checkReferences}. */
export function checkValues(given: Readonly<Record<string, unknown>>, options: CheckOptions): CheckedValues {
  const { object } = options;
  const problems: FieldProblem[] = [];
  const values: Values = {};
  let owner: string | undefined;
  let department: string | null | undefined;
  for (const [key, raw] of Object.entries(given)) {
    const field = fieldOf(object, key);
    const level = field ? options.level(field) : "hidden";
    const own = field !== undefined && object.fields.includes(field);
    const placed =
      key === "owner" ? object.placement === "owner" : key === "department" && object.placement === "person";
    // A field that is hidden does not exist.
    if (
      !field ||
      level === "hidden" ||
      (!own && systemFields.includes(field) && key !== "owner" && key !== "department")
    ) {
      problems.push({ field: key.slice(0, 80), reason: "unknown_field" });
      continue;
    }
    if (level !== "write" || (!own && !placed) || (own && field.computed === true && options.computed !== true)) {
      problems.push({ field: key, reason: "not_writable" });
      continue;
    }
    const checked = checkValue(field, raw);
    if ("problem" in checked)
      problems.push({
        field: key,
        reason: checked.problem.reason,
        ...(checked.problem.params && { params: checked.problem.params }),
      });
    else if (checked.value === null && isRequired(object, field, level))
      problems.push({ field: key, reason: "required" });
    else if (key === "owner") {
      if (typeof checked.value === "string") owner = checked.value;
      else problems.push({ field: key, reason: "required" });
    } else if (key === "department" && !own) department = typeof checked.value === "string" ? checked.value : null;
    else values[key] = checked.value;
  }
  if (options.whole) {
    for (const field of object.fields) {
      if (
        isRequired(object, field, options.level(field)) &&
        !(object.nameFrom && field.key === object.nameField) &&
        values[field.key] === undefined &&
        !problems.some((problem) => problem.field === field.key)
      )
        problems.push({ field: field.key, reason: "required" });
    }
  }
  if (problems.length > 0) throw new Problem("invalid", { fields: problems });
  return { values, owner, department };
}

/**
 * References must point to living records the person may see, and a record may not stand above itself. Throws Problem
 * `invalid`. Leaves the transaction's row scope wide (system): the caller sets his own again.
 */
export async function checkReferences(
  tx: Tx,
  { schema, keyring: keeper }: Pick<Records, "schema" | "keyring">,
  object: ObjectDefinition,
  id: string | undefined,
  values: Values,
  access: Access | undefined,
): Promise<void> {
  const problems: FieldProblem[] = [];
  const references = object.fields.filter(
    (field): field is StoredField & { type: "reference" } =>
      field.type === "reference" && typeof values[field.key] === "string",
  );
  if (references.length === 0) return;
  const before = tx.scope;
  for (const field of references) {
    const target = schema.load(field.target);
    // Only strings passed the filter above.
    const value = values[field.key] as string;
    await tx.rescope(access ? access.rowScope(target.key, "view") : systemScope("records"));
    const found = await readRows(keeper, tx, target, "place", "where id = $1 and deleted_at is null", [value]);
    if (found.length === 0) problems.push({ field: field.key, reason: "no_such_record", params: { value: "…" } });
    else if (
      target.key === object.key &&
      id !== undefined &&
      field.storage.in === "column" &&
      (await isBelow(tx, object, field.storage.column, id, value))
    ) {
      problems.push({ field: field.key, reason: "circular" });
    }
  }
  await tx.rescope(before);
  if (problems.length > 0) throw new Problem("invalid", { fields: problems });
}

/** Whether walking up from `start` reaches `id`. */
async function isBelow(tx: Tx, object: ObjectDefinition, column: string, id: string, start: string): Promise<boolean> {
  if (start === id) return true;
  await tx.rescope(systemScope("records"));
  // Two moves at once could close a circle that neither sees: moves within a tree take turns.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`tree:${object.key}:${column}`]);
  const found = await tx.query<{ id: string }>(
    `with recursive up as (select id, ${column}::uuid as above, 1 as depth from ${tableOf(object)} where id = $1
       union all select t.id, t.${column}::uuid, up.depth + 1 from ${tableOf(object)} t join up on t.id = up.above where up.depth < 200)
     select id from up where id = $2 limit 1`,
    [start, id],
  );
  return found.length > 0;
}
