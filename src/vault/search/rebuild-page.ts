// A page of sealed rows on its way to the opener: one text that PostgreSQL makes and the vault's own thread only hands on.
// Nothing is taken apart, decoded or opened there.
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { tableOf } from "../records/row.ts";

/** A rebuild first brings the rows with their class 0-2 values, so that searching can begin, then the class 3 cells. */
export type RebuildPass = "rows" | "restricted";

/** Empty where there is nothing. Bytes are hex, instants milliseconds. Key and seal are those of the class that the pass opens. */
export type PackedRow = readonly [
  id: string,
  version: string,
  subjectId: string,
  owner: string,
  department: string,
  createdAt: string,
  createdBy: string,
  updatedAt: string,
  updatedBy: string,
  deletedAt: string,
  seal2: string,
  seal3: string,
  tag: string,
  facts: string,
  /** None: the subject was erased. */
  keyVersion: string,
  wrappedKey: string,
  sealed: string,
  /** A JSON array in the order of `openableFields().stored`. */
  stored: string,
];

const betweenCells = "\t";
const betweenRows = "\n";

/** The rows of a page. */
export function rowsOf(page: string): PackedRow[] {
  // The statement below gives these columns, and lets none of them hold a tab or a line's end.
  return page.split(betweenRows).map((line) => line.split(betweenCells) as unknown as PackedRow);
}

/** As the statement below joins them. */
export function pageOf(rows: readonly PackedRow[]): string {
  return rows.map((row) => row.join(betweenCells)).join(betweenRows);
}

/** The fields in the order of an opened row's values: those stored in the open, then those sealed. */
export function openableFields(
  object: ObjectDefinition,
  pass: RebuildPass,
): { stored: StoredField[]; sealed: StoredField[]; keys: string[] } {
  const stored = pass === "rows" ? object.fields.filter((field) => field.class < 2) : [];
  const sealed = object.fields.filter((field) => field.class === (pass === "rows" ? 2 : 3));
  return { stored, sealed, keys: [...stored, ...sealed].map((field) => field.key) };
}

// Ours are whole milliseconds; as a float they are exact, and cheaper than as a numeric. Infinity, which nobody but a
// forger writes, is none.
const milliseconds = (column: string): string =>
  `(date_part('epoch', nullif(nullif(r.${column}, 'infinity'), '-infinity')) * 1000)::bigint`;

/** One row of PageRow: the rows behind the id $1, at most $2 of them. */
export function pageStatement(object: ObjectDefinition, pass: RebuildPass): string {
  const level = pass === "rows" ? 2 : 3;
  const { stored } = openableFields(object, pass);
  const bytes = (column: string): string => `encode(${column}, 'hex')`;
  const cells = [
    "r.id",
    "r.version",
    "r.subject_id",
    "r.owner_id",
    "r.department_id",
    milliseconds("created_at"),
    "r.created_by",
    milliseconds("updated_at"),
    "r.updated_by",
    milliseconds("deleted_at"),
    "r.seal2",
    "r.seal3",
    bytes("r.tag"),
    // The one text that the database could hold anything in: changed behind our back it must not look like more rows.
    "translate(r.facts, e'\\t\\n', '')",
    `k.class${level}_version`,
    bytes(`k.class${level}_wrapped`),
    bytes(`r.sealed${level}`),
    stored.length === 0 ? "'[]'" : `json_build_array(${stored.map(storedColumn).join(", ")})`,
  ];
  return `select count(*) as rows, max(p.id::text) as last, string_agg(p.line, e'\\n') as page from (
      select r.id, concat(${cells.join(", e'\\t', ")}) as line
      from ${tableOf(object)} r left join keys.subject_key k on k.subject_id = r.subject_id
      where r.id > $1 ${pass === "restricted" ? "and (r.sealed3 is not null or r.seal3 > 0)" : ""}
      order by r.id limit $2) p`;
}

/** `last` is the greatest id; both it and `page` are null when there are no rows. */
export interface PageRow {
  readonly rows: number;
  readonly last: string | null;
  readonly page: string | null;
}

function storedColumn(field: StoredField): string {
  if (!/^[a-z][a-zA-Z0-9_]*$/u.test(field.key)) throw new Error("not a field key");
  if (field.storage.in === "ext") return `r.ext -> '${field.key}'`;
  if (field.storage.in === "column" && /^[a-z][a-z0-9_]*$/u.test(field.storage.column))
    return `r.${field.storage.column}`;
  throw new Error(`${field.key} is not stored in the open`);
}
