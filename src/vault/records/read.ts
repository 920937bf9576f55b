// Reading records: list, open, reveal. Each answers only what the caller's access lets through, counts it against his
// allowance and notes it for the ledger.
import type { z } from "zod";
import { type ObjectDefinition, type StoredField, isServed } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { Query } from "../../contract/query.ts";
import type { RecordVerbs, RecordView } from "../../contract/record-verbs.ts";
import { type Access, inScope } from "../access/access.ts";
import { type PersonCall } from "../call.ts";
import type { Queryable } from "../db/database.ts";
import type { Records } from "./deps.ts";
import { type ExactMatches, exactMatches } from "./exact-match.ts";
import { lookupKind } from "./masks.ts";
import { localForms } from "./phone.ts";
import { chooseTarget, compileQuery } from "./query-compiler.ts";
import type { QueryAccess } from "./query-compiler-access.ts";
import { type SumCells, countCap } from "./query-compiler-result.ts";
import { readSums } from "./query-compiler-sums.ts";
import { type RecordRow, openClass } from "./row.ts";
import { normaliseForLookup } from "./values.ts";
import { namesOf, viewRows } from "./view.ts";
import { readRows, selectOf } from "./read-rows.ts";

type Input<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["input"]>;
type Output<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["output"]>;

/** Fields that exist for this person, in the order of the definition. */
function visibleFields(access: Access, object: ObjectDefinition): StoredField[] {
  return object.fields.filter((field) => access.bestLevel(object, field) !== "hidden");
}

/** Without `matches`, which counts them, nothing can be matched exactly. */
export function queryAccess(
  records: Records,
  access: Access,
  object: ObjectDefinition,
  matches?: ExactMatches,
): QueryAccess {
  const { scope, readable, hiddenSystem, own, exact } = access.query(object);
  return {
    ...scope,
    readable,
    hiddenSystem,
    ...(own && { own: { ...own.scope, readable: own.readable } }),
    ...(matches && {
      exact,
      lookup: (field: StoredField, value: string) => {
        const normalised = normaliseForLookup(field, value);
        if (normalised === undefined) return undefined;
        matches.look(object.key, field, value);
        return records.keyring.lookup(lookupKind(field), normalised);
      },
      lookupLocal: (field: StoredField, value: string) => {
        const forms = field.type === "phone" ? localForms(value) : [];
        if (forms.length > 0) matches.look(object.key, field, value);
        return forms.map((form) => records.keyring.lookup("phone", form));
      },
    }),
  };
}

export async function listRecords(
  records: Records,
  call: PersonCall,
  input: Input<"record.list">,
): Promise<Output<"record.list">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const query: Query = { ...input.query, object: object.key };
  if (query.deleted && !access.can(object.key, "delete")) throw new Problem("not_allowed");
  const fields = visibleFields(access, object).filter((field) =>
    query.columns ? query.columns.includes(field.key) : field.listed === true || field.key === object.nameField,
  );
  const target = chooseTarget(query, object);
  // The recycle bin shows what one may take out of it again.
  const granted = {
    ...queryAccess(records, access, object, exactMatches(call)),
    ...(query.deleted && access.bin(object)),
  };
  const compiled = compileQuery(
    { ...query, columns: fields.map((field) => field.key) },
    { object, target, access: granted, subtree: (id) => records.directory.subtree(id) },
  );
  const scope = access.rowScope(object.key, "view");
  const reads = records.db.reads(scope);
  let rows: RecordRow[];
  let count: number | undefined;
  let totals: readonly (readonly SumCells[])[];
  if (target === "postgres") {
    rows = await reads.query<RecordRow>(compiled.text, compiled.values);
    if (compiled.counted)
      count = (await reads.query<{ count: number }>(compiled.countText, compiled.countValues))[0]?.count;
    totals = await Promise.all(
      compiled.sums.map(async ({ text, values }) =>
        (await reads.query<SumRow>(text, values)).map(({ unit, high, low }): SumCells => [unit, high, low]),
      ),
    );
  } else {
    const found = await records.search.query(compiled);
    const ids = found.rows.map((row) => row[0]);
    rows = await rowsById(reads, object, ids, query.deleted);
    if (found.count !== undefined) count = found.count + (found.countCapped === true ? 1 : 0);
    totals = found.sums ?? [];
  }
  const sums = compiled.sums.flatMap(({ field: key }, index) => {
    const field = object.fields.find((one) => one.key === key);
    return field ? readSums(field, totals[index] ?? [], target === "projection") : [];
  });
  const views = await viewRows(records, reads, access, object, rows, fields);
  const { names, counted } = await namesOf(records, access, views);
  call.meter.demand("listed", views.length + counted);
  const outside = countShown(call, object, rows, views);
  call.note({
    action: "record.list",
    object: object.key,
    listedIds: views.map((view) => view.id),
    // Who adds up a field reads it, though no row is listed for it.
    fields: [...new Set([...fields.map((field) => field.key), ...compiled.sums.map(({ field }) => field)])],
    result: "ok",
    counts: { listed: views.length + counted, ...outside },
  });
  return {
    rows: views,
    names,
    ...(count !== undefined && { count: { value: Math.min(count, countCap), more: count > countCap } }),
    ...(query.sums && { sums }),
  };
}

interface SumRow {
  readonly unit: unknown;
  readonly high: unknown;
  readonly low: unknown;
}

/** Rows in the order of the ids; those that row-level security hides, or that are gone, are left out. */
export async function rowsById(
  q: Queryable,
  object: ObjectDefinition,
  ids: readonly string[],
  deleted: boolean,
): Promise<RecordRow[]> {
  if (ids.length === 0) return [];
  const rows = await q.query<RecordRow>(
    `${selectOf(object, "plain")} where id = any($1) and deleted_at is ${deleted ? "not null" : "null"}`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** One row of this person's view scope, with both seals. Throws Problem `not_found`. */
export async function loadRow(
  records: Records,
  access: Access,
  object: ObjectDefinition,
  id: string,
  deleted: "living" | "any" = "any",
): Promise<RecordRow> {
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const rest = deleted === "living" ? "where id = $1 and deleted_at is null" : "where id = $1";
  const [row] = await readRows(records.keyring, reads, object, "all", rest, [id]);
  if (!row || !access.covers(object.key, "view", { owner: row.owner_id, department: row.department_id }))
    throw new Problem("not_found");
  if (row.deleted_at !== null && !inScope(access.bin(object), { owner: row.owner_id, department: row.department_id }))
    throw new Problem("not_found");
  return row;
}

/** What opening a record counts. Throws Problem `allowance_used`: there is less for records that one does not serve. */
export function countOpening(
  call: PersonCall,
  object: ObjectDefinition,
  row: RecordRow,
): { opened: number; outside?: number } {
  if (object.placement === "company" || call.access.serves({ owner: row.owner_id, department: row.department_id }))
    return { opened: 1 };
  call.meter.demand("outside", 1);
  return { opened: 1, outside: 1 };
}

/**
 * What showing customers in a list counts beyond being listed: each that one does not serve as an opened one, when
 * confidential values other than its name stand there in clear. Throws Problem `allowance_used`.
 */
export function countShown(
  call: PersonCall,
  object: ObjectDefinition,
  rows: readonly RecordRow[],
  views: readonly RecordView[],
): { outside?: number } {
  if (!isServed(object)) return {};
  const confidential = object.fields.filter((field) => field.class === 2 && field.key !== object.nameField);
  let outside = 0;
  for (const [index, { values }] of views.entries()) {
    const row = rows[index];
    if (!row || call.access.serves({ owner: row.owner_id, department: row.department_id })) continue;
    if (confidential.some(({ key }) => Object.hasOwn(values, key))) outside += 1;
  }
  if (outside === 0) return {};
  call.meter.demand("outside", outside);
  return { outside };
}

export async function openRecord(
  records: Records,
  call: PersonCall,
  input: Input<"record.open">,
): Promise<Output<"record.open">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const fields = visibleFields(access, object);
  const row = await loadRow(records, access, object, input.id);
  const counts = countOpening(call, object, row);
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const [view] = await viewRows(records, reads, access, object, [row], fields);
  if (!view) throw new Problem("not_found");
  const { names, counted } = await namesOf(records, access, [view]);
  call.meter.demand("listed", counted);
  call.note({
    action: "record.open",
    object: object.key,
    objectIds: [view.id],
    result: "ok",
    counts: { ...counts, ...(counted > 0 && { listed: counted }) },
  });
  return { record: view, names };
}

/** A letter or digit that can be seen: blanks and invisible characters state no purpose. */
const legible = /[[\p{L}\p{N}]--\p{Default_Ignorable_Code_Point}]/v;

export async function revealValue(
  records: Records,
  call: PersonCall,
  input: Input<"record.reveal">,
): Promise<Output<"record.reveal">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const row = await loadRow(records, access, object, input.id, "living");
  const field = object.fields.find((one) => one.key === input.field);
  const place = { owner: row.owner_id, department: row.department_id };
  const level = field ? access.level(object, field, place) : "hidden";
  if (!field || level === "hidden") throw new Problem("not_found");
  if (level === "masked") throw new Problem(call.identity.confirmed ? "not_allowed" : "device_unconfirmed");
  if (field.class !== 3) throw new Problem("invalid", { fields: [{ field: input.field, reason: "wrong_type" }] });
  const purpose = input.purpose !== undefined && legible.test(input.purpose) ? input.purpose : undefined;
  if (purpose === undefined && (!access.serves(place) || call.meter.beyondUsual("revealed")))
    throw new Problem("purpose_needed", { fields: [{ field: "purpose", reason: "required" }] });
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const keys = (await records.keyring.subjects(reads, [row.subject_id])).get(row.subject_id);
  if (!keys) throw new Problem("not_found");
  call.note({
    action: "record.reveal",
    object: object.key,
    objectIds: [row.id],
    fields: [field.key],
    result: "ok",
    counts: { revealed: 1 },
    ...(purpose !== undefined && {
      purpose: "stated",
      detail: { subjectId: row.subject_id, value: { purpose } },
    }),
  });
  return { value: openClass(object, row, keys, 3)[field.key] ?? null };
}
