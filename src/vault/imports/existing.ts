// The records that rows of a file would change, opened: what they hold now, whose they are, and whose key seals them.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import type { Tx } from "../db/database.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { Records } from "../records/deps.ts";
import { columnValues, openClass } from "../records/row.ts";
import { readRows } from "../records/read-rows.ts";

export interface Existing {
  readonly id: string;
  readonly version: number;
  readonly owner: string | null;
  readonly department: string | null;
  readonly deleted: boolean;
  readonly subject: string;
  readonly keys: SubjectKeys;
  readonly values: Readonly<Record<string, FieldValue>>;
}

/** Those of the ids that the person may view, deleted ones too. Throws TagBroken, SealBroken. About 60 µs each. */
export async function loadExisting(
  records: Records,
  tx: Tx,
  access: Access,
  object: ObjectDefinition,
  ids: readonly string[],
): Promise<Map<string, Existing>> {
  if (ids.length === 0) return new Map();
  await tx.rescope(access.rowScope(object.key, "view"));
  const rows = await readRows(records.keyring, tx, object, "all", "where id = any($1)", [ids]);
  const keys = await records.keyring.subjects(
    tx,
    rows.map((row) => row.subject_id),
  );
  const found = new Map<string, Existing>();
  for (const row of rows) {
    const own = keys.get(row.subject_id);
    // Erased: nothing is left to change or to set back.
    if (!own) continue;
    found.set(row.id, {
      id: row.id,
      version: row.version,
      owner: row.owner_id,
      department: row.department_id,
      deleted: row.deleted_at !== null,
      subject: row.subject_id,
      keys: own,
      values: {
        ...columnValues(object.fields, row),
        ...openClass(object, row, own, 2),
        ...openClass(object, row, own, 3),
      },
    });
  }
  return found;
}

/** What a record held in the fields that an import changed. */
export interface Before {
  readonly values: Readonly<Record<string, FieldValue>>;
  readonly owner?: string;
  readonly department?: string | null;
}

function placeOf(recordId: string, version: number) {
  return { object: "import_before", recordId, class: 3, sealVersion: version } as const;
}

/** Sealed with the record's own key, so that its erasure reaches this too. `version` is the one the import made. */
export function sealBefore(existing: Existing, version: number, before: Before): Buffer {
  return sealValue(existing.keys.class3, placeOf(existing.id, version), before);
}

/** Throws SealBroken. */
export function openBefore(existing: Existing, version: number, sealed: Buffer): Before {
  // Sealed by the function above.
  return openValue(existing.keys.class3, placeOf(existing.id, version), sealed) as Before;
}
