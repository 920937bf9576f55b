// Where a record belongs (owner and department), and when a change of it clashes with somebody else's.
import type { ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { Records } from "./deps.ts";
import type { Access } from "../access/access.ts";
import type { RecordRow, Values } from "./row.ts";
import type { Place } from "./write-rows.ts";

/** For the vault's own writes: the version that is there, whatever it is. No request can say it: JSON has no such number. */
export const anyVersion = Number.POSITIVE_INFINITY;

/** Owner and department of a row by the object's placement. Throws Problem `invalid` for an owner who is not there. */
export function placeOf(
  records: Records,
  object: ObjectDefinition,
  id: string,
  wanted: { owner: string | null; department: string | null | undefined },
  current?: Place,
): Place {
  if (object.placement === "department") return { owner: null, department: id };
  if (object.placement === "company") return { owner: null, department: null };
  // What it follows says so (complete.ts).
  if (object.placement === "follows") return current ?? { owner: null, department: null };
  if (object.placement === "person") {
    const department = wanted.department ?? null;
    if (department !== null && !records.directory.hasDepartment(department))
      throw new Problem("invalid", {
        fields: [{ field: "department", reason: "no_such_record", params: { value: "…" } }],
      });
    return { owner: id, department };
  }
  if (current && wanted.owner === current.owner) return current;
  const person = wanted.owner === null ? undefined : records.directory.person(wanted.owner);
  if (wanted.owner === null) return { owner: null, department: null };
  if (!person || person.deleted || person.status === "disabled")
    throw new Problem("invalid", { fields: [{ field: "owner", reason: "no_such_record", params: { value: "…" } }] });
  return { owner: person.id, department: person.department };
}

/**
 * Departments are chosen by name: two of one name under one parent cannot be told apart. Throws Problem `invalid`. Tells
 * only of names that the person may read.
 */
export function refuseTwin(
  { directory }: Pick<Records, "directory">,
  access: Access | undefined,
  object: ObjectDefinition,
  id: string,
  { name, parent }: Values,
): void {
  const field = object.fields.find(({ key }) => key === object.nameField);
  if (object.key !== "department" || !access || !field) return;
  for (const other of directory.departments) {
    if (other.id === id || other.deleted || other.name !== name || other.parent !== (parent ?? null)) continue;
    const place = { owner: null, department: other.id };
    if (access.covers(object.key, "view", place) && ["read", "write"].includes(access.level(object, field, place)))
      throw new Problem("invalid", { fields: [{ field: field.key, reason: "same_name_beside" }] });
  }
}

/**
 * Throws Problem `conflict` when somebody has changed one of the named fields since that version. It names them and bears
 * no value: who wants to see what is there now opens the record, which is counted and logged.
 */
export function refuseConflict(row: RecordRow, version: number, named: readonly string[]): void {
  if (version === row.version || version === anyVersion) return;
  if (version > row.version) throw new Problem("conflict", { extra: { version: row.version } });
  const clashing = named.filter((key) => (row.changed?.[key] ?? 1) > version);
  if (clashing.length === 0) return;
  throw new Problem("conflict", {
    fields: clashing.map((key) => ({ field: key, reason: "changed_meanwhile" })),
    extra: { version: row.version },
  });
}
