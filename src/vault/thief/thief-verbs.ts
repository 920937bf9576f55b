// What a thief of the disk sees of a record that the caller may read: its row as it lies there, and whether any of its
// values is found in the data folder. Of fields that he may not read nothing is shown and nothing is looked for.
import { type ObjectDefinition, type StoredField, systemFields } from "../../contract/field.ts";
import type { z } from "zod";
import type { ThiefVerbs } from "../../contract/thief-verbs.ts";
import { byPerson, type PersonCall } from "../call.ts";
import type { Records } from "../records/deps.ts";
import { countOpening, loadRow } from "../records/read.ts";
import { openClass, type RecordRow, tableOf, type Values } from "../records/row.ts";
import type { Handlers } from "../verbs.ts";
import type { DiskSearches } from "./disk-search.ts";
import { formsOf, type Pattern } from "./patterns.ts";

type Column = z.infer<ThiefVerbs["thief.look"]["output"]>["columns"][number];

/** Bytes of a sealed value that are shown. */
const shown = 640;

export function thiefHandlers(records: Records, searches: DiskSearches): Pick<Handlers, "thief.look" | "thief.search"> {
  return {
    "thief.look": (call, input) => look(records, searches, byPerson(call), input),
    "thief.search": async (call) => {
      const { userId } = byPerson(call).access;
      return { search: copied(searches.of(userId)), running: searches.running };
    },
  };
}

function copied(told: ReturnType<DiskSearches["of"]>) {
  return told === undefined ? null : { ...told, hits: [...told.hits] };
}

async function look(
  records: Records,
  searches: DiskSearches,
  call: PersonCall,
  input: z.infer<ThiefVerbs["thief.look"]["input"]>,
): Promise<z.infer<ThiefVerbs["thief.look"]["output"]>> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const row = await loadRow(records, access, object, input.id);
  const counts = countOpening(call, object, row);
  const place = { owner: row.owner_id, department: row.department_id };
  const readable = object.fields.filter((field) => ["read", "write"].includes(access.level(object, field, place)));
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const keys = (await records.keyring.subjects(reads, [row.subject_id])).get(row.subject_id);
  const values: Values = keys ? { ...openClass(object, row, keys, 2), ...openClass(object, row, keys, 3) } : {};
  const patterns: Pattern[] = [{ bytes: Buffer.from(row.id.replaceAll("-", ""), "hex"), field: null }];
  const sought: string[] = [];
  const tooShort: string[] = [];
  for (const field of readable) {
    const texts = field.class < 2 ? [] : textsOf(values[field.key]);
    if (texts.length === 0) continue;
    const forms = texts.flatMap((text) => formsOf(field.key, text));
    patterns.push(...forms);
    (forms.length > 0 ? sought : tooShort).push(field.key);
  }
  searches.start(access.userId, patterns);
  call.note({ action: "thief.look", object: object.key, objectIds: [row.id], result: "ok", counts });
  return { table: tableOf(object), columns: columnsOf(object, row, readable), sought, tooShort };
}

/** As a value is written down: numbers also without their country, texts also without blanks around them. */
function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === "number") return textsOf(String(value));
  if (typeof value !== "string" || value.trim() === "") return [];
  const text = value.trim();
  // Long texts are known by their beginning and their end.
  const parts = text.length > 80 ? [text.slice(0, 40), text.slice(-40)] : [text];
  return text.startsWith("+86") ? [...parts, text.slice(3)] : parts;
}

function columnsOf(object: ObjectDefinition, row: RecordRow, readable: readonly StoredField[]): Column[] {
  const plain = (column: string, field: StoredField | undefined, value: unknown): Column[] => {
    if (value === null || value === undefined) return [];
    const text =
      value instanceof Date ? value.toISOString() : typeof value === "object" ? JSON.stringify(value) : String(value);
    return [
      {
        column,
        field: field?.key ?? null,
        kind: "plain",
        class: field?.class ?? null,
        text,
        bytes: Buffer.byteLength(text),
      },
    ];
  };
  const bytes = (
    column: string,
    kind: "sealed" | "tag",
    level: 2 | 3 | null,
    value: Buffer | null | undefined,
  ): Column[] =>
    value
      ? [{ column, field: null, kind, class: level, text: value.toString("hex", 0, shown), bytes: value.length }]
      : [];
  const system = systemFields.flatMap((field) =>
    field.storage.in === "column" ? plain(field.storage.column, field, row[field.storage.column]) : [],
  );
  const fields = readable.flatMap((field) =>
    field.storage.in === "column"
      ? plain(field.storage.column, field, row[field.storage.column])
      : field.storage.in === "ext"
        ? plain(`ext.${field.key}`, field, row.ext?.[field.key])
        : [],
  );
  return [
    ...plain("id", undefined, row.id),
    ...bytes("sealed2", "sealed", 2, row.sealed2),
    ...bytes("sealed3", "sealed", 3, row.sealed3),
    ...bytes("tag", "tag", null, row.tag),
    ...["subject_id", "version", "deleted_at"].flatMap((column) => plain(column, undefined, row[column])),
    ...system,
    ...fields,
  ];
}
