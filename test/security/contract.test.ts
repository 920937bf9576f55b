// The contract is frozen in golden files, and what must never be forgotten in it is checked here: a permission on every
// endpoint and verb, and a closed list of secrets that open something by being known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { bearerExceptions } from "../../src/contract/bearer.ts";
import { endpointsFor, type EndpointDefinition } from "../../src/contract/endpoint.ts";
import { endpoints, verbs } from "../../src/contract/endpoints.ts";
import { secretCode } from "../../src/contract/identity-shapes.ts";
import { type FieldDefinition } from "../../src/contract/field.ts";
import { defineVerbs, type VerbDefinition } from "../../src/contract/verb.ts";
import {
  bearerText,
  endpointsText,
  guardsText,
  objectsText,
  permissionsText,
  permissionText,
  verbsText,
} from "./contract-text.ts";
import { assertGolden } from "./golden.ts";

test("objects, endpoints, verbs, guards, bearer secrets and rights are as frozen", () => {
  assertGolden("objects.txt", objectsText());
  assertGolden("endpoints.txt", endpointsText());
  assertGolden("verbs.txt", verbsText());
  assertGolden("guards.txt", guardsText());
  assertGolden("bearer.txt", bearerText());
  assertGolden("permissions.txt", permissionsText());
});

test("a verb, endpoint or field without its protection does not compile", () => {
  const input = z.strictObject({ id: z.string() });
  const whole = defineVerbs({
    "planted.whole": { input, output: input, permission: "self", meter: "none", effect: "read", stepUp: "none" },
  });
  defineVerbs({
    // @ts-expect-error a verb without a permission
    "planted.noPermission": { input, output: input, meter: "none", effect: "read", stepUp: "none" },
    // @ts-expect-error a verb without a meter
    "planted.noMeter": { input, output: input, permission: "self", effect: "read", stepUp: "none" },
    // @ts-expect-error a verb that does not say what it changes
    "planted.noEffect": { input, output: input, permission: "self", meter: "none", stepUp: "none" },
    // @ts-expect-error a verb that does not say what it asks of the person
    "planted.noStepUp": { input, output: input, permission: "self", meter: "none", effect: "read" },
  });
  const rows = endpointsFor<typeof whole>();
  const common = { method: "POST", path: "/api/planted", auth: "device", body: input, output: input } as const;
  rows({
    // @ts-expect-error an endpoint without a permission
    noPermission: { ...common, verbs: { "planted.whole": "body" } },
    // @ts-expect-error a verb's argument that is bound to nothing
    unbound: { ...common, permission: "self", verbs: { "planted.whole": {} } },
    whole: { ...common, permission: "self", verbs: { "planted.whole": { id: "body.id" } } },
  });
  const labels = { zh: "", en: "" };
  const fields: FieldDefinition[] = [
    // @ts-expect-error a field without a class
    { key: "a", type: "text", labels, purpose: "selling", retention: "with_record" },
    // @ts-expect-error a field without a purpose
    { key: "b", type: "text", labels, class: 1, retention: "with_record" },
    // @ts-expect-error a field without a retention
    { key: "c", type: "text", labels, class: 1, purpose: "selling" },
  ];
  // The compiler is what fails here; at run time there is only this to see.
  assert.equal(fields.length, 3);
});

test("every endpoint asks at least for the permission of its verbs, and anonymous ones are signed by a key", () => {
  let looked = 0;
  const rows: readonly [string, EndpointDefinition][] = Object.entries(endpoints);
  for (const [name, endpoint] of rows) {
    assert.equal(endpoint.auth === "key", endpoint.permission === "anonymous", `${name}: auth and permission disagree`);
    const called = Object.keys(endpoint.verbs);
    assert.equal(called.length, 1, name);
    for (const verb of called) {
      const definition: VerbDefinition | undefined = (verbs as Readonly<Record<string, VerbDefinition>>)[verb];
      assert.ok(definition, `${name} names ${verb}, which is no verb`);
      assert.equal(permissionText(endpoint.permission), permissionText(definition.permission), `${name} and ${verb}`);
      looked += 1;
    }
  }
  assert.equal(looked, Object.keys(verbs).length, "a verb that no endpoint calls, or one that two call");
});

test("what leaves no entry counts against no allowance and is asked by pages, not done by people", () => {
  const rows: readonly [string, VerbDefinition][] = Object.entries(verbs);
  const silent = rows.filter(([, verb]) => verb.logged === false);
  assert.deepEqual(
    silent.filter(([, verb]) => verb.effect === "write" || verb.meter !== "none"),
    [],
  );
  assert.deepEqual(silent.map(([name]) => name).toSorted(), [
    "act.begin",
    "backup.state",
    "credential.state",
    "import.list",
    "import.status",
    "installation.recoveryKit",
    "installation.status",
    "password.check",
    "restore.state",
    "role.list",
    "role.members",
    "sample.state",
    "schema.read",
    "session.list",
    "session.me",
    "session.touch",
    "signIn.passkeyOptions",
    "stepUp.passkeyOptions",
    "thief.search",
    "view.list",
  ]);
});

test("the list of bearer secrets is closed", () => {
  const rows: readonly [string, EndpointDefinition][] = Object.entries(endpoints);
  assert.deepEqual(bearersIn(rows), listedBearers());
  assert.equal(Object.keys(bearerExceptions).length, 3);
  assert.equal(listedBearers().length, 9);
});

test("a planted bearer secret is found", () => {
  const row = {
    method: "POST",
    path: "/api/x",
    auth: "key",
    permission: "anonymous",
    verbs: {},
    output: z.null(),
  } as const;
  const planted = { ...row, body: z.strictObject({ calendarCode: secretCode.optional() }) };
  const rows: readonly [string, EndpointDefinition][] = [...Object.entries(endpoints), ["calendarFeed", planted]];
  assert.deepEqual(
    bearersIn(rows).filter((found) => !listedBearers().includes(found)),
    ["calendarFeed calendarCode"],
  );
});

function listedBearers(): string[] {
  return Object.values(bearerExceptions)
    .flatMap(({ taken }) => taken.map(({ endpoint, member }) => `${endpoint} ${member}`))
    .sort();
}

/** Members of bodies that are secret codes: there is one schema for them all. */
function bearersIn(rows: readonly (readonly [string, EndpointDefinition])[]): string[] {
  const found: string[] = [];
  for (const [name, { body }] of rows) {
    if (!(body instanceof z.ZodObject)) continue;
    for (const [member, schema] of Object.entries(body.shape)) {
      if (schema === secretCode || (schema instanceof z.ZodOptional && schema.unwrap() === secretCode))
        found.push(`${name} ${member}`);
    }
  }
  return found.sort();
}
