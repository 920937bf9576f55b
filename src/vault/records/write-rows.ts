// A record on its way into its table: columns, seals, tag and whole-value tags. Rights were judged before.
import { type ObjectDefinition, type StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Tx } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Records } from "./deps.ts";
import { type RecordRow, type Values, factsOf, sealClass, sealNumber, tableOf, tagFields } from "./row.ts";
import { normaliseForLookup, toColumn } from "./values.ts";
import { lookupKind } from "./masks.ts";
import type { Writer } from "./write.ts";

export interface Place {
  readonly owner: string | null;
  readonly department: string | null;
}

export async function insertRow(
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
    facts: factsOf(object, values),
    seal2: sealNumber(0, sealed.two),
    seal3: sealNumber(0, sealed.three),
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

export async function updateRow(
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
  const sealed = sealAll(
    object,
    row.id,
    keys,
    after,
    changed2 ? Math.abs(row.seal2) + 1 : undefined,
    changed3 ? Math.abs(row.seal3) + 1 : undefined,
  );
  const base: RecordRow = {
    ...row,
    version,
    owner_id: place.owner,
    department_id: place.department,
    updated_at: writer.now,
    updated_by: writer.by,
    facts: factsOf(object, after),
    seal2: changed2 ? sealNumber(row.seal2, sealed.two) : row.seal2,
    seal3: changed3 ? sealNumber(row.seal3, sealed.three) : row.seal3,
  };
  const tag = records.keyring.tag(object.key, tagFields(base));
  const columns: [string, unknown][] = [
    ["version", version],
    ["owner_id", place.owner],
    ["department_id", place.department],
    ["updated_at", writer.now],
    ["updated_by", writer.by],
    ["facts", base.facts],
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

export async function writeLookups(
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
