// Nobody gives more than he has: to the field, and in as many rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shippedObjects } from "../../contract/objects/shipped.ts";
import { type ObjectGrant, type RoleDefinition, shippedRoles } from "../../contract/roles.ts";
import { Access } from "./access.ts";
import { coversRole } from "./authority.ts";

function role(account: ObjectGrant): RoleDefinition {
  const labels = { zh: "", en: "" };
  return { key: "planted", labels, description: labels, objects: { account }, capabilities: [] };
}

function covers(own: readonly RoleDefinition[], wanted: RoleDefinition): boolean {
  const access = new Access({ userId: "a", department: null, subtree: [], roles: own, confirmed: true });
  return coversRole(access, wanted, (key) => shippedObjects.find((object) => object.key === key));
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
