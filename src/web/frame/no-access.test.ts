// Who meets the plain "no access" page, over the real places.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Schema, placeOf } from "./places.ts";
import { refusalOf } from "./refusal.ts";

/** Of a schema only what places ask for. */
function schemaOf(capabilities: readonly string[], view: "own" | "none"): Schema {
  const can = { view, create: view, edit: view, delete: view, import: view, export: "none" };
  const objects = ["account", "contact", "user", "department"].map((key) => ({ key, can }));
  return { me: { capabilities }, objects } as unknown as Schema; // the rest is never read here
}

test("a place without a right is refused for the role, one without a confirmed device for the device", () => {
  const salesperson = schemaOf([], "own");
  const owner = schemaOf(["people.manage", "roles.manage", "fields.define", "audit.view"], "own");
  const of = (path: string, schema: Schema | undefined, confirmed: boolean | undefined) =>
    refusalOf(placeOf(path), schema, confirmed);
  for (const path of ["/audit", "/roles", "/fields"]) {
    assert.equal(of(path, salesperson, true), "role", path);
    assert.equal(of(path, owner, true), undefined, path);
    assert.equal(of(path, undefined, undefined), undefined, path);
  }
  assert.equal(of("/people", schemaOf([], "none"), false), "role");
  for (const path of ["/people", "/people/0198", "/import"]) {
    assert.equal(of(path, owner, false), "device", path);
    assert.equal(of(path, owner, true), undefined, path);
    assert.equal(of(path, owner, undefined), undefined, path);
  }
  for (const path of ["/", "/accounts", "/devices", "/security", "/audit"])
    assert.equal(of(path, owner, false), undefined, path);
  assert.equal(of("/nowhere", salesperson, true), undefined);
});
