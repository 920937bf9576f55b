// The queries on keys.subject_key. A row is only ever inserted while the class key versions it names are held in the
// database, so that no rotation destroys one under it.
import type { Queryable } from "../db/database.ts";
import {
  type KeyMaterial,
  type SubjectKeyRow,
  type SubjectKeys,
  subjectKeyColumns,
  wrapSubjectClass,
} from "./key-material.ts";

/** Versions of the class keys to wrap under. */
export interface ClassVersions {
  readonly class2: number;
  readonly class3: number;
}

/**
 * Wraps and inserts the keys of new subjects in one statement. False when one of the versions is not in the tables any
 * more; nothing is inserted then. Throws the database's unique violation when a subject has keys already.
 */
export async function insertSubjects(
  q: Queryable,
  material: KeyMaterial,
  versions: ClassVersions,
  subjects: ReadonlyMap<string, SubjectKeys>,
): Promise<boolean> {
  const wrapped2: Buffer[] = [];
  const wrapped3: Buffer[] = [];
  for (const [subjectId, keys] of subjects) {
    wrapped2.push(wrapSubjectClass(material, subjectId, 2, versions.class2, keys.class2));
    wrapped3.push(wrapSubjectClass(material, subjectId, 3, versions.class3, keys.class3));
  }
  // The lock on both versions lasts until the transaction ends; a rotation waits for it before it destroys a version.
  const [answer] = await q.query<{ inserted: number }>(
    `with held as materialized (
       select from keys.key_encryption_key
       where (purpose = 'class2' and version = $4) or (purpose = 'class3' and version = $5) for key share
     ), inserted as (
       insert into keys.subject_key (subject_id, class2_wrapped, class2_version, class3_wrapped, class3_version)
       select id, wrapped2, $4, wrapped3, $5 from unnest($1::uuid[], $2::bytea[], $3::bytea[]) n (id, wrapped2, wrapped3)
       where (select count(*) from held) = 2
       returning 1
     ) select count(*)::integer as inserted from inserted`,
    [[...subjects.keys()], wrapped2, wrapped3, versions.class2, versions.class3],
  );
  return answer?.inserted === subjects.size;
}

/** The rows of these subjects; those without one are left out. */
export function readSubjects(q: Queryable, subjectIds: readonly string[]): Promise<SubjectKeyRow[]> {
  const text = `select ${subjectKeyColumns} from keys.subject_key where subject_id = any($1::uuid[])`;
  return q.query<SubjectKeyRow>(text, [subjectIds]);
}

/** Removes the row of a subject, if there is one. */
export async function deleteSubject(q: Queryable, subjectId: string): Promise<void> {
  await q.query("delete from keys.subject_key where subject_id = $1", [subjectId]);
}
