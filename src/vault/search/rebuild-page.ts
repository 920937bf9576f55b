// A page of sealed rows on its way to the opener: PostgreSQL makes one JSON text of it, which the vault's own thread only
// hands on. Nothing is decoded or opened there.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { tableOf } from "../records/row.ts";

/** A rebuild first brings the rows with their class 0-2 values, so that searching can begin, then the class 3 cells. */
export type RebuildPass = "rows" | "restricted";

/** Bytes are in hex, instants in milliseconds. Key and seal are those of the class that the pass opens. */
export type PackedRow = readonly [
  id: string,
  version: number,
  subjectId: string,
  owner: string | null,
  department: string | null,
  createdAt: number,
  createdBy: string | null,
  updatedAt: number,
  updatedBy: string | null,
  deletedAt: number | null,
  seal2: number,
  seal3: number,
  tag: string,
  facts: string,
  /** null: the subject was erased. */
  keyVersion: number | null,
  wrappedKey: string | null,
  sealed: string | null,
  /** In the order of `openableFields().stored`. */
  stored: readonly unknown[],
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

const milliseconds = (column: string): string => `trunc(extract(epoch from r.${column}) * 1000)::bigint`;

/**
 * The statement for the next page behind the id $1, of at most $2 rows: `rows` how many, `last` their greatest id, `page`
 * the JSON text of PackedRow[], in the order of the ids.
 */
export function pageStatement(object: ObjectDefinition, pass: RebuildPass): string {
  const level = pass === "rows" ? 2 : 3;
  const parts = [
    "r.id, r.version, r.subject_id, r.owner_id, r.department_id",
    `${milliseconds("created_at")}, r.created_by, ${milliseconds("updated_at")}, r.updated_by, ${milliseconds("deleted_at")}`,
    `r.seal2, r.seal3, encode(r.tag, 'hex'), r.facts, k.class${level}_version, encode(k.class${level}_wrapped, 'hex')`,
    `encode(r.sealed${level}, 'hex'), json_build_array(${openableFields(object, pass).stored.map(storedColumn).join(", ")})`,
  ];
  return `with page as materialized (
      select * from ${tableOf(object)} where id > $1 ${pass === "restricted" ? "and (sealed3 is not null or seal3 > 0)" : ""}
      order by id limit $2
    )
    select count(*)::integer as rows, max(r.id::text) as last,
      json_agg(json_build_array(${parts.join(", ")}) order by r.id)::text as page
    from page r left join keys.subject_key k on k.subject_id = r.subject_id`;
}

function storedColumn(field: StoredField): string {
  if (!/^[a-z][a-zA-Z0-9_]*$/u.test(field.key)) throw new Error("not a field key");
  if (field.storage.in === "ext") return `r.ext -> '${field.key}'`;
  if (field.storage.in === "column" && /^[a-z][a-z0-9_]*$/u.test(field.storage.column))
    return `r.${field.storage.column}`;
  throw new Error(`${field.key} is not stored in the open`);
}
