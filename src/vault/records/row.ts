// A record as it lies in its table: which columns, what its keyed tag covers, and how its values are opened and sealed.
// Every row that is read has its tag checked before anything of it is used.
import { hash } from "node:crypto";
import { type ObjectDefinition, type StoredField, snake } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { SealBroken, TagBroken } from "../keys/broken.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { TagField } from "../keys/tag.ts";
import { fromColumn } from "./values.ts";

export interface RecordRow {
  readonly id: string;
  readonly version: number;
  readonly subject_id: string;
  readonly owner_id: string | null;
  readonly department_id: string | null;
  readonly created_at: Date;
  readonly created_by: string | null;
  readonly updated_at: Date;
  readonly updated_by: string | null;
  readonly deleted_at: Date | null;
  readonly tag: Buffer;
  /** {@link factsOf} of the row's class 0-1 values. */
  readonly facts: string;
  readonly seal2: number;
  readonly seal3: number;
  readonly sealed2?: Buffer | null;
  readonly sealed3?: Buffer | null;
  readonly changed?: Readonly<Record<string, number>>;
  readonly ext?: Readonly<Record<string, FieldValue>> | null;
  readonly [column: string]: unknown;
}

export type Values = Record<string, FieldValue>;

/** The columns every read of rows needs: place, versions and the tag over them. */
export const baseColumns =
  "id, version, subject_id, owner_id, department_id, created_at, created_by, updated_at, updated_by, deleted_at, tag, facts, seal2, seal3";

export function tableOf(object: ObjectDefinition): string {
  if (!/^[a-z][a-zA-Z0-9_]*$/u.test(object.key)) throw new Error("not an object key");
  return `vault.record_${snake(object.key)}`;
}

/** Digest of the class 0-1 values (SHA-256, base64), the same whatever the order: status and parent decide about rights. */
export function factsOf(
  object: Pick<ObjectDefinition, "fields">,
  values: Readonly<Record<string, FieldValue | undefined>>,
): string {
  const facts = object.fields
    .flatMap((field): [string, FieldValue][] => {
      const value = values[field.key] ?? null;
      return field.class < 2 && value !== null ? [[field.key, value]] : [];
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash("sha256", JSON.stringify(facts), "base64");
}

/** For rows read with all their columns. Throws TagBroken when a class 0-1 value is not what was written. */
export function verifyFacts(object: ObjectDefinition, row: RecordRow): void {
  if (factsOf(object, columnValues(object.fields, row)) !== row.facts) throw new TagBroken(object.key);
}

/** What the keyed tag covers: identity, owner, department, subject, version, who and when, deletion mark, facts, and which seals belong to it. */
export function tagFields(
  row: Pick<
    RecordRow,
    | "id"
    | "subject_id"
    | "owner_id"
    | "department_id"
    | "version"
    | "created_at"
    | "created_by"
    | "updated_at"
    | "updated_by"
    | "deleted_at"
    | "facts"
    | "seal2"
    | "seal3"
  >,
): readonly TagField[] {
  return [
    row.id,
    row.subject_id,
    row.owner_id,
    row.department_id,
    row.version,
    row.created_at.getTime(),
    row.created_by,
    row.updated_at.getTime(),
    row.updated_by,
    row.deleted_at === null ? null : row.deleted_at.getTime(),
    row.facts,
    row.seal2,
    row.seal3,
  ];
}

export interface TagKeeper {
  tag(table: string, fields: readonly TagField[]): Buffer;
  verifyTag(table: string, fields: readonly TagField[], tag: Uint8Array): void;
}

/** Throws TagBroken for a row that was changed behind the vault's back. */
export function verifyRow(keeper: TagKeeper, object: ObjectDefinition, row: RecordRow): void {
  keeper.verifyTag(object.key, tagFields(row), row.tag);
}

export function sealOf(object: ObjectDefinition, id: string, level: 2 | 3, version: number) {
  return { object: object.key, recordId: id, class: level, sealVersion: version } as const;
}

/**
 * The number of a class's next seal. It is negative when there is nothing to seal, so that the tag, which covers it, also
 * tells whether a sealed value belongs to the row; its size always grows, so that no number is used twice.
 */
export function sealNumber(previous: number, sealed: Uint8Array | null): number {
  const next = Math.abs(previous) + 1;
  return sealed === null ? -next : next;
}

/** Throws SealBroken when a sealed value is there that should not be, or the other way round. */
export function checkSealed(sealed: unknown, version: number): void {
  if ((sealed !== null && sealed !== undefined) !== version > 0) throw new SealBroken();
}

/** Opens one sealed class of a row. Throws SealBroken. */
export function openClass(object: ObjectDefinition, row: RecordRow, keys: SubjectKeys, level: 2 | 3): Values {
  const sealed = level === 2 ? row.sealed2 : row.sealed3;
  const version = level === 2 ? row.seal2 : row.seal3;
  checkSealed(sealed, version);
  if (!sealed) return {};
  // What was sealed here is a record of field values, and the seal vouches for it.
  return openValue(level === 2 ? keys.class2 : keys.class3, sealOf(object, row.id, level, version), sealed) as Values;
}

export function sealClass(
  object: ObjectDefinition,
  id: string,
  keys: SubjectKeys,
  level: 2 | 3,
  version: number,
  values: Values,
): Buffer | null {
  const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  if (Object.keys(kept).length === 0) return null;
  return sealValue(level === 2 ? keys.class2 : keys.class3, sealOf(object, id, level, version), kept);
}

/** The unsealed fields of a row. */
export function columnValues(fields: readonly StoredField[], row: RecordRow): Values {
  const values: Values = {};
  for (const field of fields) {
    const value =
      field.storage.in === "column"
        ? fromColumn(field, row[field.storage.column])
        : field.storage.in === "ext"
          ? (row.ext?.[field.key] ?? null)
          : null;
    if (value !== null) values[field.key] = value;
  }
  return values;
}

export function isSealed(field: StoredField): field is StoredField & { class: 2 | 3 } {
  return field.class >= 2;
}
