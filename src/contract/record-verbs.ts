// The vault's verbs about records: one set for every object, shipped or custom. Which rows and which fields a caller
// gets is decided per call by his roles; an answer never bears a value he may not read.
import { z } from "zod";
import { authorityFields } from "./field.ts";
import { fieldKey, instant, objectKey, uuid } from "./ids.ts";
import { shippedObjects } from "./objects/shipped.ts";
import { filterSchema, querySchema } from "./query.ts";
import { defineVerbs } from "./verb.ts";

/** A value as it crosses the wire: text, number, boolean, or null for "none". References are ids. */
export const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FieldValue = z.infer<typeof fieldValue>;
/** Values as a person sends them: anything is taken here and judged field by field against the definition. */
const givenValues = z.record(z.string().max(80), z.unknown());

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
const authority = authorityFields(shippedObjects);

/** Names of the records that references in an answer point to, as far as the caller may know them. */
export const names = z.record(uuid, z.string());

const operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("create"), object: objectKey, id: uuid.optional(), values: givenValues }),
  z.strictObject({
    op: z.literal("update"),
    object: objectKey,
    id: uuid,
    version: z.int().min(1),
    values: givenValues,
  }),
  z.strictObject({ op: z.literal("delete"), object: objectKey, id: uuid, version: z.int().min(1) }),
  z.strictObject({ op: z.literal("restore"), object: objectKey, id: uuid }),
]);
export type Operation = z.infer<typeof operation>;

/** The three guards of a commit; all hold in the transaction that writes, or nothing is written. */
const guard = z.discriminatedUnion("guard", [
  /** The record still has this version. */
  z.strictObject({ guard: z.literal("version"), object: objectKey, id: uuid, version: z.int().min(1) }),
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

export const recordVerbs = defineVerbs({
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
      /** One for each unit (such as the currency) in which there are values; `unit` is null where there is none. Decimal text. */
      sums: z.array(z.strictObject({ field: fieldKey, unit: z.string().nullable(), sum: z.string() })).optional(),
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
    stepUp: { changed: authority },
    input: z.strictObject({ ...one, version: z.int().min(1), values: givenValues }),
    output: written,
  },
  "record.delete": {
    effect: "write",
    permission: { record: "delete" },
    meter: "written",
    stepUp: "none",
    input: z.strictObject({ ...one, version: z.int().min(1) }),
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
    stepUp: { longer: { list: "operations", than: bulkAbove }, changed: authority },
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
    meter: "none",
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
});
export type RecordVerbs = typeof recordVerbs;
