// All objects as they are now: the shipped ones with the fields the company added. Every part of the vault asks here, so
// a custom field gets every protection a shipped one has.
import type { FieldDefinition, ObjectDefinition, Storage, StoredField } from "../../contract/field.ts";
import { shippedObjects } from "../../contract/objects/shipped.ts";
import { Problem } from "../../contract/problem.ts";
import { type Database, systemScope } from "../db/database.ts";
import type { TagKeeper } from "./row.ts";

export interface FieldRow {
  readonly id: string;
  readonly object: string;
  readonly key: string;
  readonly definition: FieldDefinition;
  readonly place: string;
  readonly version: number;
  readonly tag: Buffer;
}

/** Typed slots of every record table, by what a field's type is stored as. */
const slotPrefix: Readonly<Record<FieldDefinition["type"], "t" | "n" | "d" | undefined>> = {
  text: "t",
  long_text: undefined,
  integer: "n",
  decimal: "n",
  boolean: "t",
  date: "d",
  datetime: "d",
  choice: "t",
  phone: "t",
  email: "t",
  url: "t",
  id_number: "t",
  bank_account: "t",
  reference: "t",
};

const slotsPerType = 8;

export class Schema {
  readonly #objects = new Map<string, ObjectDefinition>(shippedObjects.map((object) => [object.key, object]));

  static async open(db: Database, keeper: TagKeeper): Promise<Schema> {
    const schema = new Schema();
    const rows = await db.read<FieldRow>(
      systemScope("schema"),
      "select id, object, key, definition, place, version, tag from vault.field_definition order by id",
    );
    for (const row of rows) {
      keeper.verifyTag("field_definition", fieldTag(row), row.tag);
      schema.add(row.object, { ...row.definition, storage: storageOf(row.place), custom: true });
    }
    return schema;
  }

  get objects(): readonly ObjectDefinition[] {
    return [...this.#objects.values()];
  }

  find(key: string): ObjectDefinition | undefined {
    return this.#objects.get(key);
  }

  /** Throws Problem `not_found`. */
  load(key: string): ObjectDefinition {
    const object = this.#objects.get(key);
    if (!object) throw new Problem("not_found");
    return object;
  }

  add(object: string, field: StoredField): void {
    const definition = this.load(object);
    this.#objects.set(object, { ...definition, fields: [...definition.fields, field] });
  }

  /** A field that was changed, in the place it had. */
  replace(object: string, field: StoredField): void {
    const definition = this.load(object);
    const fields = definition.fields.map((one) => (one.key === field.key ? field : one));
    this.#objects.set(object, { ...definition, fields });
  }

  /** The place a new field gets: a free slot, the ext document when none is left, or a sealed value. */
  placeFor(object: ObjectDefinition, field: FieldDefinition): string {
    if (field.class === 2) return "sealed2";
    if (field.class === 3) return "sealed3";
    const prefix = slotPrefix[field.type];
    if (prefix === undefined) return "ext";
    const taken = new Set(object.fields.flatMap((one) => (one.storage.in === "column" ? [one.storage.column] : [])));
    for (let slot = 1; slot <= slotsPerType; slot += 1) if (!taken.has(`${prefix}${slot}`)) return `${prefix}${slot}`;
    return "ext";
  }
}

export function storageOf(place: string): Storage {
  if (place === "ext" || place === "sealed2" || place === "sealed3") return { in: place };
  if (!/^[tnd][1-8]$/u.test(place)) throw new Error("not a slot");
  return { in: "column", column: place };
}

export function fieldTag(row: Pick<FieldRow, "id" | "object" | "key" | "definition" | "place" | "version">) {
  return [row.id, row.object, row.key, canonical(row.definition), row.place, row.version] as const;
}

/** jsonb does not keep the order of keys: a tag is over a sorted form. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
