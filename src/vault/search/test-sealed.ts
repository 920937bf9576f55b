// Sealed rows for the tests and figures of a rebuild, made as records makes them but without a database.
import { randomBytes } from "node:crypto";
import type { ObjectDefinition } from "../../contract/field.ts";
import { type KeyMaterial, type SubjectKeyRow, wrapSubjectClass } from "../keys/key-material.ts";
import { tagRow } from "../keys/tag.ts";
import { type RecordRow, type Values, factsOf, sealClass, sealNumber, tableOf, tagFields } from "../records/row.ts";
import { toColumn } from "../records/values.ts";
import { type PackedRow, type RebuildPass, openableFields } from "./rebuild-page.ts";

export function testMaterial(version = 1): KeyMaterial {
  return {
    class2: new Map([[version, randomBytes(32)]]),
    class3: new Map([[version, randomBytes(32)]]),
    tag: randomBytes(32),
    lookup: randomBytes(32),
  };
}

export interface PlainRecord {
  readonly id: string;
  readonly version?: number;
  readonly owner?: string | null;
  readonly department?: string | null;
  readonly updatedAt?: Date;
  readonly deletedAt?: Date | null;
  readonly values: Values;
}

/** The row and its subject's wrapped keys, under this version of the class keys. */
export function sealRecord(
  material: KeyMaterial,
  object: ObjectDefinition,
  record: PlainRecord,
  keyVersion = 1,
): { row: RecordRow; key: SubjectKeyRow } {
  const { id } = record;
  const keys = { class2: randomBytes(32), class3: randomBytes(32) };
  const valuesOf = (level: 2 | 3): Values =>
    Object.fromEntries(
      object.fields.flatMap((field) => (field.class === level ? [[field.key, record.values[field.key] ?? null]] : [])),
    );
  const columns = Object.fromEntries(
    object.fields.flatMap((field) =>
      field.storage.in === "column" ? [[field.storage.column, toColumn(field, record.values[field.key] ?? null)]] : [],
    ),
  );
  const sealed2 = sealClass(object, id, keys, 2, 1, valuesOf(2));
  const sealed3 = sealClass(object, id, keys, 3, 1, valuesOf(3));
  const at = record.updatedAt ?? new Date(1_700_000_000_000);
  const place = {
    id,
    subject_id: id,
    owner_id: record.owner ?? null,
    department_id: record.department ?? null,
    version: record.version ?? 1,
    created_at: at,
    created_by: null,
    updated_at: at,
    updated_by: null,
    deleted_at: record.deletedAt ?? null,
    facts: factsOf(object, record.values),
    seal2: sealNumber(0, sealed2),
    seal3: sealNumber(0, sealed3),
  };
  const row: RecordRow = {
    ...place,
    tag: tagRow(material.tag, object.key, tagFields(place)),
    sealed2,
    sealed3,
    ...columns,
  };
  const key: SubjectKeyRow = {
    subject_id: id,
    class2_wrapped: wrapSubjectClass(material, id, 2, keyVersion, keys.class2),
    class2_version: keyVersion,
    class3_wrapped: wrapSubjectClass(material, id, 3, keyVersion, keys.class3),
    class3_version: keyVersion,
  };
  return { row, key };
}

/** What PostgreSQL makes of the row for a pass; without a key when the subject was erased. */
export function packRow(
  object: ObjectDefinition,
  pass: RebuildPass,
  row: RecordRow,
  key: SubjectKeyRow | undefined,
): PackedRow {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  const milliseconds = (at: Date): string => String(at.getTime());
  const [version, wrapped, sealed] =
    pass === "rows"
      ? [key?.class2_version, key?.class2_wrapped, row.sealed2]
      : [key?.class3_version, key?.class3_wrapped, row.sealed3];
  const stored = openableFields(object, pass).stored.map((field) =>
    field.storage.in === "column" ? row[field.storage.column] : null,
  );
  return [
    row.id,
    String(row.version),
    row.subject_id,
    row.owner_id ?? "",
    row.department_id ?? "",
    milliseconds(row.created_at),
    row.created_by ?? "",
    milliseconds(row.updated_at),
    row.updated_by ?? "",
    row.deleted_at ? milliseconds(row.deleted_at) : "",
    String(row.seal2),
    String(row.seal3),
    text(row.tag),
    row.facts,
    version === undefined ? "" : String(version),
    wrapped ? text(wrapped) : "",
    sealed ? text(sealed) : "",
    JSON.stringify(stored),
  ];
}

const types: readonly (readonly [columns: RegExp, type: string])[] = [
  [/^(?:id|subject_id|owner_id|department_id|created_by|updated_by|f_account)$/u, "uuid"],
  [/_at$|^f_last_/u, "timestamptz"],
  [/^(?:tag|sealed[23]|class[23]_wrapped)$/u, "bytea"],
  [/version$|^seal[23]$/u, "integer"],
  [/^f_is_/u, "boolean"],
  [/^f_next_/u, "date"],
];

/** Puts contacts' rows and their wrapped keys into the tables. */
export async function insertSealed(
  into: { query(text: string, values: unknown[]): Promise<unknown> },
  object: ObjectDefinition,
  rows: readonly RecordRow[],
  keys: readonly SubjectKeyRow[],
): Promise<void> {
  const insert = async (table: string, all: readonly object[]): Promise<void> => {
    const names = Object.keys(all[0] ?? {});
    if (names.length === 0) return;
    const arrays = names.map((name, place) => {
      const [, type = "text"] = types.find(([columns]) => columns.test(name)) ?? [];
      return `$${place + 1}::${type}[]`;
    });
    // Rows are plain objects by column.
    const values = names.map((name) => all.map((row) => (row as Record<string, unknown>)[name]));
    await into.query(`insert into ${table} (${names.join(", ")}) select * from unnest(${arrays.join(", ")})`, values);
  };
  await insert("keys.subject_key", keys);
  await insert(tableOf(object), rows);
}
