// The vault's verbs about records: one set for every object, shipped or custom. Which rows and which fields a caller
// gets is decided per call by his roles; an answer never bears a value he may not read.
import { z } from "zod";
import { invitation } from "./identity-verbs.ts";
import { fieldKey, instant, objectKey, uuid } from "./ids.ts";
import { filterSchema, querySchema } from "./query.ts";
import { levels, scopes } from "./roles.ts";
import { capabilities, defineVerbs, recordActions } from "./verb.ts";

/** A value as it crosses the wire: text, number, boolean, or null for "none". References are ids. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof fieldValue>;
/** Values as a person sends them: anything is taken here and judged field by field against the definition. */
const givenValues = z.record(z.string().max(80), z.unknown());

export const labels = z.strictObject({ zh: z.string().max(80), en: z.string().max(80) });

export const recordView = z.strictObject({
  object: objectKey,
  id: uuid,
  version: z.int(),
  owner: uuid.nullable(),
  department: uuid.nullable(),
  createdAt: instant,
  createdBy: uuid.nullable(),
  updatedAt: instant,
  updatedBy: uuid.nullable(),
  deletedAt: instant.nullable(),
  /** Values the caller may read; absent: empty, hidden, not asked for, or masked. */
  values: z.record(z.string(), fieldValue),
  /** Masks (`138****5678`, `王*`) of values that are shown masked. */
  masked: z.record(z.string(), z.string()),
  /** What the caller may do with this very record. */
  can: z.strictObject({ edit: z.boolean(), delete: z.boolean() }),
});
export type RecordView = z.infer<typeof recordView>;

/** A commit of more operations than a form ever makes is a bulk act. */
const bulkAbove = 20;

/** Names of the records that references in an answer point to, as far as the caller may know them. */
const names = z.record(uuid, z.string());

export const schemaField = z.strictObject({
  key: fieldKey,
  type: z.string(),
  class: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  labels: z.strictObject({ zh: z.string(), en: z.string() }),
  purpose: z.string(),
  level: z.enum(levels),
  required: z.boolean(),
  listed: z.boolean(),
  searchable: z.boolean(),
  sortable: z.boolean(),
  computed: z.boolean(),
  custom: z.boolean(),
  system: z.boolean(),
  /** The number guard of a commit fills it. */
  series: z.boolean().optional(),
  max: z.int().optional(),
  scale: z.int().optional(),
  target: z.string().optional(),
  options: z
    .array(z.strictObject({ key: z.string(), labels: z.strictObject({ zh: z.string(), en: z.string() }) }))
    .optional(),
  hint: z.strictObject({ zh: z.string(), en: z.string() }).optional(),
});
export type SchemaField = z.infer<typeof schemaField>;

export const schemaObject = z.strictObject({
  key: objectKey,
  labels: z.strictObject({ zh: z.string(), en: z.string() }),
  plural: z.strictObject({ zh: z.string(), en: z.string() }),
  nameField: fieldKey,
  can: z.record(z.enum(recordActions), z.enum(scopes)),
  fields: z.array(schemaField),
});
export type SchemaObject = z.infer<typeof schemaObject>;

const allowance = z.strictObject({ used: z.int(), limit: z.int() });

const operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("create"), object: objectKey, id: uuid.optional(), values: givenValues }),
  z.strictObject({ op: z.literal("update"), object: objectKey, id: uuid, version: z.int(), values: givenValues }),
  z.strictObject({ op: z.literal("delete"), object: objectKey, id: uuid, version: z.int() }),
  z.strictObject({ op: z.literal("restore"), object: objectKey, id: uuid }),
]);
export type Operation = z.infer<typeof operation>;

/** The three guards of a commit; all hold in the transaction that writes, or nothing is written. */
const guard = z.discriminatedUnion("guard", [
  /** The record still has this version. */
  z.strictObject({ guard: z.literal("version"), object: objectKey, id: uuid, version: z.int() }),
  /** After the writes at most `max` living records of the object match, under an advisory lock on `lock`. Class 0-1 fields only. */
  z.strictObject({
    guard: z.literal("count"),
    object: objectKey,
    filter: filterSchema,
    max: z.int().min(0),
    lock: z.string().min(1).max(200),
  }),
  /** Write the next number of a field's series into the operation at this index; the field's definition declares the series. */
  z.strictObject({ guard: z.literal("number"), operation: z.int().min(0).max(199), field: fieldKey }),
]);
export type Guard = z.infer<typeof guard>;

const written = z.strictObject({ object: objectKey, id: uuid, version: z.int() });
const one = { object: objectKey, id: uuid };
const none = "none";

export const recordVerbs = defineVerbs({
  "schema.read": {
    effect: "read",
    logged: false,
    permission: "self",
    meter: none,
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({
      objects: z.array(schemaObject),
      me: z.strictObject({
        userId: uuid,
        name: z.string(),
        department: uuid.nullable(),
        departmentName: z.string().nullable(),
        company: z.string(),
        roles: z.array(z.strictObject({ key: z.string(), labels: z.strictObject({ zh: z.string(), en: z.string() }) })),
        capabilities: z.array(z.enum(capabilities)),
        confirmed: z.boolean(),
        allowances: z.strictObject({
          opened: allowance,
          /** Of these, records that one neither owns nor serves. */
          outside: allowance,
          revealed: allowance,
          listed: allowance,
          matched: allowance,
        }),
      }),
      search: z.strictObject({ ready: z.boolean(), done: z.int(), total: z.int() }),
    }),
  },
  "record.list": {
    effect: "read",
    permission: { record: "view" },
    meter: "listed",
    stepUp: "none",
    input: z.strictObject({ object: objectKey, query: querySchema.omit({ object: true }) }),
    output: z.strictObject({
      rows: z.array(recordView),
      names,
      /** Exact up to 10,000; `more` beyond. */
      count: z.strictObject({ value: z.int(), more: z.boolean() }).optional(),
    }),
  },
  "record.open": {
    effect: "read",
    permission: { record: "view" },
    meter: "opened",
    stepUp: "none",
    input: z.strictObject(one),
    output: z.strictObject({ record: recordView, names }),
  },
  "record.create": {
    effect: "write",
    permission: { record: "create" },
    meter: "written",
    stepUp: "none",
    input: z.strictObject({ object: objectKey, id: uuid.optional(), values: givenValues }),
    output: written,
  },
  "record.update": {
    effect: "write",
    permission: { record: "edit" },
    meter: "written",
    stepUp: "none",
    input: z.strictObject({ ...one, version: z.int(), values: givenValues }),
    output: written,
  },
  "record.delete": {
    effect: "write",
    permission: { record: "delete" },
    meter: "written",
    stepUp: "none",
    input: z.strictObject({ ...one, version: z.int() }),
    output: written,
  },
  "record.restore": {
    effect: "write",
    permission: { record: "delete" },
    meter: "written",
    stepUp: "none",
    input: z.strictObject(one),
    output: written,
  },
  "record.commit": {
    effect: "write",
    permission: "self",
    meter: "written",
    stepUp: { actAbove: bulkAbove, of: "operations" },
    input: z.strictObject({
      operations: z.array(operation).min(1).max(200),
      guards: z.array(guard).max(50).default([]),
    }),
    output: z.strictObject({
      written: z.array(written),
      numbers: z.array(z.strictObject({ operation: z.int(), field: z.string(), value: z.int() })),
    }),
  },
  "record.reveal": {
    effect: "read",
    permission: { record: "view" },
    meter: "revealed",
    stepUp: "none",
    input: z.strictObject({ ...one, field: fieldKey, purpose: z.string().trim().max(200).optional() }),
    output: z.strictObject({ value: fieldValue }),
  },
  "record.history": {
    effect: "read",
    permission: { record: "view" },
    meter: "opened",
    stepUp: "none",
    input: z.strictObject(one),
    output: z.strictObject({
      changes: z.array(
        z.strictObject({
          at: instant,
          by: uuid.nullable(),
          action: z.string(),
          version: z.int().nullable(),
          fields: z.array(
            z.strictObject({ field: fieldKey, before: fieldValue, after: fieldValue, masked: z.boolean() }),
          ),
        }),
      ),
      names,
    }),
  },
  /** Who has looked: opens, reveals, writes and exports of one record, newest first. */
  "record.lookers": {
    effect: "read",
    permission: { record: "view" },
    meter: none,
    stepUp: "none",
    input: z.strictObject(one),
    output: z.strictObject({
      looks: z.array(
        z.strictObject({
          at: instant,
          by: uuid.nullable(),
          action: z.string(),
          fields: z.array(z.string()),
          ip: z.string().nullable(),
          purpose: z.string().nullable(),
        }),
      ),
      names,
    }),
  },
  "record.suggest": {
    effect: "read",
    permission: { record: "view" },
    meter: "listed",
    stepUp: "none",
    input: z.strictObject({ object: objectKey, text: z.string().max(200), limit: z.int().min(1).max(50).default(20) }),
    output: z.strictObject({ items: z.array(z.strictObject({ id: uuid, name: z.string() })) }),
  },
  "search.everything": {
    effect: "read",
    permission: "self",
    meter: "listed",
    stepUp: "none",
    input: z.strictObject({ text: z.string().min(1).max(200) }),
    output: z.strictObject({
      groups: z.array(
        z.strictObject({
          object: objectKey,
          items: z.array(z.strictObject({ id: uuid, name: z.string(), detail: z.string(), matched: fieldKey })),
        }),
      ),
    }),
  },
  "field.define": {
    effect: "write",
    permission: { may: "fields.define" },
    meter: none,
    stepUp: "recent",
    input: z.strictObject({
      object: objectKey,
      key: fieldKey,
      type: z.enum([
        "text",
        "long_text",
        "integer",
        "decimal",
        "boolean",
        "date",
        "datetime",
        "choice",
        "phone",
        "email",
        "url",
        "id_number",
        "bank_account",
        "reference",
      ]),
      class: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
      labels,
      purpose: z.enum(["identification", "contact", "selling", "billing", "organisation", "security"]),
      retention: z.union([z.literal("with_record"), z.strictObject({ monthsAfterChange: z.int().min(1).max(1200) })]),
      required: z.boolean().default(false),
      /** Integers only: numbered by the number guard. */
      series: z.boolean().default(false),
      scale: z.int().min(0).max(6).optional(),
      target: objectKey.optional(),
      options: z
        .array(z.strictObject({ key: fieldKey, labels }))
        .max(200)
        .optional(),
      listed: z.boolean().default(false),
      searchable: z.boolean().default(false),
    }),
    output: z.strictObject({ key: fieldKey }),
  },
  "role.list": {
    effect: "read",
    logged: false,
    permission: "self",
    meter: none,
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({
      roles: z.array(
        z.strictObject({
          key: z.string(),
          labels: z.strictObject({ zh: z.string(), en: z.string() }),
          description: z.strictObject({ zh: z.string(), en: z.string() }),
          objects: z.record(
            z.string(),
            z.strictObject({
              actions: z.partialRecord(z.enum(recordActions), z.enum(scopes)),
              classes: z.record(z.string(), z.enum(levels)),
              fields: z.record(z.string(), z.enum(levels)),
            }),
          ),
          capabilities: z.array(z.enum(capabilities)),
        }),
      ),
    }),
  },
  "role.members": {
    effect: "read",
    permission: { may: "people.manage" },
    meter: none,
    logged: false,
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({ members: z.array(z.strictObject({ userId: uuid, role: z.string() })) }),
  },
  /** Sets all roles of a person. Asks for a fresh confirmation; nobody changes his own. */
  "role.assign": {
    effect: "write",
    permission: { may: "roles.manage" },
    meter: none,
    stepUp: "act",
    input: z.strictObject({ userId: uuid, roles: z.array(z.string().max(60)).max(20) }),
    output: z.strictObject({ userId: uuid, roles: z.array(z.string()) }),
  },
  "person.setStatus": {
    effect: "write",
    permission: { may: "people.manage" },
    meter: none,
    stepUp: "act",
    input: z.strictObject({ userId: uuid, status: z.enum(["active", "disabled"]) }),
    output: z.strictObject({ userId: uuid, status: z.string() }),
  },
  /**
   * For a person who has lost his ways in: ends his devices and sessions, empties his password, authenticator, passkeys
   * and recovery codes, and gives a new invitation. Asks for all rights of that person.
   */
  "person.resetSignIn": {
    effect: "write",
    permission: { may: "people.manage" },
    meter: none,
    stepUp: "act",
    input: z.strictObject({ userId: uuid }),
    output: invitation,
  },
  /**
   * Why may, or may not, a person do this. Without `userId` about oneself, on this device; about others by those who
   * manage people, as on a confirmed device.
   */
  "access.explain": {
    effect: "read",
    permission: "self",
    meter: none,
    stepUp: "none",
    input: z.strictObject({
      userId: uuid.optional(),
      object: objectKey,
      action: z.enum(recordActions),
      id: uuid.optional(),
      field: fieldKey.optional(),
    }),
    output: z.strictObject({
      allowed: z.boolean(),
      reasons: z.array(
        z.strictObject({
          role: z.string().nullable(),
          scope: z.enum(scopes),
          level: z.enum(levels).nullable(),
          holds: z.boolean(),
          because: z.string(),
        }),
      ),
    }),
  },
  "ledger.list": {
    effect: "read",
    permission: { may: "audit.view" },
    meter: none,
    stepUp: "none",
    input: z.strictObject({
      person: uuid.optional(),
      object: objectKey.optional(),
      objectId: uuid.optional(),
      action: z.string().max(80).optional(),
      ip: z.string().max(60).optional(),
      result: z.enum(["ok", "refused"]).optional(),
      from: instant.optional(),
      to: instant.optional(),
      before: z.int().optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.strictObject({
      entries: z.array(
        z.strictObject({
          position: z.int(),
          at: instant,
          person: uuid.nullable(),
          actor: z.string(),
          device: z.string().nullable(),
          ip: z.string().nullable(),
          userAgent: z.string().nullable(),
          action: z.string(),
          object: z.string().nullable(),
          objectIds: z.array(z.string()),
          fields: z.array(z.string()),
          purpose: z.string().nullable(),
          result: z.string(),
          problem: z.string().nullable(),
          counts: z.record(z.string(), z.int()),
          repeated: z.int(),
        }),
      ),
      names,
      next: z.int().nullable(),
    }),
  },
  /** Where the root key lies on the server, how its recovery kit is printed, and when that was last done. */
  "installation.recoveryKit": {
    effect: "read",
    permission: { may: "roles.manage" },
    meter: none,
    stepUp: "none",
    logged: false,
    input: z.strictObject({}),
    output: z.strictObject({ keyFile: z.string(), command: z.string(), printedAt: instant.nullable() }),
  },
  "ledger.checkpoint": {
    effect: "read",
    permission: { may: "audit.view" },
    meter: none,
    stepUp: "none",
    input: z.strictObject({}),
    output: z.strictObject({ size: z.int(), note: z.string(), publicKey: z.string() }),
  },
});
export type RecordVerbs = typeof recordVerbs;
