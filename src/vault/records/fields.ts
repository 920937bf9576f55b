// The schema as one person sees it, and the definition of new fields at run time.
import type { z } from "zod";
import {
  type FieldDefinition,
  type ObjectDefinition,
  type StoredField,
  fieldOf,
  systemFields,
} from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { SchemaField, SchemaObject, SchemaVerbs } from "../../contract/schema-verbs.ts";
import type { Access } from "../access/access.ts";
import type { PersonCall } from "../call.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { Records } from "./deps.ts";
import { isRequired } from "./check-values.ts";
import { fieldTag, storageOf } from "./schema.ts";

type Output<V extends keyof SchemaVerbs> = z.infer<SchemaVerbs[V]["output"]>;

export function readSchema(records: Records, call: PersonCall): Promise<Output<"schema.read">> {
  const { access } = call;
  const { directory, meter } = records;
  const person = directory.person(access.userId);
  const department = person?.department ?? null;
  const readiness = records.schema.objects.map((object) => records.search.ready(object.key));
  return Promise.resolve({
    objects: records.schema.objects.flatMap((object) =>
      access.can(object.key, "view") || access.can(object.key, "create") ? [schemaObject(access, object)] : [],
    ),
    me: {
      userId: access.userId,
      name: person?.name ?? "",
      department,
      departmentName: department === null ? null : (directory.department(department)?.name ?? null),
      company: directory.company,
      roles: access.subject.roles.map((role) => ({ key: role.key, labels: role.labels })),
      capabilities: [...new Set(access.subject.roles.flatMap((role) => role.capabilities))],
      confirmed: call.identity.confirmed,
      allowances: {
        opened: meter.used(access.userId, "opened", call.now),
        outside: meter.used(access.userId, "outside", call.now),
        revealed: meter.used(access.userId, "revealed", call.now),
        listed: meter.used(access.userId, "listed", call.now),
        matched: meter.used(access.userId, "matched", call.now),
      },
    },
    // In hundredths of the objects: a number of rows would tell the size of the company.
    search: {
      ready: readiness.every((one) => one.ready),
      done: Math.round((100 * readiness.filter((one) => one.ready).length) / readiness.length),
      total: 100,
    },
  });
}

function schemaObject(access: Access, object: ObjectDefinition): SchemaObject {
  const can: SchemaObject["can"] = {
    view: access.scopeName(object.key, "view"),
    create: access.scopeName(object.key, "create"),
    edit: access.scopeName(object.key, "edit"),
    delete: access.scopeName(object.key, "delete"),
    import: access.scopeName(object.key, "import"),
    export: access.scopeName(object.key, "export"),
  };
  const fields = [...object.fields, ...systemFields].flatMap((field): SchemaField[] => {
    const level = access.bestLevel(object, field);
    return level === "hidden" ? [] : [schemaField(object, field, level)];
  });
  return { key: object.key, labels: object.labels, plural: object.plural, nameField: object.nameField, can, fields };
}

function schemaField(object: ObjectDefinition, field: StoredField, level: SchemaField["level"]): SchemaField {
  const system = !object.fields.includes(field);
  const settable =
    system &&
    ((field.key === "owner" && object.placement === "owner") ||
      (field.key === "department" && object.placement === "person"));
  return {
    key: field.key,
    type: field.type,
    class: field.class,
    labels: field.labels,
    purpose: field.purpose,
    level: system && !settable && level === "write" ? "read" : level,
    required: isRequired(object, field, level) && !(object.nameFrom && field.key === object.nameField),
    listed: field.listed === true,
    searchable: field.searchable === true,
    sortable: field.class < 3 && field.storage.in !== "ext" && level !== "masked",
    computed: system ? !settable : field.computed === true,
    custom: field.custom === true,
    system,
    ...(field.series && { series: true }),
    ...(field.fixed && { fixed: true }),
    ...(field.unit !== undefined && { unit: field.unit }),
    ...(field.max !== undefined && { max: field.max }),
    ...(field.type === "decimal" && { scale: field.scale }),
    ...(field.magnitude && { magnitude: field.magnitude }),
    ...(field.type === "reference" && { target: field.target }),
    ...(field.type === "choice" && { options: field.options.map(({ key, labels }) => ({ key, labels })) }),
    ...(field.hint && { hint: field.hint }),
  };
}

/** Adds a field to an object. It has every protection of its class from its first value on. Needs a fresh confirmation. */
export async function defineField(
  records: Records,
  call: PersonCall,
  input: z.infer<SchemaVerbs["field.define"]["input"]>,
): Promise<Output<"field.define">> {
  const object = records.schema.load(input.object);
  // What every JavaScript object has of itself (constructor, toString) is a name already in use.
  if (fieldOf(object, input.key) || input.key in {})
    throw new Problem("duplicate", { fields: [{ field: "key", reason: "already_used" }] });
  const definition = definitionOf(records, input);
  const place = records.schema.placeFor(object, definition);
  const row = { id: uuidv7(), object: object.key, key: definition.key, definition, place, version: 1 };
  const tag = records.keyring.tag("field_definition", fieldTag(row));
  await call.write(async (tx) => {
    const written = await tx.query(
      "insert into vault.field_definition (id, object, key, definition, place, version, created_by, created_at, tag) values ($1, $2, $3, $4, $5, 1, $6, $7, $8) on conflict do nothing returning id",
      [row.id, row.object, row.key, definition, place, call.access.userId, call.now, tag],
    );
    if (written.length === 0) throw new Problem("duplicate", { fields: [{ field: "key", reason: "already_used" }] });
    call.note({
      action: "field.define",
      object: object.key,
      fields: [definition.key],
      result: "ok",
      rows: [{ table: "field_definition", id: row.id, version: 1, tag }],
    });
  });
  const stored: StoredField = { ...definition, storage: storageOf(place), custom: true };
  records.schema.add(object.key, stored);
  await records.search.addField(object.key, stored);
  return { key: definition.key };
}

function definitionOf(records: Records, input: z.infer<SchemaVerbs["field.define"]["input"]>): FieldDefinition {
  const wrong = (field: string): Problem => new Problem("invalid", { fields: [{ field, reason: "required" }] });
  if (input.series && input.type !== "integer")
    throw new Problem("invalid", { fields: [{ field: "series", reason: "wrong_type" }] });
  const base = {
    key: input.key,
    labels: input.labels,
    class: input.class,
    purpose: input.purpose,
    retention: input.retention,
    listed: input.listed,
    ...(input.required && { required: true }),
    ...(input.series && { series: true }),
    ...(input.searchable && input.class < 3 && { searchable: true }),
  };
  switch (input.type) {
    case "decimal":
      return { ...base, type: "decimal", scale: input.scale ?? 2 };
    case "choice":
      if (!input.options || input.options.length === 0) throw wrong("options");
      return { ...base, type: "choice", options: input.options };
    case "reference":
      if (input.target === undefined || !records.schema.find(input.target)) throw wrong("target");
      // Links are looked through by the database and by rights; a sealed link could be neither.
      if (input.class > 1)
        throw new Problem("invalid", {
          fields: [{ field: "class", reason: "out_of_range", params: { min: 0, max: 1 } }],
        });
      return { ...base, type: "reference", target: input.target };
    case "phone":
    case "email":
    case "id_number":
    case "bank_account":
      // Such values are never less than restricted.
      if (input.class !== 3)
        throw new Problem("invalid", {
          fields: [{ field: "class", reason: "out_of_range", params: { min: 3, max: 3 } }],
        });
      return { ...base, type: input.type };
    case "long_text":
      // What people type freely holds names sooner or later.
      if (input.class < 2)
        throw new Problem("invalid", {
          fields: [{ field: "class", reason: "out_of_range", params: { min: 2, max: 3 } }],
        });
      return { ...base, type: "long_text" };
    default:
      return { ...base, type: input.type };
  }
}
