// Finding the records that rows of an import speak of: by name for references, by a key field for updates. Only within the
// rights of the person whose import it is.
import { type ObjectDefinition, isFoundWhole } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import { type Queryable } from "../db/database.ts";
import { TagBroken } from "../keys/broken.ts";
import { fold } from "../search/normalise.ts";
import { queryAccess } from "./read.ts";
import type { Records } from "./deps.ts";
import { lookupKind } from "./masks.ts";
import { compileQuery } from "./query-compiler.ts";
import { type RecordRow, baseColumns, columnValues, isSealed, openClass, tableOf, verifyRow } from "./row.ts";
import { fromColumn, normaliseForLookup, toColumn } from "./values.ts";
import { readRows } from "./read-rows.ts";

/** Names asked for at once, and the rows such a question may have: when there are more, it is asked in halves. */
const namesAtOnce = 100;
const mostNamesakes = 200;

/** Records of these names within the person's view: normalised name to ids. For references in imports. */
export async function resolveNames(
  records: Records,
  access: Access,
  object: ObjectDefinition,
  names: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(names.map((name) => [fold(name), []]));
  const wanted = [...found.keys()];
  const granted = queryAccess(records, access, object);
  const ask = async (some: readonly string[]): Promise<void> => {
    const query = {
      object: object.key,
      limit: mostNamesakes,
      offset: 0,
      deleted: false,
      count: false,
      columns: [object.nameField],
    };
    const compiled = compileQuery(query, { object, target: "projection", access: granted, named: some });
    const { rows } = await records.search.query(compiled);
    if (rows.length === mostNamesakes && some.length > 1) {
      const middle = Math.ceil(some.length / 2);
      await ask(some.slice(0, middle));
      return ask(some.slice(middle));
    }
    for (const [id, , , , value] of rows) if (typeof value === "string") found.get(fold(value))?.push(id);
  };
  for (let at = 0; at < wanted.length; at += namesAtOnce) await ask(wanted.slice(at, at + namesAtOnce));
  return found;
}

/**
 * Living records of the person's view scope by the value of a key field: normalised value to id and version. Only those
 * in which the person may read the field, and his own: what is hidden or masked in a row cannot find it.
 */
export async function findByKey(
  records: Records,
  q: Queryable,
  access: Access,
  object: ObjectDefinition,
  key: string,
  values: readonly FieldValue[],
): Promise<Map<string, { id: string; version: number }[]>> {
  const field = object.fields.find((one) => one.key === key);
  if (!field) throw new Problem("invalid", { fields: [{ field: key, reason: "unknown_field" }] });
  const found = new Map<string, { id: string; version: number }[]>();
  const add = (value: string, id: string, version: number): void => {
    const list = found.get(value) ?? [];
    list.push({ id, version });
    found.set(value, list);
  };
  const shown = (row: RecordRow): boolean => {
    if (object.placement === "person" && row.id === access.userId) return true;
    const level = access.level(object, field, { owner: row.owner_id, department: row.department_id });
    return level === "read" || level === "write";
  };
  if (isFoundWhole(field)) {
    const tags = new Map<string, string>();
    for (const value of values) {
      const normalised = normaliseForLookup(field, value);
      if (normalised !== undefined)
        tags.set(records.keyring.lookup(lookupKind(field), normalised).toString("hex"), keyOf(value));
    }
    const place = field.storage.in === "column" ? field.storage.column : field.storage.in;
    const columns = [...baseColumns.split(", "), place].map((name) => `r.${name}`).join(", ");
    const rows = await q.query<RecordRow & { lookup: Buffer }>(
      `select ${columns}, l.tag as lookup from vault.record_lookup l join ${tableOf(object)} r on r.id = l.record_id
       where l.object = $1 and l.field = $2 and l.tag = any($3) and r.deleted_at is null`,
      [object.key, key, [...tags.keys()].map((tag) => Buffer.from(tag, "hex"))],
    );
    const subjects = await records.keyring.subjects(
      q,
      rows.map((row) => row.subject_id),
    );
    for (const row of rows) {
      verifyRow(records.keyring, object, row);
      // A tag moved here from another record would have this one changed in its stead: the row's own value decides.
      const own = subjects.get(row.subject_id);
      const value = isSealed(field)
        ? own && openClass(object, row, own, field.class)[key]
        : columnValues([field], row)[key];
      const normalised = normaliseForLookup(field, value ?? null);
      const tag = normalised !== undefined && records.keyring.lookup(lookupKind(field), normalised);
      if (!tag || !tag.equals(row.lookup)) throw new TagBroken("record_lookup");
      const wanted = tags.get(row.lookup.toString("hex"));
      if (wanted !== undefined && shown(row)) add(wanted, row.id, row.version);
    }
    return found;
  }
  if (field.class === 2) {
    const names = values.filter((value): value is string => typeof value === "string");
    if (key !== object.nameField) throw new Problem("not_sortable");
    for (const [folded, ids] of await resolveNames(records, access, object, names)) {
      const rows =
        ids.length === 0
          ? []
          : await readRows(records.keyring, q, object, "place", "where id = any($1) and deleted_at is null", [ids]);
      for (const row of rows)
        for (const name of names) if (fold(name) === folded) add(keyOf(name), row.id, row.version);
    }
    return found;
  }
  if (field.storage.in !== "column") throw new Problem("not_sortable");
  const { column } = field.storage;
  const rows = await q.query<RecordRow>(
    `select ${baseColumns}, ${column} from ${tableOf(object)} where ${column}::text = any($1) and deleted_at is null`,
    [values.map((value) => (value === null ? null : String(toColumn(field, value))))],
  );
  for (const row of rows) {
    verifyRow(records.keyring, object, row);
    if (shown(row)) add(keyOf(fromColumn(field, row[column])), row.id, row.version);
  }
  return found;
}

export function keyOf(value: FieldValue): string {
  return typeof value === "string" ? fold(value) : String(value);
}
