// Making, changing, deleting and restoring records: every way of writing (form, commit, import, set-up) ends here. One
// write checks rights per field, seals only what changed, renews the row's tag and lays its ledger entry in the same
// transaction; the search projection follows after the commit.
import { type ObjectDefinition, type StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import { inScope } from "../access/access.ts";
import type { NotedEntry } from "../call.ts";
import { type RowScope, type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { sealValue } from "../keys/seal.ts";
import { checkReferences, checkValues } from "./check-values.ts";
import type { Records } from "./deps.ts";
import { projectChange } from "./projecting.ts";
import {
  type RecordRow,
  type Values,
  baseColumns,
  columnValues,
  isSealed,
  openClass,
  sealClass,
  tableOf,
  tagFields,
  verifyRow,
} from "./row.ts";
import { maskOf, normaliseForLookup, toColumn } from "./values.ts";
import { lookupKind } from "./masks.ts";

/** Who writes: a person with his rights, or the vault itself (set-up), which has no limits but the definition. */
export interface Writer {
  readonly access: Access | undefined;
  readonly by: string | null;
  readonly now: Date;
  /** Ledger entries of this transaction. */
  note(entry: NotedEntry): void;
}

export interface Written {
  readonly object: string;
  readonly id: string;
  readonly version: number;
}

/** For the vault's own writes: the version that is there, whatever it is. */
export const anyVersion = Number.MAX_SAFE_INTEGER;

interface Place {
  readonly owner: string | null;
  readonly department: string | null;
}

/** Creates one record. `id` given by the caller makes a repeated request harmless: the same id by the same person answers as the first time. */
export async function createRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  given: Readonly<Record<string, unknown>>,
  id = uuidv7(writer.now.getTime()),
): Promise<Written> {
  const { access } = writer;
  access?.demand(object.key, "create");
  const repeated = await earlier(records, tx, writer, object, id);
  if (repeated) return repeated;
  const { values, owner, department } = checkValues(given, {
    schema: records.schema,
    object,
    level: (field) => (access ? access.createLevel(object, field) : "write"),
    whole: true,
    computed: access === undefined,
  });
  if (object.key === "user") values["status"] ??= "invited";
  await checkReferences(tx, records.schema, object, id, values, access);
  const place = placeOf(records, object, id, { owner: owner ?? writer.by, department });
  if (access && !inScope(access.scope(object.key, "create"), place)) throw new Problem("not_allowed");
  await tx.rescope(writeScope(writer));
  const keys = await records.keyring.createSubject(tx, id);
  const row = await insertRow(records, tx, writer, object, id, place, values, keys);
  writer.note({
    action: "record.create",
    object: object.key,
    objectIds: [id],
    fields: Object.keys(values),
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id, version: 1, tag: row.tag }],
    detail: { subjectId: id, value: changeDetail(object, id, 1, keys, {}, values) },
  });
  projectChange(records, tx, object, row, values);
  return { object: object.key, id, version: 1 };
}

/** Changes named fields. A field that someone else changed since `version` is a conflict, unless both set the same. */
export async function updateRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
  version: number,
  given: Readonly<Record<string, unknown>>,
): Promise<Written> {
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
  const changes: Values = {};
  for (const [key, value] of Object.entries(checked.values)) if ((before[key] ?? null) !== value) changes[key] = value;
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
  const changedPlace = moved.owner !== place.owner || moved.department !== place.department;
  const named = [...Object.keys(changes), ...(moved.owner === place.owner ? [] : ["owner"])];
  refuseConflict(object, row, version, named, (field) => (access ? access.level(object, field, place) : "write"), {
    ...before,
    owner: place.owner,
  });
  if (named.length === 0 && !changedPlace) return { object: object.key, id, version: row.version };
  await checkReferences(tx, records.schema, object, id, changes, access);
  await tx.rescope(writeScope(writer));
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
      value: changeDetail(
        object,
        id,
        next.version,
        keys,
        { ...before, owner: place.owner },
        { ...changes, ...(moved.owner === place.owner ? {} : { owner: moved.owner }) },
      ),
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
  await tx.rescope(writeScope(writer));
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
  await tx.rescope(writeScope(writer));
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
  const columns = object.fields.flatMap((field) => (field.storage.in === "column" ? [field.storage.column] : []));
  const [row] = await tx.query<RecordRow>(
    `select ${[baseColumns, "sealed2", "sealed3", "changed", "ext", ...columns].join(", ")} from ${tableOf(object)} where id = $1 and deleted_at is ${deleted ? "not null" : "null"} for update`,
    [id],
  );
  if (!row) throw new Problem("not_found");
  verifyRow(records.keyring, object, row);
  if (access && !access.covers(object.key, action, { owner: row.owner_id, department: row.department_id }))
    throw new Problem("not_allowed");
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
  const [row] = await tx.query<RecordRow>(`select ${baseColumns} from ${tableOf(object)} where id = $1`, [id]);
  if (!row) return undefined;
  verifyRow(records.keyring, object, row);
  if (row.created_by !== writer.by || row.created_by === null) throw new Problem("duplicate");
  return { object: object.key, id, version: row.version };
}

/** Owner and department of a row by the object's placement. Throws Problem `invalid` for an owner who is not there. */
function placeOf(
  records: Records,
  object: ObjectDefinition,
  id: string,
  wanted: { owner: string | null; department: string | null | undefined },
  current?: Place,
): Place {
  if (object.placement === "department") return { owner: null, department: id };
  if (object.placement === "person") {
    const department = wanted.department ?? null;
    if (department !== null && !records.directory.hasDepartment(department))
      throw new Problem("invalid", {
        fields: [{ field: "department", reason: "no_such_record", params: { value: "…" } }],
      });
    return { owner: id, department };
  }
  if (current && wanted.owner === current.owner) return current;
  const person = wanted.owner === null ? undefined : records.directory.person(wanted.owner);
  if (wanted.owner === null) return { owner: null, department: null };
  if (!person || person.deleted || person.status === "disabled")
    throw new Problem("invalid", { fields: [{ field: "owner", reason: "no_such_record", params: { value: "…" } }] });
  return { owner: person.id, department: person.department };
}

function refuseConflict(
  object: ObjectDefinition,
  row: RecordRow,
  version: number,
  named: readonly string[],
  level: (field: StoredField) => string,
  before: Values,
): void {
  if (version === row.version || version === anyVersion) return;
  if (version > row.version) throw new Problem("conflict", { extra: { version: row.version } });
  const clashing = named.filter((key) => (row.changed?.[key] ?? 1) > version);
  if (clashing.length === 0) return;
  const fields = clashing.map((key) => {
    const field = object.fields.find((one) => one.key === key);
    const seen = field ? level(field) : "read";
    const theirs = before[key] ?? null;
    return {
      field: key,
      theirs:
        field && (seen === "masked" || field.class === 3) ? maskOf(field, theirs) : seen === "hidden" ? null : theirs,
    };
  });
  throw new Problem("conflict", { extra: { version: row.version, fields } });
}

async function insertRow(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
  place: Place,
  values: Values,
  keys: SubjectKeys,
): Promise<RecordRow> {
  const sealed = sealAll(object, id, keys, values, 1, 1);
  const base = {
    id,
    version: 1,
    subject_id: id,
    owner_id: place.owner,
    department_id: place.department,
    created_at: writer.now,
    created_by: writer.by,
    updated_at: writer.now,
    updated_by: writer.by,
    deleted_at: null,
    seal2: 1,
    seal3: 1,
  };
  const tag = records.keyring.tag(object.key, tagFields(base));
  const columns: [string, unknown][] = [
    ...Object.entries({ ...base, tag, sealed2: sealed.two, sealed3: sealed.three }),
    ...plainColumns(object, values),
  ];
  const ext = extOf(object, values);
  if (ext) columns.push(["ext", ext]);
  await tx.query(
    `insert into ${tableOf(object)} (${columns.map(([name]) => name).join(", ")}) values (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
    columns.map(([, value]) => value),
  );
  await writeLookups(records, tx, object, id, values);
  return { ...base, tag };
}

async function updateRow(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  row: RecordRow,
  place: Place,
  before: Values,
  changes: Values,
  keys: SubjectKeys,
  named: readonly string[],
): Promise<RecordRow> {
  const after = { ...before, ...changes };
  const fields = object.fields.filter((field) => field.key in changes);
  const changed2 = fields.some((field) => field.class === 2);
  const changed3 = fields.some((field) => field.class === 3);
  const version = row.version + 1;
  const base: RecordRow = {
    ...row,
    version,
    owner_id: place.owner,
    department_id: place.department,
    updated_at: writer.now,
    updated_by: writer.by,
    seal2: row.seal2 + (changed2 ? 1 : 0),
    seal3: row.seal3 + (changed3 ? 1 : 0),
  };
  const tag = records.keyring.tag(object.key, tagFields(base));
  const sealed = sealAll(
    object,
    row.id,
    keys,
    after,
    changed2 ? base.seal2 : undefined,
    changed3 ? base.seal3 : undefined,
  );
  const columns: [string, unknown][] = [
    ["version", version],
    ["owner_id", place.owner],
    ["department_id", place.department],
    ["updated_at", writer.now],
    ["updated_by", writer.by],
    ["seal2", base.seal2],
    ["seal3", base.seal3],
    ["tag", tag],
    ["changed", { ...row.changed, ...Object.fromEntries(named.map((key) => [key, version])) }],
    ...(changed2 ? [["sealed2", sealed.two] satisfies [string, unknown]] : []),
    ...(changed3 ? [["sealed3", sealed.three] satisfies [string, unknown]] : []),
    ...plainColumns({ ...object, fields }, changes),
  ];
  if (fields.some((field) => field.storage.in === "ext")) columns.push(["ext", extOf(object, after) ?? null]);
  await tx.query(
    `update ${tableOf(object)} set ${columns.map(([name], index) => `${name} = $${index + 2}`).join(", ")} where id = $1`,
    [row.id, ...columns.map(([, value]) => value)],
  );
  const looked = fields.filter(needsLookup);
  if (looked.length > 0) {
    await tx.query("delete from vault.record_lookup where record_id = $1 and object = $2 and field = any($3)", [
      row.id,
      object.key,
      looked.map((field) => field.key),
    ]);
    await writeLookups(records, tx, { ...object, fields: looked }, row.id, after);
  }
  return { ...base, tag };
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
  else await writeLookups(records, tx, object, row.id, values);
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

function sealAll(
  object: ObjectDefinition,
  id: string,
  keys: SubjectKeys,
  values: Values,
  version2: number | undefined,
  version3: number | undefined,
) {
  const ofClass = (level: 2 | 3): Values =>
    Object.fromEntries(
      object.fields
        .filter((field) => field.class === level && values[field.key] !== undefined)
        .map((field) => [field.key, values[field.key] ?? null]),
    );
  return {
    two: version2 === undefined ? null : sealClass(object, id, keys, 2, version2, ofClass(2)),
    three: version3 === undefined ? null : sealClass(object, id, keys, 3, version3, ofClass(3)),
  };
}

/** Column name and stored form of the given class 0-1 fields. */
export function plainColumns(object: ObjectDefinition, values: Values): [string, unknown][] {
  return object.fields.flatMap((field): [string, unknown][] => {
    const value = values[field.key];
    return field.storage.in === "column" && value !== undefined ? [[field.storage.column, toColumn(field, value)]] : [];
  });
}

export function extOf(object: ObjectDefinition, values: Values): Values | undefined {
  const entries = object.fields.flatMap((field) =>
    field.storage.in === "ext" && values[field.key] !== undefined && values[field.key] !== null
      ? [[field.key, values[field.key] ?? null] as const]
      : [],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Fields whose whole value gets a keyed tag for exact match or uniqueness. */
export function needsLookup(field: StoredField): boolean {
  return field.class === 3 || field.unique === true;
}

export interface LookupRow {
  readonly field: string;
  readonly tag: Buffer;
  readonly unique: boolean;
}

export function lookupRows(records: Pick<Records, "keyring">, object: ObjectDefinition, values: Values): LookupRow[] {
  return object.fields.filter(needsLookup).flatMap((field) => {
    const normalised = normaliseForLookup(field, values[field.key] ?? null);
    return normalised === undefined
      ? []
      : [
          {
            field: field.key,
            tag: records.keyring.lookup(lookupKind(field), normalised),
            unique: field.unique === true,
          },
        ];
  });
}

async function writeLookups(
  records: Records,
  tx: Tx,
  object: ObjectDefinition,
  id: string,
  values: Values,
): Promise<void> {
  const rows = lookupRows(records, object, values);
  if (rows.length === 0) return;
  const inserted = await tx.query<{ field: string }>(
    `insert into vault.record_lookup (object, field, tag, record_id, is_unique)
     select $1, l.field, l.tag, $2, l.is_unique from unnest($3::text[], $4::bytea[], $5::boolean[]) as l (field, tag, is_unique)
     on conflict do nothing returning field`,
    [object.key, id, rows.map((row) => row.field), rows.map((row) => row.tag), rows.map((row) => row.unique)],
  );
  const missing = rows.filter((row) => !inserted.some((one) => one.field === row.field));
  if (missing.length > 0)
    throw new Problem("duplicate", { fields: missing.map((row) => ({ field: row.field, reason: "already_used" })) });
}

/** Before and after of each field: classes 0-2 as they are, class 3 under its own key once more. */
export function changeDetail(
  object: ObjectDefinition,
  id: string,
  version: number,
  keys: SubjectKeys,
  before: Values,
  after: Values,
) {
  const plain: Record<string, [FieldValue, FieldValue]> = {};
  const restricted: Record<string, [FieldValue, FieldValue]> = {};
  for (const [key, value] of Object.entries(after)) {
    const field = object.fields.find((one) => one.key === key);
    (field && isSealed(field) && field.class === 3 ? restricted : plain)[key] = [before[key] ?? null, value];
  }
  const sealed =
    Object.keys(restricted).length === 0
      ? undefined
      : sealValue(keys.class3, detailContext(id, version), restricted).toString("base64");
  return { version, plain, ...(sealed !== undefined && { restricted: sealed }) };
}

export function detailContext(id: string, version: number) {
  return { object: "history", recordId: id, class: 3, sealVersion: version } as const;
}

/** Rights were checked above; what row-level security still guards here is that an actor stands behind the write. */
function writeScope(writer: Writer): RowScope {
  return writer.access
    ? { actor: writer.access.userId, all: true, owners: [], departments: [] }
    : systemScope("records");
}
