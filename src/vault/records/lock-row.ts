// A record on its way to being changed: opened, locked, and judged for what a person wants to do with it.
import type { ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { inScope } from "../access/access.ts";
import { type RowScope, type Tx, systemScope } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Records } from "./deps.ts";
import { readRows } from "./read-rows.ts";
import { type RecordRow, type Values, columnValues, openClass } from "./row.ts";
import type { Writer } from "./write.ts";

/** The row, opened, locked and checked for an action. Throws Problem `not_found` when it is not there for this person. */
export async function lockRow(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
  action: "edit" | "delete",
  deleted = false,
): Promise<{ row: RecordRow; values: Values; keys: SubjectKeys }> {
  const { access } = writer;
  access?.demand(object.key, action);
  await tx.rescope(access ? access.rowScope(object.key, "view") : systemScope("records"));
  // Ids never change, so others may refer to the row meanwhile: a full lock would let two crossing references deadlock.
  const rest = `where id = $1 and deleted_at is ${deleted ? "not null" : "null"} for no key update`;
  const [row] = await readRows(records.keyring, tx, object, "all", rest, [id]);
  if (!row) throw new Problem("not_found");
  const reach = deleted ? access?.bin(object) : access?.scope(object.key, action);
  if (reach && !inScope(reach, { owner: row.owner_id, department: row.department_id }))
    throw new Problem(deleted ? "not_found" : "not_allowed");
  const keys = (await records.keyring.subjects(tx, [row.subject_id])).get(row.subject_id);
  if (!keys) throw new Problem("not_found");
  return {
    row,
    keys,
    values: {
      ...columnValues(object.fields, row),
      ...openClass(object, row, keys, 2),
      ...openClass(object, row, keys, 3),
    },
  };
}

/** Rights were checked above; row-level security refuses a new row outside the scope of the action once more. */
export function writeScope(writer: Writer, object: ObjectDefinition, action: "create" | "edit" | "delete"): RowScope {
  return writer.access?.rowScope(object.key, action) ?? systemScope("records");
}
