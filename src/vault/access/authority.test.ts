// Nobody gives more than he has: to the field, and in as many rows, which are those of the place of whoever gets it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shippedObjects } from "../../contract/objects/shipped.ts";
import { type ObjectGrant, type RoleDefinition, type Scope, shippedRoles } from "../../contract/roles.ts";
import { Access } from "./access.ts";
import { type Standing, coversRole } from "./authority.ts";

function role(account: ObjectGrant): RoleDefinition {
  const labels = { zh: "", en: "" };
  return { key: "planted", labels, description: labels, objects: { account }, capabilities: [] };
}

const tree: Readonly<Record<string, readonly string[]>> = {
  sales: ["sales", "east", "west", "near"],
  east: ["east", "near"],
  west: ["west"],
  near: ["near"],
};

function at(userId: string, department: string | null): Standing {
  return { userId, department, subtree: department === null ? [] : (tree[department] ?? []) };
}

/** Whether somebody with `own` covers the role where it is given to: in his own place, unless another is said. */
function covers(
  own: readonly RoleDefinition[],
  wanted: RoleDefinition,
  standing = at("a", null),
  by = standing,
): boolean {
  const access = new Access({ ...by, userId: "a", roles: own, confirmed: true });
  return coversRole(access, wanted, (key) => shippedObjects.find((object) => object.key === key), standing);
}

const all = { view: "all" } as const;
const read = { 0: "read", 1: "read", 2: "read", 3: "read" } as const;

test("shipped roles cover themselves; an owner covers all, nobody else covers an owner", () => {
  for (const one of shippedRoles) {
    assert.ok(covers([one], one), one.key);
    for (const other of shippedRoles) {
      if (one.key === "owner") assert.ok(covers([one], other), other.key);
      else if (other.key === "owner") assert.ok(!covers([one], other), one.key);
    }
  }
});

test("a field hidden from the giver is not his to give", () => {
  const blind = role({ actions: all, classes: read, fields: { phone: "masked" } });
  const seeing = role({ actions: all, classes: read });
  assert.ok(!covers([blind], seeing));
  assert.ok(covers([seeing], blind));
  assert.ok(covers([blind], blind));
});

test("a field that the role shows by exception is asked for as well", () => {
  const masked = { 0: "read", 1: "read", 2: "read", 3: "masked" } as const;
  const excepted = role({ actions: all, classes: masked, fields: { phone: "read" } });
  const plain = role({ actions: all, classes: masked });
  assert.ok(!covers([plain], excepted));
  assert.ok(covers([excepted], plain));
});

test("deep in few rows and shallow in many is not deep in many", () => {
  const wide = role({ actions: all, classes: { 0: "read", 1: "read", 2: "masked" } });
  const deep = role({ actions: { view: "own" }, classes: read });
  const both = role({ actions: all, classes: read });
  assert.ok(covers([wide, deep], wide));
  assert.ok(covers([wide, deep], deep));
  assert.ok(!covers([wide, deep], both));
});

test("a scope is the rows it means where it is given: a place outside one's own is not one's to give", () => {
  const scoped = (scope: Scope): RoleDefinition =>
    role({ actions: { view: scope, create: scope, edit: scope, delete: scope }, classes: read });
  const [own, department, below] = [scoped("own"), scoped("department"), scoped("department_and_below")];
  const cases: readonly [RoleDefinition, string | null, RoleDefinition, string | null, boolean][] = [
    // Others' own customers are not his own.
    [own, "east", own, "east", false],
    [own, "east", own, "west", false],
    [department, "east", own, "east", true],
    [department, "east", own, "near", false],
    [department, "east", department, "east", true],
    [department, "east", department, "west", false],
    [below, "east", own, "near", true],
    [below, "east", own, "west", false],
    [below, "east", department, "near", true],
    [below, "east", below, "near", true],
    [below, "east", below, "east", true],
    [below, "east", below, "west", false],
    [below, "near", below, "east", false],
    [below, "sales", below, "west", true],
    // Rows of people without a department are in nobody's department.
    [below, "sales", own, null, false],
    [below, null, own, null, false],
    [scoped("all"), null, below, "west", true],
    [scoped("all"), null, own, null, true],
    // As many rows today, but not once the department has others below it.
    [department, "near", below, "near", false],
  ];
  for (const [has, where, wanted, place, expected] of cases)
    assert.equal(
      covers([has], wanted, at("b", place), at("a", where)),
      expected,
      JSON.stringify([has, where, wanted, place]),
    );
  // A wide view beside a deep one does not lend its rows.
  const blind = role({ actions: { view: "all" }, classes: { 0: "read", 1: "read" } });
  assert.ok(!covers([blind, below], below, at("b", "west"), at("a", "east")));
  assert.ok(covers([blind, below], below, at("b", "near"), at("a", "east")));
});
