// Who may give rights, and who may act on another person's ways in. Nobody hands out, or reaches by way of another
// person's account, more than he has himself: an administrator without customers cannot make himself some.
import { type ObjectDefinition, sensitivityClasses, systemFields } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Level, type ObjectGrant, type RoleDefinition, type Scope, levels, scopes } from "../../contract/roles.ts";
import { type RecordAction, recordActions } from "../../contract/verb.ts";
import type { Schema } from "../records/schema.ts";
import { type Access, grantOf, grantedLevel } from "./access.ts";
import type { Directory } from "./directory.ts";

interface Known {
  readonly directory: Directory;
  readonly schema: Schema;
}

/**
 * Whether the person has at least what the role gives: every capability, the scope of every action, and every field at
 * least at its level, exceptions included, in rows as many as the role's.
 */
export function coversRole(
  access: Access,
  role: RoleDefinition,
  objectOf: (key: string) => ObjectDefinition | undefined,
): boolean {
  if (!role.capabilities.every((capability) => access.may(capability))) return false;
  return Object.entries(role.objects).every(([key, wanted]) => {
    const reaches = (action: RecordAction, scope: Scope): boolean =>
      scopes.indexOf(scope) >= scopes.indexOf(wanted.actions[action] ?? "none");
    if (!recordActions.every((action) => reaches(action, access.scopeName(key, action)))) return false;
    // A deep look into few rows and a shallow one into many do not make a deep look into many.
    const own = access.subject.roles.flatMap((one) => {
      const grant = grantOf(one, key);
      return grant && reaches("view", grant.actions.view ?? "none") ? [grant] : [];
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

/** Throws Problem `not_allowed` unless the actor has at least the rights of all these roles. */
export function demandRoles(known: Known, access: Access, roles: readonly string[]): void {
  if (!coversRoles(known, access, roles)) throw new Problem("not_allowed");
}

function coversRoles({ directory, schema }: Known, access: Access, roles: readonly string[]): boolean {
  return directory.roles
    .filter(({ key }) => roles.includes(key))
    .every((role) => coversRole(access, role, (object) => schema.find(object)));
}

/**
 * Whether an invitation still holds: whoever made it could make it now, for this person with the roles of now. A link in
 * the person's own name is the server console's, which makes them for owners alone.
 */
export function upholdsInvitation(known: Known, createdBy: string, userId: string): boolean {
  const { directory } = known;
  if (createdBy === userId) return isOwner(directory, userId);
  const access = directory.access(createdBy, true);
  return access !== undefined && access.may("people.manage") && coversRoles(known, access, directory.rolesOf(userId));
}

/** Throws Problem `not_allowed` unless the actor has at least the rights of this person. */
export function demandAuthority(known: Known, access: Access, userId: string): void {
  demandRoles(known, access, known.directory.rolesOf(userId));
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
 * above him, nobody brings a department below one that he belongs to or leads, and nobody but an owner touches an
 * owner's record.
 */
export function demandMove(
  directory: Directory,
  access: Access,
  object: string,
  id: string,
  changes: Readonly<Record<string, unknown>>,
): void {
  if (isOwner(directory, access.userId)) return;
  if (object === "user") {
    demandOverOwner(directory, access, id);
    if (id === access.userId && ("department" in changes || "manager" in changes)) throw new Problem("not_allowed");
  }
  if (object === "department" && "parent" in changes) {
    const { department } = access.subject;
    if (department !== null && directory.subtree(id).includes(department)) throw new Problem("not_allowed");
    if (widens(directory, access, id, changes["parent"])) throw new Problem("not_allowed");
  }
}

/** Whether a department comes below one of his with this move. So may a parent that the same commit is making. */
function widens(directory: Directory, { userId, subject }: Access, id: string, parent: unknown): boolean {
  if (typeof parent !== "string") return false;
  if (!directory.department(parent)) return true;
  const led = [...directory.departments].filter(({ leader }) => leader === userId).map((one) => one.id);
  return [subject.department ?? [], led].flat().some((own) => {
    const reach = directory.subtree(own);
    return reach.includes(parent) && !reach.includes(id);
  });
}
