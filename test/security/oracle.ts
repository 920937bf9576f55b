// A second opinion about rights, written from the role data and the words of the design alone: it shares no code with the
// vault's Access. Reach is decided by walking up from the row, where the vault looks down from the person.
import type { ObjectDefinition } from "../../src/contract/field.ts";
import type { Level, RoleDefinition } from "../../src/contract/roles.ts";
import type { Capability, RecordAction } from "../../src/contract/verb.ts";

export interface OraclePerson {
  readonly id: string;
  readonly department: string | null;
  readonly roles: readonly RoleDefinition[];
  /** On a confirmed device. */
  readonly confirmed: boolean;
}

export interface OracleRow {
  readonly owner: string | null;
  readonly department: string | null;
}

/** From department to the one it is part of. */
export type Tree = ReadonlyMap<string, string | null>;

export function hasCapability(person: OraclePerson, capability: Capability): boolean {
  for (const role of person.roles) for (const has of role.capabilities) if (has === capability) return true;
  return false;
}

/** Whether the person has the action on any row at all. */
export function hasAction(person: OraclePerson, object: string, action: RecordAction): boolean {
  return person.roles.some((role) => {
    const scope = role.objects[object]?.actions[action];
    return scope !== undefined && scope !== "none";
  });
}

export function mayDo(person: OraclePerson, object: string, action: RecordAction, row: OracleRow, tree: Tree): boolean {
  return person.roles.some((role) => roleReaches(person, role, object, action, row, tree));
}

function roleReaches(
  person: OraclePerson,
  role: RoleDefinition,
  object: string,
  action: RecordAction,
  row: OracleRow,
  tree: Tree,
): boolean {
  const scope = role.objects[object]?.actions[action];
  if (scope === undefined || scope === "none") return false;
  if (scope === "all") return true;
  if (row.owner === person.id) return true;
  if (scope === "own" || person.department === null || row.department === null) return false;
  if (row.department === person.department) return true;
  if (scope === "department") return false;
  for (let above = tree.get(row.department) ?? null; above !== null; above = tree.get(above) ?? null)
    if (above === person.department) return true;
  return false;
}

const order: Readonly<Record<Level, number>> = { hidden: 0, masked: 1, read: 2, write: 3 };

/** What the person gets of a field in a row: the best that a role gives through which he sees the row. */
export function levelOf(
  person: OraclePerson,
  object: ObjectDefinition,
  key: string,
  row: OracleRow,
  tree: Tree,
): Level {
  let best: Level = "hidden";
  for (const role of person.roles) {
    if (!roleReaches(person, role, object.key, "view", row, tree)) continue;
    const level = ruleOf(role, object, key);
    if (order[level] > order[best]) best = level;
  }
  const kind = object.fields.find((field) => field.key === key)?.class ?? 1;
  return !person.confirmed && kind >= 2 && order[best] > order.masked ? "masked" : best;
}

function ruleOf(role: RoleDefinition, object: ObjectDefinition, key: string): Level {
  const grant = role.objects[object.key];
  if (!grant) return "hidden";
  const field = object.fields.find((one) => one.key === key);
  // Of every record: who has it and where is class 1; when and by whom it was made and changed is seen with the row.
  if (!field) return key === "owner" || key === "department" ? (grant.classes[1] ?? "hidden") : "read";
  return grant.fields?.[key] ?? grant.classes[field.class] ?? "hidden";
}
