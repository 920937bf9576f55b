// Companies, roles, people and rows made up from a seed: trees of departments, roles with any mix of scopes and levels,
// people with none to three of them.
import {
  type FieldDefinition,
  type ObjectDefinition,
  type StoredField,
  systemFields,
} from "../../src/contract/field.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import {
  type Level,
  type ObjectGrant,
  type RoleDefinition,
  type Scope,
  levels,
  scopes,
  shippedRoles,
} from "../../src/contract/roles.ts";
import { capabilities, recordActions } from "../../src/contract/verb.ts";
import type { SeededRandom } from "../../src/vault/ledger/test-random.ts";
import type { OracleRow, Tree } from "./oracle.ts";

const custom: readonly FieldDefinition[] = ([0, 1, 2, 3] as const).map((level) => ({
  key: `custom${level}`,
  type: "text",
  class: level,
  labels: { zh: "自定义", en: "Custom" },
  purpose: "selling",
  retention: "with_record",
}));

/** The shipped objects, each with a custom field of every class. */
export const objects: readonly ObjectDefinition[] = shippedObjects.map((object) => ({
  ...object,
  fields: [
    ...object.fields,
    ...custom.map((field): StoredField => ({ ...field, storage: { in: "ext" }, custom: true })),
  ],
}));

export interface World {
  readonly tree: Tree;
  readonly departments: readonly string[];
  readonly people: readonly WorldPerson[];
  readonly rows: readonly OracleRow[];
}

export interface WorldPerson {
  readonly id: string;
  readonly department: string | null;
  readonly roles: readonly RoleDefinition[];
}

export function randomWorld(random: SeededRandom): World {
  const departments = Array.from({ length: 1 + random.next(12) }, (_, index) => `department ${index}`);
  const tree = new Map<string, string | null>();
  // Each is part of one before it, or of none: a forest of any shape.
  for (const [index, department] of departments.entries())
    tree.set(department, index === 0 || random.next(8) === 0 ? null : (departments[random.next(index)] ?? null));
  const roles = [...shippedRoles, ...Array.from({ length: 6 }, (_, index) => randomRole(random, `role ${index}`))];
  const people = Array.from({ length: 12 }, (_, index) => ({
    id: `person ${index}`,
    department: random.next(6) === 0 ? null : random.pick(departments),
    roles: Array.from({ length: random.next(4) }, () => random.pick(roles)),
  }));
  const rows = Array.from({ length: 30 }, () => ({
    owner: random.next(8) === 0 ? null : random.pick(people).id,
    department: random.next(8) === 0 ? null : random.pick(departments),
  }));
  return { tree, departments, people, rows };
}

function randomRole(random: SeededRandom, key: string): RoleDefinition {
  const granted = objects.filter(() => random.next(4) > 0).map((object) => [object.key, randomGrant(random, object)]);
  return {
    key,
    labels: { zh: key, en: key },
    description: { zh: key, en: key },
    objects: Object.fromEntries(granted) as Record<string, ObjectGrant>, // the pairs are of these types
    capabilities: capabilities.filter(() => random.next(4) === 0),
  };
}

function randomGrant(random: SeededRandom, object: ObjectDefinition): ObjectGrant {
  const actions = recordActions.flatMap((action) =>
    random.next(4) === 0 ? [] : [[action, random.pick<Scope>(scopes)] as const],
  );
  const classes = ([0, 1, 2, 3] as const).flatMap((level) =>
    random.next(4) === 0 ? [] : [[level, random.pick<Level>(levels)] as const],
  );
  const fields = object.fields.flatMap((field) =>
    random.next(6) === 0 ? [[field.key, random.pick<Level>(levels)] as const] : [],
  );
  return {
    actions: Object.fromEntries(actions),
    classes: Object.fromEntries(classes),
    ...(random.next(2) === 0 && { fields: Object.fromEntries(fields) }),
  };
}

/** The department and all below it, looked for downwards. */
export function subtreeOf(tree: Tree, department: string | null): string[] {
  if (department === null) return [];
  const below = [...tree].filter(([, above]) => above === department).map(([id]) => id);
  return [department, ...below.flatMap((id) => subtreeOf(tree, id))];
}

export function fieldsOf(object: ObjectDefinition): StoredField[] {
  return [...object.fields, ...systemFields];
}
