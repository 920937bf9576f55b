// To the recycle bin and back.
import type { ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Tx, systemScope } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Records } from "./deps.ts";
import { changeDetail } from "./history-detail.ts";
import { lockRow, writeScope } from "./lock-row.ts";
import { projectChange } from "./projecting.ts";
import { type RecordRow, type Values, tableOf, tagFields } from "./row.ts";
import type { Writer, Written } from "./write.ts";
import { writeLookups } from "./write-rows.ts";

/** To the recycle bin. People and departments in use stay. */
export async function deleteRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
  version: number,
): Promise<Written> {
  const { row, values, keys } = await lockRow(records, tx, writer, object, id, "delete");
  if (row.version !== version) throw new Problem("conflict", { extra: { version: row.version } });
  await refuseInUse(records, tx, object, id);
  await tx.rescope(writeScope(writer, object, "delete"));
  return mark(records, tx, writer, object, row, values, keys, writer.now);
}

/** Back from the recycle bin. */
export async function restoreRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
): Promise<Written> {
  const { row, values, keys } = await lockRow(records, tx, writer, object, id, "delete", true);
  await tx.rescope(writeScope(writer, object, "delete"));
  return mark(records, tx, writer, object, row, values, keys, null);
}

async function mark(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  row: RecordRow,
  values: Values,
  keys: SubjectKeys,
  deletedAt: Date | null,
): Promise<Written> {
  const next: RecordRow = {
    ...row,
    version: row.version + 1,
    deleted_at: deletedAt,
    updated_at: writer.now,
    updated_by: writer.by,
  };
  const tag = records.keyring.tag(object.key, tagFields(next));
  await tx.query(
    `update ${tableOf(object)} set version = $2, deleted_at = $3, updated_at = $4, updated_by = $5, tag = $6 where id = $1`,
    [row.id, next.version, deletedAt, writer.now, writer.by, tag],
  );
  if (deletedAt) await tx.query("delete from vault.record_lookup where record_id = $1", [row.id]);
  else await writeLookups(records, tx, object, [{ id: row.id, values }]);
  writer.note({
    action: deletedAt ? "record.delete" : "record.restore",
    object: object.key,
    objectIds: [row.id],
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id: row.id, version: next.version, tag, oldVersion: row.version, oldTag: row.tag }],
    detail: { subjectId: row.subject_id, value: changeDetail(object, row.id, next.version, keys, {}, {}) },
  });
  projectChange(records, tx, object, { ...next, tag }, values);
  return { object: object.key, id: row.id, version: next.version };
}

/** Throws Problem `in_use` for people, departments somebody stands in, and shared records that others refer to. */
async function refuseInUse(records: Records, tx: Tx, object: ObjectDefinition, id: string): Promise<void> {
  if (object.key === "user") throw new Problem("in_use");
  if (object.placement === "company") await refuseReferredTo(records, tx, object, id);
  if (object.key !== "department") return;
  const { directory } = records;
  const used =
    [...directory.people].some((person) => person.department === id && !person.deleted) ||
    [...directory.departments].some((one) => one.parent === id && !one.deleted);
  if (used || directory.rootDepartment() === id) throw new Problem("in_use");
}

/** Living records that refer to this one in a field the product ships. */
async function refuseReferredTo(records: Records, tx: Tx, object: ObjectDefinition, id: string): Promise<void> {
  await tx.rescope(systemScope("records"));
  for (const other of records.schema.objects)
    for (const field of other.fields) {
      if (field.type !== "reference" || field.target !== object.key || field.custom || field.storage.in !== "column")
        continue;
      const text = `select id from ${tableOf(other)} where ${field.storage.column} = $1 and deleted_at is null limit 1`;
      if ((await tx.query(text, [id])).length > 0) throw new Problem("in_use");
    }
}
