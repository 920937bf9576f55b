// The contract as text for golden files: one line or short block per object's field, endpoint, verb, guard, bearer
// secret and right, so that a change of what is promised or protected is read in a diff.
import type { z } from "zod";
import { bearerExceptions } from "../../src/contract/bearer.ts";
import type { EndpointDefinition } from "../../src/contract/endpoint.ts";
import { endpoints, stepUpsOf, verbs } from "../../src/contract/endpoints.ts";
import { type ObjectDefinition, type StoredField, systemFields } from "../../src/contract/field.ts";
import { fieldKey, instant, objectKey, uuid } from "../../src/contract/ids.ts";
import {
  deviceKeySchema,
  deviceView,
  passkeyView,
  actProof,
  proof,
  sessionRow,
  sessionView,
  signedIn,
} from "../../src/contract/identity-shapes.ts";
import { importSettings, importView } from "../../src/contract/import-verbs.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import {
  passkeyAssertion,
  passkeyAttestation,
  passkeyCreation,
  passkeyRequest,
} from "../../src/contract/passkey-shapes.ts";
import { filterSchema } from "../../src/contract/query.ts";
import { fieldValue, recordVerbs, recordView } from "../../src/contract/record-verbs.ts";
import { schemaField, schemaObject } from "../../src/contract/schema-verbs.ts";
import { type RoleDefinition, shippedRoles } from "../../src/contract/roles.ts";
import {
  type Permission,
  type ActWhen,
  type StepUp,
  type VerbDefinition,
  capabilities,
  recordActions,
} from "../../src/contract/verb.ts";
import { Access } from "../../src/vault/access/access.ts";
import { textOf } from "./schema-walk.ts";

/** Shapes that stand by their name wherever they are used. */
const shapes: Readonly<Record<string, z.ZodType>> = {
  id: uuid,
  objectKey,
  fieldKey,
  instant,
  fieldValue,
  filter: filterSchema,
  recordView,
  schemaField,
  schemaObject,
  deviceKey: deviceKeySchema,
  deviceView,
  sessionView,
  sessionRow,
  signedIn,
  actProof,
  proof,
  passkeyView,
  passkeyRequest,
  passkeyCreation,
  passkeyAssertion,
  passkeyAttestation,
  importView,
  importSettings,
};
const named = new Map(Object.entries(shapes).map(([name, schema]) => [schema, name]));
const shape = (schema: z.ZodType): string => textOf(schema, named);

/** Lines of cells under each other; the last column is not padded. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

export function permissionText(permission: Permission): string {
  if (typeof permission === "string") return permission;
  return "may" in permission ? `may ${permission.may}` : `record ${permission.record}`;
}

function actWhenText({ longer, changed = {} }: ActWhen): string {
  const fields = Object.entries(changed).flatMap(([object, keys]) => keys.map((key) => `${object}.${key}`));
  const above = longer ? [`above ${longer.than} ${longer.list}`] : [];
  return `act ${[...above, ...(fields.length > 0 ? [`when changing ${fields.join(" or ")}`] : [])].join(" or ")}`;
}

function stepUpText(rules: readonly StepUp[]): string {
  const asked = rules.filter((rule) => rule !== "none");
  if (asked.length === 0) return "";
  return `, step-up ${asked.map((rule) => (typeof rule === "string" ? rule : actWhenText(rule))).join()}`;
}

export function objectsText(): string {
  const blocks = shippedObjects.map((object) => [
    "",
    `${object.key}: placed by ${object.placement}, named by ${object.nameField}`,
    ...sealedBy(object),
    ...table(object.fields.map(fieldRow)),
  ]);
  return text([
    "Objects: field, type, class, purpose, retention, storage, marks",
    ...blocks.flat(),
    "",
    "every object",
    ...table(systemFields.map(fieldRow)),
  ]);
}

/** Where a row is not a subject of its own: by whose keys it is sealed, and what it follows. */
function sealedBy({ about, follows }: ObjectDefinition): string[] {
  return [
    ...(about ? [`  sealed by the key of ${[...about, "the month"].join(", else ")}`] : []),
    ...(follows ? [`  where ${follows.join(", else ")} is`] : []),
  ];
}

function fieldRow(field: StoredField): string[] {
  const type =
    field.type === "reference"
      ? `reference ${field.target}`
      : field.type === "choice"
        ? `choice of ${field.options.length}`
        : field.type;
  const retention =
    field.retention === "with_record" ? "with record" : `${field.retention.monthsAfterChange} months after change`;
  const storage = field.storage.in === "column" ? `column ${field.storage.column}` : field.storage.in;
  const marks = (["required", "unique", "searchable", "listed", "computed", "series", "fixed", "sole"] as const).filter(
    (mark) => field[mark] === true,
  );
  return [`  ${field.key}`, type, `class ${field.class}`, field.purpose, retention, storage, marks.join(" ")];
}

export function endpointsText(): string {
  const rows: readonly [string, EndpointDefinition][] = Object.entries(endpoints);
  const blocks = rows.map(([name, endpoint]) => [
    "",
    `${endpoint.method} ${endpoint.path}  (${name})`,
    `  signed by ${endpoint.auth}, permission ${permissionText(endpoint.permission)}${stepUpText(stepUpsOf(endpoint))}${endpoint.whileLocked ? ", also while locked" : ""}${endpoint.passive ? ", wakes no session" : ""}`,
    ...(endpoint.rawBody === undefined ? [] : [`  body  at most ${endpoint.rawBody} bytes`]),
    ...(endpoint.body === undefined ? [] : [`  body  ${shape(endpoint.body)}`]),
    ...Object.entries(endpoint.verbs).map(([verb, bindings]) => `  verb  ${verb}(${bindingText(bindings)})`),
  ]);
  return text([`Endpoints: ${rows.length}`, ...blocks.flat()]);
}

function bindingText(bindings: unknown): string {
  if (bindings === "body") return "body";
  return Object.entries(bindings as Record<string, unknown>) // the table's type allows nothing else
    .map(([name, source]) => `${name}: ${typeof source === "string" ? source : JSON.stringify(source)}`)
    .join(", ");
}

export function verbsText(): string {
  const rows: readonly [string, VerbDefinition][] = Object.entries(verbs);
  const blocks = rows.map(([name, verb]) => [
    "",
    name,
    `  permission ${permissionText(verb.permission)}, meter ${verb.meter}, effect ${verb.effect}${stepUpText([verb.stepUp])}${verb.logged === false ? ", not logged" : ""}`,
    `  in   ${shape(verb.input)}`,
    `  out  ${shape(verb.output)}`,
  ]);
  const forms = Object.entries(shapes).map(([name, schema]) => {
    return `${name}: ${textOf(schema, new Map([...named].filter(([, other]) => other !== name)))}`;
  });
  return text([`Verbs: ${rows.length}`, ...blocks.flat(), "", "Shapes", ...forms]);
}

export function guardsText(): string {
  const { guards } = recordVerbs["record.commit"].input.shape;
  const options = guards.unwrap().element.options;
  return text([`Guards of a commit: ${options.length}`, ...options.map((option) => shape(option))]);
}

export function bearerText(): string {
  const rows = Object.entries(bearerExceptions);
  const blocks = rows.map(([name, { taken, reason, bounds }]) => [
    "",
    name,
    ...taken.map(({ endpoint, member }) => `  taken by  ${endpoint} ${member}`),
    `  reason    ${reason}`,
    `  bounds    ${bounds}`,
  ]);
  return text([`Secrets that open something by being known: ${rows.length}`, ...blocks.flat()]);
}

export function permissionsText(): string {
  const lines = [
    "Rights of the shipped roles, as the vault decides them.",
    "Scopes: which rows. Levels: what of a field, in a row the role sees.",
  ];
  for (const role of shippedRoles) {
    const may = capabilities.filter((capability) => role.capabilities.includes(capability));
    lines.push("", `${role.key}`, `  may  ${may.join(", ") || "nothing else"}`);
    const access = accessOf(role);
    const scopes = shippedObjects.map((object) => [
      `  ${object.key}`,
      ...recordActions.map((action) => `${action} ${access.scopeName(object.key, action)}`),
    ]);
    lines.push(...table(scopes));
    for (const object of shippedObjects) {
      const levels = [...object.fields, ...systemFields].map((field) => [
        `    ${object.key}.${field.key}`,
        `class ${field.class}`,
        access.bestLevel(object, field),
        `unconfirmed device ${accessOf(role, false).bestLevel(object, field)}`,
        `new row ${access.createLevel(object, field)}`,
      ]);
      lines.push(...table(levels));
    }
  }
  return text(lines);
}

function accessOf(role: RoleDefinition, confirmed = true): Access {
  return new Access({ userId: "somebody", department: null, subtree: [], roles: [role], confirmed });
}
