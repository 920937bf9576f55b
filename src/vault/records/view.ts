// Turns rows into what one person may see of them: values he may read, masks of what he may only know to be there, and
// nothing at all of the rest. The one place where a record becomes an answer.
import { type ObjectDefinition, type StoredField, fieldOf, isServed } from "../../contract/field.ts";
import type { Level } from "../../contract/roles.ts";
import type { FieldValue, RecordView } from "../../contract/record-verbs.ts";
import type { Access, RowPlace } from "../access/access.ts";
import type { Queryable } from "../db/database.ts";
import { TagBroken } from "../keys/broken.ts";
import type { Records } from "./deps.ts";
import { type RecordRow, type Values, columnValues, openClass, tableOf, verifyRow } from "./row.ts";
import { maskOf } from "./values.ts";
import { selectOf } from "./read-rows.ts";

/** Names by id, and how many of them count as listed: those of customers' matters. */
export interface Named {
  readonly names: Record<string, string>;
  readonly counted: number;
}

/** Names of the records that the references of these views point to, as far as this person may know them. */
export async function namesOf(records: Records, access: Access, views: readonly RecordView[]): Promise<Named> {
  const wanted = new Map<string, Set<string>>();
  const want = (target: string, id: unknown): void => {
    if (typeof id !== "string") return;
    const ids = wanted.get(target) ?? new Set();
    wanted.set(target, ids.add(id));
  };
  for (const view of views) {
    want("user", view.owner);
    want("user", view.createdBy);
    want("user", view.updatedBy);
    want("department", view.department);
    for (const field of records.schema.load(view.object).fields)
      if (field.type === "reference") want(field.target, view.values[field.key]);
  }
  return nameAll(records, access, wanted);
}

/** Names of records of several objects. */
export async function nameAll(
  records: Records,
  access: Access,
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Named> {
  const names: Record<string, string> = {};
  let counted = 0;
  for (const [target, ids] of wanted) {
    const found = await namesIn(records, access, target, [...ids]);
    Object.assign(names, found);
    const object = records.schema.find(target);
    if (object && isServed(object)) counted += Object.keys(found).length;
  }
  return { names, counted };
}

/** Names of records of one object, as far as this person may know them. */
export async function namesIn(
  records: Records,
  access: Access,
  target: string,
  ids: readonly string[],
): Promise<Record<string, string>> {
  const object = records.schema.find(target);
  if (!object || ids.length === 0 || !access.can(target, "view")) return {};
  const field = object.fields.find((one) => one.key === object.nameField);
  if (!field) return {};
  const names: Record<string, string> = {};
  const shown = (id: string, owner: string | null, department: string | null, name: FieldValue): void => {
    const place = { owner, department };
    if (!access.covers(target, "view", place) || typeof name !== "string") return;
    const level = access.level(object, field, place);
    if (level === "masked") names[id] = maskOf(field, name);
    else if (level !== "hidden") names[id] = name;
  };
  if (target === "user") {
    for (const id of ids) {
      const person = records.directory.person(id);
      if (person) shown(id, id, person.department, person.name);
    }
    return names;
  }
  if (target === "department") {
    for (const id of ids) {
      const department = records.directory.department(id);
      if (department) shown(id, null, id, department.name);
    }
    return names;
  }
  const rows = await records.db.read<RecordRow>(
    access.rowScope(target, "view"),
    `${selectOf(object, "place")} where id = any($1) and deleted_at is null`,
    [ids],
  );
  // A row moved into somebody's scope from outside is nobody's to name; its own page says that it is damaged.
  const named = rows.filter(
    (row) =>
      access.level(object, field, { owner: row.owner_id, department: row.department_id }) !== "hidden" &&
      holds(records, object, row),
  );
  const held = await records.search.columns(
    target,
    named.map((row) => row.id),
    [object.nameField],
  );
  for (const row of named)
    shown(row.id, row.owner_id, row.department_id, held.get(row.id)?.values.get(object.nameField) ?? null);
  return names;
}

/** Whether the row is what the vault wrote. */
export function holds(records: Records, object: ObjectDefinition, row: RecordRow): boolean {
  try {
    verifyRow(records.keyring, object, row);
    return true;
  } catch (error) {
    if (error instanceof TagBroken) return false;
    throw error;
  }
}

/**
 * The wanted fields of rows. Confidential values and masks come from the projection when it holds the row's very version,
 * otherwise the seals are opened. Rows whose tag does not hold throw TagBroken.
 */
export async function viewRows(
  records: Records,
  q: Queryable,
  access: Access,
  object: ObjectDefinition,
  rows: readonly RecordRow[],
  fields: readonly StoredField[],
): Promise<RecordView[]> {
  for (const row of rows) verifyRow(records.keyring, object, row);
  const sealed = fields.filter((field) => field.class >= 2);
  const held =
    sealed.length === 0 || rows.length === 0
      ? new Map<string, { version: number; values: Map<string, FieldValue> }>()
      : await records.search.columns(
          object.key,
          rows.map((row) => row.id),
          sealed.map((field) => field.key),
        );
  const behind = sealed.length === 0 ? [] : rows.filter((row) => held.get(row.id)?.version !== row.version);
  const opened = await openRows(records, q, object, behind);
  // Rows of one place are judged once: most lists hold rows of few owners.
  const rights = new Map<string, PlaceRights>();
  const rightsAt = (place: RowPlace): PlaceRights => {
    const key = `${place.owner ?? ""} ${place.department ?? ""}`;
    let found = rights.get(key);
    if (!found) rights.set(key, (found = placeRights(access, object, fields, place)));
    return found;
  };
  return rows.map((row) => {
    const { levels, owner, department, can } = rightsAt({ owner: row.owner_id, department: row.department_id });
    const values: Values = {};
    const masked: Record<string, string> = {};
    const plain = columnValues(fields, row);
    const own = opened.get(row.id);
    const projected = own ? undefined : held.get(row.id)?.values;
    for (const [index, field] of fields.entries()) {
      const level = levels[index] ?? "hidden";
      if (level === "hidden") continue;
      if (field.class < 2) {
        const value = plain[field.key];
        if (value !== undefined && level !== "masked") values[field.key] = value;
        else if (value !== undefined) masked[field.key] = maskOf(field, value);
        continue;
      }
      const value = own ? (own[field.key] ?? null) : (projected?.get(field.key) ?? null);
      if (value === null || value === "") continue;
      // The projection holds of class 3 nothing but the mask.
      if (field.class === 3) masked[field.key] = own ? maskOf(field, value) : String(value);
      else if (level === "masked") masked[field.key] = maskOf(field, value);
      else values[field.key] = value;
    }
    return {
      object: object.key,
      id: row.id,
      version: row.version,
      owner: owner ? row.owner_id : null,
      department: department ? row.department_id : null,
      createdAt: row.created_at.toISOString(),
      createdBy: row.created_by,
      updatedAt: row.updated_at.toISOString(),
      updatedBy: row.updated_by,
      deletedAt: row.deleted_at?.toISOString() ?? null,
      values,
      masked,
      can,
    };
  });
}

/** What this person may see and do in rows of one owner and department. */
interface PlaceRights {
  /** Of the fields, in their order. */
  readonly levels: readonly Level[];
  readonly owner: boolean;
  readonly department: boolean;
  readonly can: { readonly edit: boolean; readonly delete: boolean };
}

function placeRights(
  access: Access,
  object: ObjectDefinition,
  fields: readonly StoredField[],
  place: RowPlace,
): PlaceRights {
  const shows = (key: string): boolean => {
    const field = fieldOf(object, key);
    const level = field ? access.level(object, field, place) : "hidden";
    return level === "read" || level === "write";
  };
  return {
    levels: fields.map((field) => access.level(object, field, place)),
    owner: shows("owner"),
    department: shows("department"),
    can: { edit: access.covers(object.key, "edit", place), delete: access.covers(object.key, "delete", place) },
  };
}

/** Opens both seals of rows that the projection does not hold. Erased subjects have no values any more. */
async function openRows(
  records: Records,
  q: Queryable,
  object: ObjectDefinition,
  rows: readonly RecordRow[],
): Promise<Map<string, Values>> {
  const opened = new Map<string, Values>();
  if (rows.length === 0) return opened;
  const keys = await records.keyring.subjects(
    q,
    rows.map((row) => row.subject_id),
  );
  const seals = new Map(
    (
      await q.query<RecordRow>(
        `select id, version, seal2, seal3, sealed2, sealed3 from ${tableOf(object)} where id = any($1)`,
        [rows.map((row) => row.id)],
      )
    ).map((row) => [row.id, row]),
  );
  for (const row of rows) {
    const own = keys.get(row.subject_id);
    const seal = seals.get(row.id);
    if (own && seal) opened.set(row.id, { ...openClass(object, seal, own, 2), ...openClass(object, seal, own, 3) });
  }
  return opened;
}
