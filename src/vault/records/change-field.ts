// Changes a field that the company made: what it is called, its options, and whether it is required or shown in lists.
// Class, type, purpose and place stay as they were, so no value at rest is touched; an option once offered stays, because
// records may bear it.
import type { z } from "zod";
import type { FieldDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { SchemaVerbs } from "../../contract/schema-verbs.ts";
import type { PersonCall } from "../call.ts";
import type { Records } from "./deps.ts";
import { type FieldRow, fieldTag, storageOf } from "./schema.ts";

type Change = z.infer<SchemaVerbs["field.change"]["input"]>;

/** Throws Problem `not_found` for fields the product shipped, `invalid` for options that would be lost. */
export async function changeField(records: Records, call: PersonCall, input: Change): Promise<{ key: string }> {
  const object = records.schema.load(input.object);
  if (!object.fields.some((field) => field.key === input.key && field.custom === true)) throw new Problem("not_found");
  await call.write(async (tx) => {
    const [row] = await tx.query<FieldRow>(
      "select id, object, key, definition, place, version, tag from vault.field_definition where object = $1 and key = $2 for update",
      [object.key, input.key],
    );
    if (!row) throw new Problem("not_found");
    records.keyring.verifyTag("field_definition", fieldTag(row), row.tag);
    const changed = { ...row, definition: changedBy(row.definition, input), version: row.version + 1 };
    const tag = records.keyring.tag("field_definition", fieldTag(changed));
    const written = await tx.query(
      "update vault.field_definition set definition = $3, version = $4, tag = $5 where id = $1 and version = $2 returning id",
      [row.id, row.version, changed.definition, changed.version, tag],
    );
    if (written.length !== 1) throw new Problem("conflict");
    call.note({
      action: "field.change",
      object: object.key,
      fields: [row.key],
      result: "ok",
      rows: [
        {
          table: "field_definition",
          id: row.id,
          version: changed.version,
          tag,
          oldVersion: row.version,
          oldTag: row.tag,
        },
      ],
    });
    tx.afterCommit(() =>
      records.schema.replace(object.key, {
        ...changed.definition,
        storage: storageOf(row.place),
        custom: true,
      }),
    );
  });
  return { key: input.key };
}

function changedBy(definition: FieldDefinition, { labels, required, listed, options }: Change): FieldDefinition {
  const { required: _required, ...rest } = definition;
  const base = { ...rest, labels, listed, ...(required && definition.type !== "boolean" && { required: true }) };
  if (base.type !== "choice" || options === undefined) return base;
  const kept = new Set(options.map(({ key }) => key));
  if (kept.size < options.length) throw wrongOptions("already_used");
  if (base.options.some(({ key }) => !kept.has(key))) throw wrongOptions("required");
  return { ...base, options };
}

function wrongOptions(reason: "already_used" | "required"): Problem {
  return new Problem("invalid", { fields: [{ field: "options", reason }] });
}
