// Takes rows of a record table apart for the opener, as PostgreSQL gives them. Only bytes are copied on the vault's
// thread: nothing is decoded or opened here.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { SubjectKeyRow } from "../keys/key-material.ts";
import { type RecordRow, baseColumns } from "../records/row.ts";
import type { RebuildPass, SealedBatch, SealedRow, SealedSubject } from "./search-messages.ts";

/** The fields in the order of an opened row's values: those stored in the open, then those sealed. */
export function openableFields(
  object: ObjectDefinition,
  pass: RebuildPass,
): { stored: StoredField[]; sealed: StoredField[]; keys: string[] } {
  const stored = pass === "rows" ? object.fields.filter((field) => field.class < 2) : [];
  const sealed = object.fields.filter((field) => field.class === (pass === "rows" ? 2 : 3));
  return { stored, sealed, keys: [...stored, ...sealed].map((field) => field.key) };
}

/** What to select for a pass of a rebuild: `select ${rebuildColumns(object, pass)} from ${tableOf(object)}`. */
export function rebuildColumns(object: ObjectDefinition, pass: RebuildPass): string {
  if (pass === "restricted") return `${baseColumns}, sealed3`;
  const columns = object.fields.flatMap((field) => (field.storage.in === "column" ? [field.storage.column] : []));
  for (const name of columns) if (!/^[a-z][a-z0-9_]*$/u.test(name)) throw new Error("not a column");
  const ext = object.fields.some((field) => field.storage.in === "ext") ? ["ext"] : [];
  return [baseColumns, "sealed2", ...columns, ...ext].join(", ");
}

/** The rows and keys of one batch, ready to post; its `bytes.buffer` may be transferred. */
export function sealBatch(
  object: ObjectDefinition,
  pass: RebuildPass,
  batch: number,
  rows: readonly RecordRow[],
  keys: readonly SubjectKeyRow[],
): SealedBatch {
  const level = pass === "rows" ? 2 : 3;
  const sealedOf = (row: RecordRow): Uint8Array | null | undefined => (level === 2 ? row.sealed2 : row.sealed3);
  const wrappedOf = (key: SubjectKeyRow): Uint8Array => (level === 2 ? key.class2_wrapped : key.class3_wrapped);
  let total = 0;
  for (const row of rows) total += (sealedOf(row)?.length ?? 0) + row.tag.length;
  for (const key of keys) total += wrappedOf(key).length;
  const bytes = new Uint8Array(total);
  let at = 0;
  const put = (part: Uint8Array | null | undefined): number => {
    if (!part) return 0;
    bytes.set(part, at);
    at += part.length;
    return part.length;
  };
  const { stored } = openableFields(object, pass);
  const taken = rows.map((row): SealedRow => [
    {
      id: row.id,
      version: row.version,
      owner: row.owner_id,
      department: row.department_id,
      createdAt: row.created_at.getTime(),
      createdBy: row.created_by,
      updatedAt: row.updated_at.getTime(),
      updatedBy: row.updated_by,
      deleted: row.deleted_at !== null,
    },
    row.subject_id,
    row.deleted_at?.getTime() ?? null,
    stored.map((field) => storedValue(field, row)),
    [row.seal2, row.seal3, put(sealedOf(row)), put(row.tag)],
  ]);
  const subjects = keys.map((key): SealedSubject => [
    key.subject_id,
    level === 2 ? key.class2_version : key.class3_version,
    put(wrappedOf(key)),
  ]);
  return { object: object.key, batch, pass, rows: taken, subjects, bytes };
}

function storedValue(field: StoredField, row: RecordRow): unknown {
  if (field.storage.in === "column") return row[field.storage.column];
  if (field.storage.in === "ext") return row.ext?.[field.key];
  throw new Error(`${field.key} is not stored in the open`);
}
