// How records come out of their tables one by one: which columns, and every row's tag checked before anything of it is
// used. Lists, names and the directory read with `selectOf` and leave a damaged row out instead of failing.
import type { ObjectDefinition } from "../../contract/field.ts";
import type { Queryable } from "../db/database.ts";
import { type RecordRow, type TagKeeper, baseColumns, tableOf, verifyFacts, verifyRow } from "./row.ts";

/** `place`: what the tag covers. `plain`: with the class 0-1 values. `all`: with the seals and each field's version too. */
export type RowColumns = "place" | "plain" | "all";

/** SELECT … FROM of an object's table, under the alias `r`. */
export function selectOf(object: ObjectDefinition, columns: RowColumns): string {
  const plain = object.fields.flatMap((field) => (field.storage.in === "column" ? [field.storage.column] : []));
  const names = [
    ...baseColumns.split(", "),
    ...(columns === "place" ? [] : ["ext", ...plain]),
    ...(columns === "all" ? ["sealed2", "sealed3", "changed"] : []),
  ];
  return `select ${names.map((name) => `r.${name}`).join(", ")} from ${tableOf(object)} r`;
}

/**
 * The rows that the transaction's scope lets through; `rest` is fixed text after FROM. Throws TagBroken for a row that was
 * changed behind the vault's back, unless read for its place alone also in a class 0-1 value.
 */
export async function readRows(
  keeper: TagKeeper,
  q: Queryable,
  object: ObjectDefinition,
  columns: RowColumns,
  rest: string,
  values: readonly unknown[],
): Promise<RecordRow[]> {
  const rows = await q.query<RecordRow>(`${selectOf(object, columns)} ${rest}`, values);
  for (const row of rows) {
    verifyRow(keeper, object, row);
    if (columns !== "place") verifyFacts(object, row);
  }
  return rows;
}
