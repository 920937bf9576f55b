// Tells the search projection and the directory what a transaction wrote, once it is committed; a rolled back write
// never reaches them.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { Tx } from "../db/database.ts";
import type { UpsertRow } from "../search/search-index.ts";
import type { Records } from "./deps.ts";
import type { RecordRow, Values } from "./row.ts";

export function upsertRow(row: RecordRow, values: Values): UpsertRow {
  return {
    id: row.id,
    version: row.version,
    owner: row.owner_id,
    department: row.department_id,
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    deletedAt: row.deleted_at,
    values,
  };
}

export function projectRows(
  records: Pick<Records, "search" | "directory">,
  tx: Tx,
  object: ObjectDefinition,
  rows: readonly UpsertRow[],
): void {
  tx.afterCommit(() => {
    // A worker that died or could not take it is filled anew from the tables, this write included.
    records.search.upsert(object.key, rows).catch(() => undefined);
    if (object.placement === "person" || object.placement === "department") records.directory.changed();
  });
}

export function projectChange(
  records: Pick<Records, "search" | "directory">,
  tx: Tx,
  object: ObjectDefinition,
  row: RecordRow,
  values: Values,
): void {
  projectRows(records, tx, object, [upsertRow(row, values)]);
}
