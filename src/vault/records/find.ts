// Finding records by what is typed: suggestions of pickers and the search over everything.
import type { z } from "zod";
import { type ObjectDefinition } from "../../contract/field.ts";
import type { Query } from "../../contract/query.ts";
import type { RecordVerbs } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import { type PersonCall } from "../call.ts";
import type { Records } from "./deps.ts";
import { type ExactMatches, exactMatches } from "./exact-match.ts";
import { compileQuery } from "./query-compiler.ts";
import { type RecordRow } from "./row.ts";
import type { Suggestion } from "../search/suggest.ts";
import { type Named, holds, namesIn, namesOf, viewRows } from "./view.ts";
import { countShown, queryAccess, rowsById } from "./read.ts";

type Input<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["input"]>;
type Output<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["output"]>;

export async function suggestRecords(
  records: Records,
  call: PersonCall,
  input: Input<"record.suggest">,
): Promise<Output<"record.suggest">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const blank = input.text.trim() === "";
  const found = blank
    ? await listed(records, access, object, input.limit)
    : (
        await records.search.suggest(
          input.text,
          [{ object, access: queryAccess(records, access, object, exactMatches(call)) }],
          input.limit,
        )
      ).map((one) => one.id);
  const names = await namesIn(records, access, object.key, found);
  const items = found.flatMap((id) => (names[id] === undefined ? [] : [{ id, name: names[id] }]));
  call.note({
    action: "record.suggest",
    object: object.key,
    listedIds: items.map((item) => item.id),
    result: "ok",
    counts: { listed: items.length },
  });
  return { items };
}

/** Ids of the records changed last, for a picker before anything is typed. */
async function listed(records: Records, access: Access, object: ObjectDefinition, limit: number): Promise<string[]> {
  const query: Query = { object: object.key, limit, offset: 0, deleted: false, count: false, columns: [] };
  const compiled = compileQuery(query, { object, target: "postgres", access: queryAccess(records, access, object) });
  const rows = await records.db.read<RecordRow>(access.rowScope(object.key, "view"), compiled.text, compiled.values);
  return rows.map((row) => row.id);
}

const perGroup = 8;

export async function searchEverything(
  records: Records,
  call: PersonCall,
  input: Input<"search.everything">,
): Promise<Output<"search.everything">> {
  const { access } = call;
  const objects = records.schema.objects.filter((object) => access.can(object.key, "view"));
  const matches = exactMatches(call);
  const found = await Promise.all(objects.map((object) => searchObject(records, call, object, input.text, matches)));
  const groups = found.filter(({ items }) => items.length > 0);
  for (const { object, items, fields, counts } of groups)
    call.note({
      action: "search.everything",
      object,
      listedIds: items.map((item) => item.id),
      fields,
      result: "ok",
      counts,
    });
  if (groups.length === 0) call.note({ action: "search.everything", result: "ok", counts: { listed: 0 } });
  return { groups: groups.map(({ object, items }) => ({ object, items })) };
}

async function searchObject(
  records: Records,
  call: PersonCall,
  object: ObjectDefinition,
  text: string,
  matches: ExactMatches,
) {
  const { access } = call;
  const target = { object, access: queryAccess(records, access, object, matches) };
  const found = await records.search.suggest(text, [target], perGroup);
  const ids = found.map((one) => one.id);
  const names = await namesIn(records, access, object.key, ids);
  const shown = found.filter(({ id }) => names[id] !== undefined);
  const { fields, details, counts } = await detailsOf(records, call, object, shown);
  const items = shown.map(({ id, matched }) => ({
    id,
    name: names[id] ?? "",
    detail: details.get(id) ?? "",
    matched,
  }));
  return {
    object: object.key,
    items,
    fields: [object.nameField, ...fields],
    counts: { ...counts, listed: items.length + counts.listed },
  };
}

/**
 * What tells one find from the next: the value it was found by, as this person sees it in lists (a number as its mask);
 * for a find by its name the record it belongs to, such as the account of a contact.
 */
async function detailsOf(
  records: Records,
  call: PersonCall,
  object: ObjectDefinition,
  found: readonly Suggestion[],
): Promise<{
  readonly fields: readonly string[];
  readonly details: ReadonlyMap<string, string>;
  readonly counts: { readonly listed: number; readonly outside?: number };
}> {
  const { access } = call;
  const parent = object.fields.find((field) => field.type === "reference" && field.listed === true);
  const byName = found.some(({ matched }) => matched === object.nameField);
  const fields = object.fields.filter(
    (field) =>
      (field === parent && byName) ||
      (field.key !== object.nameField && found.some(({ matched }) => matched === field.key)),
  );
  const details = new Map<string, string>();
  if (fields.length === 0) return { fields: [], details, counts: { listed: 0 } };
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const ids = found.map(({ id }) => id);
  const rows = (await rowsById(reads, object, ids, false)).filter((row) => holds(records, object, row));
  const views = await viewRows(records, reads, access, object, rows, fields);
  const { names, counted }: Named = byName ? await namesOf(records, access, views) : { names: {}, counted: 0 };
  const outside = countShown(call, object, rows, views);
  const matchOf = new Map(found.map(({ id, matched }) => [id, matched]));
  for (const { id, values, masked } of views) {
    const matched = matchOf.get(id) ?? object.nameField;
    const above = parent && values[parent.key];
    const text = matched === object.nameField ? names[String(above)] : (masked[matched] ?? values[matched]);
    if (typeof text === "string") details.set(id, text);
  }
  return { fields: fields.map(({ key }) => key), details, counts: { listed: counted, ...outside } };
}
