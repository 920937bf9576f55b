// A record on its way into its table: columns, seals, tag and whole-value tags. Rights were judged before.
import { type ObjectDefinition, type StoredField, isFoundWhole } from "../../contract/field.ts";
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

/** The subject whose key seals a row. */
export interface Seal {
  readonly id: string;
  readonly keys: SubjectKeys;
}

/** A record that is not in its table yet. */
export interface NewRow extends RecordRow {
  readonly sealed2: Buffer | null;
  readonly sealed3: Buffer | null;
  readonly values: Values;
}

/** Seals and tags a record's first version. About 60 µs. */
export function newRow(
  records: Pick<Records, "keyring">,
  { by, now }: Pick<Writer, "by" | "now">,
  object: ObjectDefinition,
  id: string,
  place: Place,
  values: Values,
  seal: Seal,
): NewRow {
  const sealed = sealAll(object, id, seal.keys, values, 1, 1);
  const base = {
    id,
    version: 1,
    subject_id: seal.id,
    owner_id: place.owner,
    department_id: place.department,
    created_at: now,
    created_by: by,
    updated_at: now,
    updated_by: by,
    deleted_at: null,
    facts: factsOf(object, values),
    seal2: sealNumber(0, sealed.two),
    seal3: sealNumber(0, sealed.three),
  };
  const tag = records.keyring.tag(object.key, tagFields(base));
  return { ...base, tag, sealed2: sealed.two, sealed3: sealed.three, values };
}

const newColumns = {
  id: "uuid",
  version: "integer",
  subject_id: "uuid",
  owner_id: "uuid",
  department_id: "uuid",
  created_at: "timestamptz",
  created_by: "uuid",
  updated_at: "timestamptz",
  updated_by: "uuid",
  facts: "text",
  seal2: "integer",
  seal3: "integer",
  tag: "bytea",
  sealed2: "bytea",
  sealed3: "bytea",
} as const;

/** All rows, and their whole-value tags, by one statement each. Throws Problem `duplicate` when a unique value is taken. */
export async function insertRows(
  records: Pick<Records, "keyring">,
  tx: Tx,
  object: ObjectDefinition,
  rows: readonly NewRow[],
): Promise<void> {
  const plain = object.fields.filter(
    (field) => field.storage.in === "column" && rows.some((row) => row.values[field.key] !== undefined),
  );
  const columns: [name: string, type: string, values: unknown[]][] = [
    ...Object.entries(newColumns).map(([name, type]): [string, string, unknown[]] => [
      name,
      type,
      rows.map((row) => row[name]),
    ]),
    ["ext", "jsonb", rows.map((row) => extText(object, row.values))],
    ...plain.flatMap((field): [string, string, unknown[]][] =>
      field.storage.in === "column"
        ? [[field.storage.column, columnType(field), rows.map((row) => toColumn(field, row.values[field.key] ?? null))]]
        : [],
    ),
  ];
  const names = columns.map(([name]) => name).join(", ");
  await tx.query(
    `insert into ${tableOf(object)} (${names})
     select ${names} from unnest(${columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")}) as r (${names})`,
    columns.map(([, , values]) => values),
  );
  await writeLookups(records, tx, object, rows);
}

/** PostgreSQL's type of a field's column: a custom field has one of those kept for it, named t…, n… or d…. */
function columnType(field: StoredField): string {
  if (field.custom === true && field.storage.in === "column")
    return { t: "text", n: "bigint", d: "timestamptz" }[field.storage.column.slice(0, 1)] ?? "text";
  switch (field.type) {
    case "integer":
    case "decimal":
      return "bigint";
    case "date":
      return "date";
    case "datetime":
      return "timestamptz";
    case "boolean":
      return "boolean";
    case "reference":
      return "uuid";
    default:
      return "text";
  }
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
  seal: Seal,
  named: readonly string[],
): Promise<RecordRow> {
  const after = { ...before, ...changes };
  const fields = object.fields.filter((field) => field.key in changes);
  // Under another subject all that is there is sealed anew.
  const moved = seal.id !== row.subject_id;
  const changed2 = fields.some((field) => field.class === 2) || (moved && row.seal2 > 0);
  const changed3 = fields.some((field) => field.class === 3) || (moved && row.seal3 > 0);
  const version = row.version + 1;
  const sealed = sealAll(
    object,
    row.id,
    seal.keys,
    after,
    changed2 ? Math.abs(row.seal2) + 1 : undefined,
    changed3 ? Math.abs(row.seal3) + 1 : undefined,
  );
  const base: RecordRow = {
    ...row,
    version,
    subject_id: seal.id,
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
    ["subject_id", seal.id],
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
  const looked = fields.filter(isFoundWhole);
  if (looked.length > 0) {
    await tx.query("delete from vault.record_lookup where record_id = $1 and object = $2 and field = any($3)", [
      row.id,
      object.key,
      looked.map((field) => field.key),
    ]);
    await writeLookups(records, tx, { ...object, fields: looked }, [{ id: row.id, values: after }]);
  }
  return { ...base, tag };
}

export function sealAll(
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
function plainColumns(object: ObjectDefinition, values: Values): [string, unknown][] {
  return object.fields.flatMap((field): [string, unknown][] => {
    const value = values[field.key];
    return field.storage.in === "column" && value !== undefined ? [[field.storage.column, toColumn(field, value)]] : [];
  });
}

function extText(object: ObjectDefinition, values: Values): string | null {
  const ext = extOf(object, values);
  return ext ? JSON.stringify(ext) : null;
}

function extOf(object: ObjectDefinition, values: Values): Values | undefined {
  const entries = object.fields.flatMap((field) =>
    field.storage.in === "ext" && values[field.key] !== undefined && values[field.key] !== null
      ? [[field.key, values[field.key] ?? null] as const]
      : [],
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Whole-value tags of new or restored records. Throws Problem `duplicate`, naming the first record and its fields. */
export async function writeLookups(
  records: Pick<Records, "keyring">,
  tx: Tx,
  object: ObjectDefinition,
  rows: readonly { readonly id: string; readonly values: Values }[],
): Promise<void> {
  const fields = object.fields.filter(isFoundWhole);
  const lookups = rows.flatMap(({ id, values }) =>
    fields.flatMap((field) => {
      const normalised = normaliseForLookup(field, values[field.key] ?? null);
      if (normalised === undefined) return [];
      const tag = records.keyring.lookup(lookupKind(field), normalised);
      return [{ id, field: field.key, tag, unique: field.unique === true }];
    }),
  );
  if (lookups.length === 0) return;
  const inserted = await tx.query<{ record_id: string; field: string }>(
    `insert into vault.record_lookup (object, field, tag, record_id, is_unique)
     select $1, l.field, l.tag, l.id, l.is_unique from unnest($2::text[], $3::bytea[], $4::uuid[], $5::boolean[]) as l (field, tag, id, is_unique)
     on conflict do nothing returning record_id, field`,
    [
      object.key,
      lookups.map((one) => one.field),
      lookups.map((one) => one.tag),
      lookups.map((one) => one.id),
      lookups.map((one) => one.unique),
    ],
  );
  if (inserted.length === lookups.length) return;
  const done = new Set(inserted.map((one) => `${one.record_id} ${one.field}`));
  const missing = lookups.filter((one) => !done.has(`${one.id} ${one.field}`));
  const clash = missing.filter(({ id }) => id === missing[0]?.id);
  throw new Problem("duplicate", {
    fields: clash.map(({ field }) => ({ field, reason: "already_used" })),
    ...(rows.length > 1 && { extra: { id: clash[0]?.id } }),
  });
}
