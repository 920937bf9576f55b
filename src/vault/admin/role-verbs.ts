// Roles, people's status and the explanation of rights. Nobody changes his own rights, and every change was signed by the
// person who makes it (the verbs' stepUp).
import type { z } from "zod";
import { fieldOf } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { AdminVerbs } from "../../contract/admin-verbs.ts";
import type { Level, Scope } from "../../contract/roles.ts";
import type { EndPerson, PersonCall } from "../call.ts";
import { systemScope } from "../db/database.ts";
import type { Identity } from "../identity/identity.ts";
import type { Records } from "../records/deps.ts";
import type { RecordPeople } from "../records/people.ts";
import { loadRow } from "../records/read.ts";
import { Access, grantedLevel } from "../access/access.ts";
import { demandAuthority, demandOverOwner, takeTurn } from "../access/authority.ts";

type Input<V extends keyof AdminVerbs> = z.infer<AdminVerbs[V]["input"]>;
type Output<V extends keyof AdminVerbs> = z.infer<AdminVerbs[V]["output"]>;

export function listRoles(records: Records): Promise<Output<"role.list">> {
  return Promise.resolve({
    roles: records.directory.roles.map((role) => ({
      key: role.key,
      labels: role.labels,
      description: role.description,
      objects: Object.fromEntries(
        Object.entries(role.objects).map(([object, grant]) => [
          object,
          { actions: { ...grant.actions }, classes: { ...grant.classes }, fields: { ...grant.fields } },
        ]),
      ),
      capabilities: [...role.capabilities],
    })),
  });
}

export function listMembers(records: Records): Promise<Output<"role.members">> {
  return Promise.resolve({
    members: [...records.directory.members].flatMap((member) =>
      member.roles.map((role) => ({ userId: member.id, role })),
    ),
  });
}

export async function assignRoles(
  records: Records,
  identity: Pick<Identity, "revokeInvitations">,
  call: PersonCall,
  input: Input<"role.assign">,
): Promise<Output<"role.assign">> {
  const { directory } = records;
  const roles = [...new Set(input.roles)].toSorted();
  if (input.userId === call.access.userId) throw new Problem("not_allowed");
  if (!directory.person(input.userId)) throw new Problem("not_found");
  const unknown = roles.find((key) => !directory.roles.some((role) => role.key === key));
  if (unknown !== undefined)
    throw new Problem("invalid", {
      fields: [{ field: "roles", reason: "not_an_option", params: { value: unknown.slice(0, 60) } }],
    });
  await call.write(async (tx) => {
    const access = await takeTurn(records, tx, call.access);
    access.demandCapability("roles.manage");
    const before = directory.rolesOf(input.userId);
    // Nobody gives or takes rights that he does not have himself: only an owner makes owners, only who sees customers
    // lets others see them.
    demandAuthority(records, access, input.userId, [...before, ...roles]);
    await tx.rescope(systemScope("roles"));
    const change = await directory.writeMember(tx, input.userId, roles, call.access.userId, call.now);
    // Whoever has the link of before was invited to other rights.
    const revoked = await identity.revokeInvitations(tx, input.userId, call.now);
    call.note({
      action: "role.assign",
      object: "user",
      objectIds: [input.userId],
      fields: ["roles"],
      result: "ok",
      rows: [change, ...revoked],
      detail: { subjectId: input.userId, value: { before: [...before], after: roles } },
    });
  });
  return { userId: input.userId, roles };
}

export async function setStatus(
  records: Records,
  people: RecordPeople,
  identity: Pick<Identity, "hasJoined"> & { readonly endPerson: EndPerson },
  call: PersonCall,
  input: Input<"person.setStatus">,
): Promise<Output<"person.setStatus">> {
  const person = records.directory.person(input.userId);
  if (!person) throw new Problem("not_found");
  if (input.userId === call.access.userId) throw new Problem("not_allowed");
  demandOverOwner(records.directory, call.access, input.userId);
  // Someone who never joined becomes active by an invitation only, also when he was disabled meanwhile.
  const status = input.status === "active" && !(await identity.hasJoined(input.userId)) ? "invited" : input.status;
  await call.write(async (tx) => {
    await tx.rescope(systemScope("people"));
    await people.setStatus(tx, input.userId, status, call.access.userId, (entry) => call.note(entry));
    const rows = status === "disabled" ? await identity.endPerson(tx, input.userId, call.now) : [];
    call.note({
      action: "person.set_status",
      object: "user",
      objectIds: [input.userId],
      fields: ["status"],
      result: "ok",
      rows,
    });
  });
  return { userId: input.userId, status };
}

export async function resetSignIn(
  records: Records,
  people: RecordPeople,
  identity: Identity,
  call: PersonCall,
  { userId }: Input<"person.resetSignIn">,
): Promise<Output<"person.resetSignIn">> {
  if (!records.directory.person(userId)) throw new Problem("not_found");
  if (userId === call.access.userId) throw new Problem("not_allowed");
  // Whoever opens the new link has that person's rights.
  demandAuthority(records, call.access, userId);
  const person = await people.load(userId);
  if (person.status !== "active" || person.email === undefined) throw new Problem("conflict");
  return call.write(async (tx) => {
    await tx.rescope(systemScope("people"));
    await people.setStatus(tx, userId, "invited", call.access.userId, (entry) => call.note(entry));
    const { rows, invitation } = await identity.resetPerson(tx, userId, { by: call.access.userId, now: call.now });
    call.note({ action: "person.reset_sign_in", object: "user", objectIds: [userId], result: "ok", rows });
    return invitation;
  });
}

/**
 * Each role with what it gives for this act, in the order of the roles; `holds` says whether it covers the record asked
 * about. About oneself as it is on this device, about others as it is on a confirmed one.
 */
export async function explainAccess(
  records: Records,
  call: PersonCall,
  input: Input<"access.explain">,
): Promise<Output<"access.explain">> {
  const { directory } = records;
  const userId = input.userId ?? call.access.userId;
  if (userId !== call.access.userId) call.access.demandCapability("people.manage");
  const person = directory.person(userId);
  if (!person) throw new Problem("not_found");
  const object = records.schema.load(input.object);
  const id = input.id;
  // About a record the asker must see it himself: an explanation may not tell that a record exists.
  const row = id === undefined ? undefined : await loadRow(records, call.access, object, id);
  const place = row && { owner: row.owner_id, department: row.department_id };
  const field = input.field === undefined ? undefined : fieldOf(object, input.field);
  const reasons: Output<"access.explain">["reasons"] = [];
  const confirmed = userId !== call.access.userId || call.access.subject.confirmed;
  const subtree = person.department === null ? [] : directory.subtree(person.department);
  for (const key of directory.rolesOf(userId)) {
    const role = directory.roles.find((one) => one.key === key);
    if (!role) continue;
    const grant = role.objects[object.key];
    const scope: Scope = grant?.actions[input.action] ?? "none";
    // A field that is hidden and one that does not exist are answered alike.
    const single = new Access({ userId, department: person.department, subtree, roles: [role], confirmed });
    const level: Level | null =
      input.field === undefined
        ? null
        : field && grant
          ? single.onDevice(field, grantedLevel(grant, object, field))
          : "hidden";
    const reached = scope !== "none" && (place === undefined || single.covers(object.key, input.action, place));
    const holds = reached && (level === null || (input.action === "view" ? level !== "hidden" : level === "write"));
    const because =
      scope === "none"
        ? "no_grant"
        : !reached
          ? "outside_scope"
          : !holds
            ? level === "hidden"
              ? "field_hidden"
              : "field_not_writable"
            : "granted";
    reasons.push({ role: role.key, scope, level, holds, because });
  }
  const active = person.status === "active" && !person.deleted;
  if (!active) reasons.push({ role: null, scope: "none", level: null, holds: false, because: "not_active" });
  if (!confirmed) reasons.push({ role: null, scope: "none", level: null, holds: false, because: "device_unconfirmed" });
  if (reasons.length === 0) reasons.push({ role: null, scope: "none", level: null, holds: false, because: "no_role" });
  call.note({ action: "access.explain", object: object.key, ...(row && { objectIds: [row.id] }), result: "ok" });
  // An unconfirmed device looks, and looks at masks; it changes nothing.
  const permitted = active && (confirmed || input.action === "view");
  return { allowed: permitted && reasons.some((reason) => reason.holds), reasons };
}
