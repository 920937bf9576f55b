// A page of sealed rows on its way to the opener: texts, as PostgreSQL gives them, which the vault's own thread only hands
// on. Nothing is decoded or opened there.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { tableOf } from "../records/row.ts";

/** A rebuild first brings the rows with their class 0-2 values, so that searching can begin, then the class 3 cells. */
export type RebuildPass = "rows" | "restricted";

/** Bytes are \x and hex, instants milliseconds. Key and seal are those of the class that the pass opens. */
export type PackedRow = readonly [
  id: string,
  version: string,
  subjectId: string,
  owner: string | null,
  department: string | null,
  createdAt: string,
  createdBy: string | null,
  updatedAt: string,
  updatedBy: string | null,
  deletedAt: string | null,
  seal2: string,
  seal3: string,
  tag: string,
  facts: string,
  /** null: the subject was erased. */
  keyVersion: string | null,
  wrappedKey: string | null,
  sealed: string | null,
  /** A JSON array in the order of `openableFields().stored`. */
  stored: string,
];

/** The fields in the order of an opened row's values: those stored in the open, then those sealed. */
export function openableFields(
  object: ObjectDefinition,
  pass: RebuildPass,
): { stored: StoredField[]; sealed: StoredField[]; keys: string[] } {
  const stored = pass === "rows" ? object.fields.filter((field) => field.class < 2) : [];
  const sealed = object.fields.filter((field) => field.class === (pass === "rows" ? 2 : 3));
  return { stored, sealed, keys: [...stored, ...sealed].map((field) => field.key) };
}

// Ours are whole milliseconds; as a float they are exact, and cheaper than as a numeric.
const milliseconds = (column: string): string => `(date_part('epoch', r.${column}) * 1000)::bigint`;

/** The statement for the next page behind the id $1, of at most $2 rows: the columns of PackedRow, in the order of the ids. */
export function pageStatement(object: ObjectDefinition, pass: RebuildPass): string {
  const level = pass === "rows" ? 2 : 3;
  const { stored } = openableFields(object, pass);
  return `select r.id, r.version, r.subject_id, r.owner_id, r.department_id,
      ${milliseconds("created_at")}, r.created_by, ${milliseconds("updated_at")}, r.updated_by, ${milliseconds("deleted_at")},
      r.seal2, r.seal3, r.tag, r.facts, k.class${level}_version, k.class${level}_wrapped, r.sealed${level},
      ${stored.length === 0 ? "'[]'" : `json_build_array(${stored.map(storedColumn).join(", ")})`}
    from ${tableOf(object)} r left join keys.subject_key k on k.subject_id = r.subject_id
    where r.id > $1 ${pass === "restricted" ? "and (r.sealed3 is not null or r.seal3 > 0)" : ""}
    order by r.id limit $2`;
}

function storedColumn(field: StoredField): string {
  if (!/^[a-z][a-zA-Z0-9_]*$/u.test(field.key)) throw new Error("not a field key");
  if (field.storage.in === "ext") return `r.ext -> '${field.key}'`;
  if (field.storage.in === "column" && /^[a-z][a-z0-9_]*$/u.test(field.storage.column))
    return `r.${field.storage.column}`;
  throw new Error(`${field.key} is not stored in the open`);
}
