// The vault's verbs about objects and their fields, as each caller may see them, and what crosses the wire of them.
import { z } from "zod";
import { purposeCodes } from "./field.ts";
import { fieldKey, objectKey, uuid } from "./ids.ts";
import { levels, scopes } from "./roles.ts";
import { capabilities, defineVerbs, recordActions } from "./verb.ts";

const labels = z.strictObject({ zh: z.string().max(80), en: z.string().max(80) });

export const schemaField = z.strictObject({
  key: fieldKey,
  type: z.string(),
  class: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  labels: z.strictObject({ zh: z.string(), en: z.string() }),
  purpose: z.enum(purposeCodes),
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
  /** Set when the record is made and never changed. */
  fixed: z.boolean().optional(),
  /** The choice field of the record in which this number is counted, such as its currency. */
  unit: z.string().optional(),
  max: z.int().optional(),
  scale: z.int().optional(),
  magnitude: z.literal("million").optional(),
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

export const schemaVerbs = defineVerbs({
  "schema.read": {
    effect: "read",
    logged: false,
    permission: "self",
    meter: "none",
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
  "field.define": {
    effect: "write",
    permission: { may: "fields.define" },
    meter: "none",
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
      purpose: z.enum(purposeCodes),
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
  /** Of a field the company made: its labels, its options (none is taken away), whether it is required and listed. */
  "field.change": {
    effect: "write",
    permission: { may: "fields.define" },
    meter: "none",
    stepUp: "recent",
    input: z.strictObject({
      object: objectKey,
      key: fieldKey,
      labels,
      required: z.boolean(),
      listed: z.boolean(),
      options: z
        .array(z.strictObject({ key: fieldKey, labels }))
        .min(1)
        .max(200)
        .optional(),
    }),
    output: z.strictObject({ key: fieldKey }),
  },
});
export type SchemaVerbs = typeof schemaVerbs;
