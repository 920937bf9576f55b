// Making, changing, deleting and restoring records: every way of writing (form, commit, import, set-up) ends here. One
// write checks rights per field, seals only what changed, renews the row's tag and lays its ledger entry in the same
// transaction; the search projection follows after the commit.
import { type ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Access, inScope } from "../access/access.ts";
import { demandMove, isMove, takeTurn } from "../access/authority.ts";
import type { NotedEntry } from "../call.ts";
import { type RowScope, type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { checkReferences, checkValues } from "./check-values.ts";
import type { Records } from "./deps.ts";
import { toldBy } from "./exact-match.ts";
import { projectChange } from "./projecting.ts";
import { readRows } from "./read-rows.ts";
import { type RecordRow, type Values, columnValues, openClass, tableOf, tagFields } from "./row.ts";
import { changeDetail } from "./history-detail.ts";
import { type Place, insertRows, newRow, updateRow, writeLookups } from "./write-rows.ts";
import { placeOf, refuseConflict, refuseTwin } from "./placement.ts";

/** Who writes: a person with his rights, or the vault itself (set-up), which has no limits but the definition. */
export interface Writer {
  readonly access: Access | undefined;
  readonly by: string | null;
  readonly now: Date;
  /** Ledger entries of this transaction. */
  note(entry: NotedEntry): void;
  /** Told of fields whose values the answer may tell of; counts them where a person asked. */
  tells?(object: string, fields: readonly string[]): void;
  /** Restricted values are written whether they differ or not, so that nothing tells which of the two. */
  readonly untold?: boolean;
}

export interface Written {
  readonly object: string;
  readonly id: string;
  readonly version: number;
}

/** Creates one record. `id` given by the caller makes a repeated request harmless: the same id by the same person answers as the first time. */
export async function createRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  given: Readonly<Record<string, unknown>>,
  givenId?: string,
): Promise<Written> {
  const { access } = writer;
  access?.demand(object.key, "create");
  const repeated = givenId === undefined ? undefined : await earlier(records, tx, writer, object, givenId);
  if (repeated) return repeated;
  const id = givenId ?? uuidv7(writer.now.getTime());
  const { values, owner, department } = checkValues(given, {
    schema: records.schema,
    object,
    level: (field) => (access ? access.createLevel(object, field) : "write"),
    whole: true,
    computed: access === undefined,
  });
  writer.tells?.(object.key, toldBy(object, values, {}));
  await checkReferences(tx, records, object, id, values, access);
  refuseTwin(records, access, object, id, values);
  const place = placeOf(records, object, id, { owner: owner ?? writer.by, department });
  if (access && !inScope(access.scope(object.key, "create"), place)) throw new Problem("not_allowed");
  await tx.rescope(writeScope(writer, object, "create"));
  const keys = await records.keyring.createSubject(tx, id);
  const row = newRow(records, writer, object, id, place, values, keys);
  await insertRows(records, tx, object, [row]);
  writer.note({
    action: "record.create",
    object: object.key,
    objectIds: [id],
    fields: Object.keys(values),
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id, version: 1, tag: row.tag }],
    detail: { subjectId: id, value: changeDetail(object, id, 1, keys, {}, row.values) },
  });
  projectChange(records, tx, object, row, row.values);
  return { object: object.key, id, version: 1 };
}

/** Changes named fields. A field that someone else changed since `version` is a conflict, unless both set the same. */
export async function updateRecord(
  records: Records,
  tx: Tx,
  asked: Writer,
  object: ObjectDefinition,
  id: string,
  version: number,
  given: Readonly<Record<string, unknown>>,
): Promise<Written> {
  // Before the row is locked: whoever has his turn may need the row.
  const turn = asked.access && isMove(object.key, given) ? await takeTurn(records, tx, asked.access) : undefined;
  const writer = turn ? { ...asked, access: turn } : asked;
  const { row, values: before, keys } = await lockRow(records, tx, writer, object, id, "edit");
  const { access } = writer;
  const place: Place = { owner: row.owner_id, department: row.department_id };
  const checked = checkValues(given, {
    schema: records.schema,
    object,
    level: (field) => (access ? access.level(object, field, place) : "write"),
    whole: false,
    computed: access === undefined,
  });
  writer.tells?.(object.key, toldBy(object, checked.values, before));
  const changes: Values = {};
  const restricted = new Set(object.fields.flatMap((field) => (field.class === 3 ? [field.key] : [])));
  for (const [key, value] of Object.entries(checked.values)) {
    const untold = writer.untold === true && value !== null && restricted.has(key);
    if (untold || (before[key] ?? null) !== value) changes[key] = value;
  }
  const moved = placeOf(
    records,
    object,
    id,
    {
      owner: checked.owner ?? row.owner_id,
      department: checked.department === undefined ? row.department_id : checked.department,
    },
    place,
  );
  const placed: Values = {
    ...(moved.owner !== place.owner && { owner: moved.owner }),
    ...(moved.department !== place.department && { department: moved.department }),
  };
  const changedPlace = Object.keys(placed).length > 0;
  // The department of a customer follows its owner; that of a person is a change of its own.
  const named = Object.keys({ ...changes, ...placed }).filter((key) => key !== "department" || !("owner" in placed));
  if (access && named.length > 0) {
    demandMove(records, access, object.key, id, { ...changes, ...placed });
    // Handing a record to somebody else is making it his: the new place must lie within one's own reach as well.
    if (changedPlace && !inScope(access.scope(object.key, "edit"), moved)) throw new Problem("not_allowed");
  }
  const was: Values = { ...before, owner: place.owner, department: place.department };
  // A restricted value clashes whether it is the same or not: otherwise guessing it would be free. Who wrote last knows it.
  const guessable = Object.keys(checked.values).filter((key) => row.updated_by !== writer.by && restricted.has(key));
  const judged = [...new Set([...named, ...guessable])];
  refuseConflict(row, version, judged);
  if (named.length === 0 && !changedPlace) return { object: object.key, id, version: row.version };
  await checkReferences(tx, records, object, id, changes, access);
  if ("name" in changes || "parent" in changes) refuseTwin(records, access, object, id, { ...before, ...changes });
  await tx.rescope(writeScope(writer, object, "edit"));
  const next = await updateRow(records, tx, writer, object, row, moved, before, changes, keys, named);
  writer.note({
    action: changedPlace && moved.owner !== place.owner ? "record.transfer" : "record.update",
    object: object.key,
    objectIds: [id],
    fields: named,
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id, version: next.version, tag: next.tag, oldVersion: row.version, oldTag: row.tag }],
    detail: {
      subjectId: row.subject_id,
      value: changeDetail(object, id, next.version, keys, was, { ...changes, ...placed }),
    },
  });
  projectChange(records, tx, object, next, { ...before, ...changes });
  return { object: object.key, id, version: next.version };
}

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

/** The row, opened, locked and checked for an action. Throws Problem `not_found` when it is not there for this person. */
async function lockRow(
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

async function earlier(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
): Promise<Written | undefined> {
  await tx.rescope(systemScope("records"));
  // The same request sent twice at once takes turns here.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`create:${id}`]);
  const [row] = await readRows(records.keyring, tx, object, "place", "where id = $1", [id]);
  if (!row) return undefined;
  if (row.created_by !== writer.by || row.created_by === null) throw new Problem("duplicate");
  // The answer of the first time: the version it has by now may be another person's business.
  return { object: object.key, id, version: 1 };
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

async function refuseInUse(records: Records, tx: Tx, object: ObjectDefinition, id: string): Promise<void> {
  if (object.key === "user") throw new Problem("in_use");
  if (object.key !== "department") return;
  const { directory } = records;
  const used =
    [...directory.people].some((person) => person.department === id && !person.deleted) ||
    [...directory.departments].some((one) => one.parent === id && !one.deleted);
  if (used || directory.rootDepartment() === id) throw new Problem("in_use");
}

/** Rights were checked above; row-level security refuses a new row outside the scope of the action once more. */
function writeScope(writer: Writer, object: ObjectDefinition, action: "create" | "edit" | "delete"): RowScope {
  return writer.access?.rowScope(object.key, action) ?? systemScope("records");
}
