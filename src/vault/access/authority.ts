// Who may give rights, and who may act on another person's ways in. Nobody hands out, or reaches by way of another
// person's account, more than he has himself, in fields and in rows: an administrator without customers cannot make
// himself some, and one of the East no customers of the West.
import { type ObjectDefinition, sensitivityClasses, systemFields } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Level, type ObjectGrant, type RoleDefinition, type Scope, levels, scopes } from "../../contract/roles.ts";
import { type RecordAction, recordActions } from "../../contract/verb.ts";
import type { Tx } from "../db/database.ts";
import type { Schema } from "../records/schema.ts";
import { Access, type RowPlace, type Subject, grantOf, grantedLevel, inScope } from "./access.ts";
import { textOrNull } from "./directory-loaded.ts";
import type { Directory } from "./directory.ts";

interface Known {
  readonly directory: Directory;
  readonly schema: Schema;
}

/** Where a person stands: what the scopes of his roles mean follows from it. */
export type Standing = Pick<Subject, "userId" | "department" | "subtree">;

/** The rows a scope means, by the places that stand for them. */
type Rows = "all" | readonly RowPlace[];

function rowsOf(scope: Scope, { userId, department, subtree }: Standing): Rows {
  if (scope === "all") return "all";
  if (scope === "none") return [];
  const below = { own: [], department: department === null ? [] : [department], department_and_below: subtree }[scope];
  return [{ owner: userId, department }, ...wholeDepartments(below)];
}

function wholeDepartments(ids: readonly string[]): RowPlace[] {
  return ids.map((department) => ({ owner: null, department }));
}

/**
 * Whether the person has at least what the role gives to whoever stands there: every capability, for every action the
 * rows that its scope means there (by name as well: both may have one department today, but not tomorrow), and in them
 * every field at least at its level, exceptions included.
 */
export function coversRole(
  access: Access,
  role: RoleDefinition,
  objectOf: (key: string) => ObjectDefinition | undefined,
  standing: Standing,
): boolean {
  return coversRows(access, role, objectOf, (scope) => rowsOf(scope, standing));
}

function coversRows(
  access: Access,
  role: RoleDefinition,
  objectOf: (key: string) => ObjectDefinition | undefined,
  meaning: (scope: Scope) => Rows,
): boolean {
  if (!role.capabilities.every((capability) => access.may(capability))) return false;
  return Object.entries(role.objects).every(([key, wanted]) => {
    const rows = (action: RecordAction): Rows => meaning(wanted.actions[action] ?? "none");
    if (recordActions.every((action) => rows(action).length === 0)) return true;
    const reaches = (by: Access, action: RecordAction): boolean => {
      const asked = rows(action);
      const [has, wants] = [by.scopeName(key, action), wanted.actions[action] ?? "none"];
      const scope = by.scope(key, action);
      if (asked === "all") return scope.all;
      return (
        asked.length === 0 ||
        (scopes.indexOf(has) >= scopes.indexOf(wants) && asked.every((place) => inScope(scope, place)))
      );
    };
    if (!recordActions.every((action) => reaches(access, action))) return false;
    // A deep look into few rows and a shallow one into many do not make a deep look into many.
    const own = access.subject.roles.flatMap((one) => {
      const grant = grantOf(one, key);
      return grant && reaches(new Access({ ...access.subject, roles: [one] }), "view") ? [grant] : [];
    });
    const deep = (levelIn: (grant: ObjectGrant) => Level): boolean =>
      levelIn(wanted) === "hidden" ||
      own.some((grant) => levels.indexOf(levelIn(grant)) >= levels.indexOf(levelIn(wanted)));
    const object = objectOf(key);
    return (
      // By class as well: a field that is defined tomorrow has no more than its class.
      sensitivityClasses.every((one) => deep((grant) => grant.classes[one] ?? "hidden")) &&
      [...(object?.fields ?? []), ...systemFields].every(
        (field) => !object || deep((grant) => grantedLevel(grant, object, field)),
      )
    );
  });
}

/** Whether a person may do less with the records of an object than before: a row out of reach, or a field. */
export function hasLost(object: ObjectDefinition, before: Access, now: Access): boolean {
  const narrower = recordActions.some((action) => {
    const [was, is] = [before.scope(object.key, action), now.scope(object.key, action)];
    if (is.all) return false;
    const gone = (ids: readonly string[], left: readonly string[]): boolean => ids.some((id) => !left.includes(id));
    return was.all || gone(was.owners, is.owners) || gone(was.departments, is.departments);
  });
  const rank = (level: Level): number => levels.indexOf(level);
  return (
    narrower ||
    [...object.fields, ...systemFields].some(
      (field) =>
        rank(now.bestLevel(object, field)) < rank(before.bestLevel(object, field)) ||
        rank(now.createLevel(object, field)) < rank(before.createLevel(object, field)),
    )
  );
}

/**
 * Takes turns, until the transaction ends, with everybody who changes where somebody stands or what he has there, and
 * answers with the actor's rights as they are then. What two people pass each for himself does not add up to more.
 */
export async function takeTurn({ directory }: Known, tx: Tx, { userId, subject }: Access): Promise<Access> {
  await directory.hold(tx);
  const access = directory.access(userId, subject.confirmed);
  if (!access) throw new Problem("not_allowed");
  return access;
}

/** Whether the change of a record moves rights: of a person with roles, or of those above a department. */
export function isMove(object: string, changes: Readonly<Record<string, unknown>>): boolean {
  return (object === "user" && "department" in changes) || (object === "department" && "parent" in changes);
}

/**
 * Throws Problem `not_allowed` unless the actor has at least the rights of this person: those of his roles, or of the
 * roles given, in the rows they mean where the person stands, or would stand.
 */
export function demandAuthority(
  known: Known,
  access: Access,
  userId: string,
  roles: readonly string[] = known.directory.rolesOf(userId),
  department: string | null = known.directory.person(userId)?.department ?? null,
): void {
  if (!coversPerson(known, access, userId, roles, department)) throw new Problem("not_allowed");
}

function coversPerson(
  { directory, schema }: Known,
  access: Access,
  userId: string,
  roles: readonly string[],
  department: string | null,
): boolean {
  const standing = { userId, department, subtree: department === null ? [] : directory.subtree(department) };
  return definitions(directory, roles).every((role) =>
    coversRole(access, role, (object) => schema.find(object), standing),
  );
}

function definitions(directory: Directory, roles: readonly string[]): readonly RoleDefinition[] {
  return directory.roles.filter(({ key }) => roles.includes(key));
}

/**
 * Whether an invitation still holds: whoever made it could make it now, for this person with the roles and in the place
 * of now. A link in the person's own name is the server console's, which makes them for owners alone.
 */
export function upholdsInvitation(known: Known, createdBy: string, userId: string): boolean {
  const { directory } = known;
  if (createdBy === userId) return isOwner(directory, userId);
  const access = directory.access(createdBy, true);
  if (!access?.may("people.manage")) return false;
  return coversPerson(known, access, userId, directory.rolesOf(userId), directory.person(userId)?.department ?? null);
}

/** Throws Problem `not_allowed`: nobody but an owner acts on an owner's account, devices or record. */
export function demandOverOwner(directory: Directory, access: Access, userId: string): void {
  if (isOwner(directory, userId) && !isOwner(directory, access.userId)) throw new Problem("not_allowed");
}

function isOwner(directory: Directory, userId: string): boolean {
  return directory.rolesOf(userId).includes("owner");
}

/**
 * Changes of people and departments that move rights. Throws Problem `not_allowed`: nobody moves himself or a department
 * above him, nobody brings a department below one that he belongs to or leads, nobody gives others rights by a move that
 * he has not himself, and nobody but an owner touches an owner's record. A move (`isMove`) is judged in one's turn.
 */
export function demandMove(
  known: Known,
  access: Access,
  object: string,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): void {
  const { directory } = known;
  if (isOwner(directory, access.userId)) return;
  if (object === "user") {
    demandOverOwner(directory, access, id);
    if (id === access.userId && ("department" in changes || "manager" in changes)) throw new Problem("not_allowed");
    if ("department" in changes) {
      // What he has where he comes from stays his: customers keep their department.
      demandAuthority(known, access, id);
      demandAuthority(known, access, id, directory.rolesOf(id), textOrNull(changes["department"]));
    }
  }
  if (object === "department" && "parent" in changes) {
    const { department } = access.subject;
    if (department !== null && directory.subtree(id).includes(department)) throw new Problem("not_allowed");
    if (typeof changes["parent"] === "string") demandBelow(known, access, id, changes["parent"]);
  }
}

/** Judges what comes below whom when a department is put there. A parent that the same commit is making may be anywhere. */
function demandBelow({ directory, schema }: Known, access: Access, id: string, parent: string): void {
  if (!directory.department(parent)) throw new Problem("not_allowed");
  const gaining = new Set(
    [...directory.departments].flatMap((one) => {
      const reach = directory.subtree(one.id);
      return reach.includes(parent) && !reach.includes(id) ? [one] : [];
    }),
  );
  const ids = new Set([...gaining].map((one) => one.id));
  const { department } = access.subject;
  if ((department !== null && ids.has(department)) || [...gaining].some(({ leader }) => leader === access.userId))
    throw new Problem("not_allowed");
  const gained = wholeDepartments(directory.subtree(id));
  const meaning = (scope: Scope): Rows => (scope === "department_and_below" ? gained : []);
  const above = [...directory.people].filter((one) => one.department !== null && ids.has(one.department));
  const roles = new Set(above.flatMap((one) => (one.deleted ? [] : directory.rolesOf(one.id))));
  for (const role of definitions(directory, [...roles]))
    if (gainsBelow(role) && !coversRows(access, role, (object) => schema.find(object), meaning))
      throw new Problem("not_allowed");
}

function gainsBelow(role: RoleDefinition): boolean {
  return Object.values(role.objects).some(({ actions }) => Object.values(actions).includes("department_and_below"));
}
