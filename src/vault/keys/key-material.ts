// The raw keys the vault works with, as a plain value that can be posted to a worker thread, and what can be done with
// them without a database. It never leaves the vault's process.
import { isUuid } from "../db/uuid.ts";
import { KeyVersionUnknown } from "./broken.ts";
import { unwrapKeys } from "./kwp-bulk.ts";
import { unwrapKey, wrapKey } from "./kwp.ts";

/** Secret. Survives structured cloning; versions of a class come and go with rotation. */
export interface KeyMaterial {
  readonly class2: ReadonlyMap<number, Uint8Array>;
  readonly class3: ReadonlyMap<number, Uint8Array>;
  /** For tagRow and checkTag. */
  readonly tag: Uint8Array;
  /** For lookupTag. */
  readonly lookup: Uint8Array;
}

/** The data keys of one subject, 32 bytes each. */
export interface SubjectKeys {
  readonly class2: Buffer;
  readonly class3: Buffer;
}

/** A row of keys.subject_key. */
export interface SubjectKeyRow {
  readonly subject_id: string;
  readonly class2_wrapped: Uint8Array;
  readonly class2_version: number;
  readonly class3_wrapped: Uint8Array;
  readonly class3_version: number;
}

/** Columns that make a SubjectKeyRow, for a SELECT. */
export const subjectKeyColumns = "subject_id, class2_wrapped, class2_version, class3_wrapped, class3_version";

/**
 * Unwraps both keys of a subject; about 19 µs. Throws KeyVersionUnknown when the material is older than the row (ask for
 * newer material), WrapBroken when the row is damaged or belongs to another subject.
 */
export function unwrapSubject(material: KeyMaterial, row: SubjectKeyRow): SubjectKeys {
  return { class2: unwrapSubjectClass(material, row, 2), class3: unwrapSubjectClass(material, row, 3) };
}

/** One of the two keys, at half the price. Throws like unwrapSubject. */
export function unwrapSubjectClass(material: KeyMaterial, row: SubjectKeyRow, level: 2 | 3): Buffer {
  const [wrapped, version] =
    level === 2 ? [row.class2_wrapped, row.class2_version] : [row.class3_wrapped, row.class3_version];
  return unwrapKey(classKey(material, level, version), wrapped, subjectLabel(row.subject_id));
}

/** One of a subject's two keys as it lies in the database. */
export interface WrappedClassKey {
  readonly subjectId: string;
  readonly version: number;
  readonly wrapped: Uint8Array;
}

/**
 * The keys of one class of many subjects, in their order, about 1 µs each; undefined for one that is damaged, belongs to
 * another subject, or is wrapped under a version that the material does not have.
 */
export function unwrapSubjectsClass(
  material: KeyMaterial,
  level: 2 | 3,
  rows: readonly WrappedClassKey[],
): (Buffer | undefined)[] {
  const found: (Buffer | undefined)[] = Array.from({ length: rows.length });
  for (const version of new Set(rows.map((row) => row.version))) {
    const kek = (level === 2 ? material.class2 : material.class3).get(version);
    if (kek === undefined) continue;
    const places = [...rows.keys()].filter((place) => rows[place]?.version === version);
    const own = places.map((place) => rows[place] as WrappedClassKey); // these places are the rows' own
    const labels = own.map((row) => Buffer.from(subjectLabel(row.subjectId)));
    const keys = unwrapKeys(
      kek,
      own.map((row) => row.wrapped),
      labels,
    );
    for (const [index, place] of places.entries()) found[place] = keys[index];
  }
  return found;
}

/** Wraps a subject's key under a version of its class key. Throws KeyVersionUnknown. */
export function wrapSubjectClass(
  material: KeyMaterial,
  subjectId: string,
  level: 2 | 3,
  version: number,
  key: Uint8Array,
): Buffer {
  return wrapKey(classKey(material, level, version), key, subjectLabel(subjectId));
}

/** Throws RangeError when the id is not a UUID in lower case, the form PostgreSQL gives. */
export function checkSubjectId(subjectId: string): void {
  if (!isUuid(subjectId)) throw new RangeError("a subject id is a UUID in lower case");
}

function classKey(material: KeyMaterial, level: 2 | 3, version: number): Uint8Array {
  const purpose = level === 2 ? "class2" : "class3";
  const key = material[purpose].get(version);
  if (key === undefined) throw new KeyVersionUnknown(purpose, version);
  return key;
}

const labelScratch = Buffer.allocUnsafeSlow(32);

/** The 16 bytes of the id, wrapped together with its keys. Valid until the next call. */
function subjectLabel(subjectId: string): Buffer {
  checkSubjectId(subjectId);
  labelScratch.write(subjectId.replaceAll("-", ""), 0, "hex");
  return labelScratch.subarray(0, 16);
}
