// Who may give rights, and who may act on another person's ways in. Nobody hands out, or reaches by way of another
// person's account, more than he has himself: an administrator without customers cannot make himself some.
import { Problem } from "../../contract/problem.ts";
import { type ObjectDefinition, systemFields } from "../../contract/field.ts";
import { type Level, type RoleDefinition, levels, scopes } from "../../contract/roles.ts";
import { type RecordAction, recordActions } from "../../contract/verb.ts";
import type { Access } from "./access.ts";
import type { Directory } from "./directory.ts";

/** Whether the person has at least what the role gives: every scope, every level of a class, every capability. */
export function coversRole(access: Access, role: RoleDefinition): boolean {
  if (!role.capabilities.every((capability) => access.may(capability))) return false;
  return Object.entries(role.objects).every(([object, grant]) => {
    const wide = (action: RecordAction): boolean =>
      scopes.indexOf(access.scopeName(object, action)) >= scopes.indexOf(grant.actions[action] ?? "none");
    const deep = Object.entries(grant.classes).every(([level, wanted]) =>
      access.subject.roles.some((own) => {
        // Keys of `classes` are the four classes.
        const had = own.objects[object]?.classes[Number(level) as 0 | 1 | 2 | 3] ?? "hidden";
        return levels.indexOf(had) >= levels.indexOf(wanted);
      }),
    );
    return recordActions.every(wide) && deep;
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
export function demandRoles(directory: Directory, access: Access, roles: readonly string[]): void {
  for (const key of roles) {
    const role = directory.roles.find((one) => one.key === key);
    if (role && !coversRole(access, role)) throw new Problem("not_allowed");
  }
}

/** Throws Problem `not_allowed` unless the actor has at least the rights of this person. */
export function demandAuthority(directory: Directory, access: Access, userId: string): void {
  demandRoles(directory, access, directory.rolesOf(userId));
}

/**
 * Changes of people and departments that move rights. Throws Problem `not_allowed`: nobody moves himself or a department
 * above him, and nobody but an owner touches an owner's record.
 */
export function demandMove(
  directory: Directory,
  access: Access,
  object: string,
  id: string,
  fields: readonly string[],
): void {
  if (directory.rolesOf(access.userId).includes("owner")) return;
  if (object === "user") {
    if (directory.rolesOf(id).includes("owner")) throw new Problem("not_allowed");
    if (id === access.userId && fields.some((field) => field === "department" || field === "manager"))
      throw new Problem("not_allowed");
  }
  if (object === "department" && fields.includes("parent")) {
    const { department } = access.subject;
    if (department !== null && directory.subtree(id).includes(department)) throw new Problem("not_allowed");
  }
}
