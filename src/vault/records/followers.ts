// Rows that follow another record: when it changes hands, or comes under another subject's key, so do they, in the same
// transaction and with their tags. Whoever moves the record needs no right on them, as they have no place of their own.
import { type ObjectDefinition, linkFields } from "../../contract/field.ts";
import { systemScope, type Tx } from "../db/database.ts";
import type { RowChange } from "../ledger/entry.ts";
import type { Records } from "./deps.ts";
import { projectRows, upsertRow } from "./projecting.ts";
import { readRows } from "./read-rows.ts";
import { type RecordRow, type Values, columnValues, openClass, sealNumber, tableOf, tagFields } from "./row.ts";
import type { Writer } from "./write.ts";
import { sealAll } from "./write-rows.ts";

type Moved = Pick<RecordRow, "id" | "owner_id" | "department_id" | "subject_id">;

const pageRows = 500;

/** Moves what follows these records, and what follows that. Throws TagBroken, SealBroken. Leaves the transaction in the system's scope. */
export async function moveFollowers(
  records: Records,
  tx: Tx,
  writer: Pick<Writer, "note">,
  object: ObjectDefinition,
  moved: readonly Moved[],
): Promise<void> {
  await tx.rescope(systemScope("records"));
  for (const other of records.schema.objects) {
    const first = [...firstOf(other, other.follows, object.key), ...firstOf(other, other.about, object.key)];
    if (first.length === 0) continue;
    const rest = `where (${first.join(" or ")}) and id > $2 order by id limit ${pageRows} for no key update`;
    let last = "00000000-0000-0000-0000-000000000000";
    for (let full = true; full;) {
      const ids = moved.map(({ id }) => id);
      const rows = await readRows(records.keyring, tx, other, "all", rest, [ids, last]);
      full = rows.length === pageRows;
      last = rows.at(-1)?.id ?? last;
      const next = await moveRows(
        records,
        tx,
        writer,
        other,
        object.key,
        new Map(moved.map((one) => [one.id, one])),
        rows,
      );
      if (next.length > 0) await moveFollowers(records, tx, writer, other, next);
    }
  }
}

/** Conditions that the first given of these fields refers to one of the records $1. */
function firstOf(object: ObjectDefinition, keys: readonly string[] = [], target: string): string[] {
  const columnOf = new Map(
    linkFields(object).flatMap(({ key, storage }) => (storage.in === "column" ? [[key, storage.column]] : [])),
  );
  const fields = linkFields(object).filter((field) => field.target === target && keys.includes(field.key));
  return fields.map(({ key }) => {
    const before = keys.slice(0, keys.indexOf(key)).map((one) => `${columnOf.get(one)} is null`);
    return `(${[`${columnOf.get(key)} = any($1)`, ...before].join(" and ")})`;
  });
}

/** The rows that are elsewhere now. */
async function moveRows(
  records: Records,
  tx: Tx,
  writer: Pick<Writer, "note">,
  object: ObjectDefinition,
  target: string,
  moved: ReadonlyMap<string, Moved>,
  rows: readonly RecordRow[],
): Promise<RecordRow[]> {
  const { keyring } = records;
  /** The record that the first given of these fields names, when it is one of those moved. */
  const first = (keys: readonly string[] | undefined, values: Values): Moved | undefined => {
    const key = keys?.find((one) => (values[one] ?? null) !== null);
    const field = linkFields(object).find((one) => one.key === key);
    return key !== undefined && field?.target === target ? moved.get(String(values[key])) : undefined;
  };
  const keys = await keyring.subjects(tx, [
    ...rows.map((row) => row.subject_id),
    ...[...moved.values()].map((one) => one.subject_id),
  ]);
  const changed: { before: RecordRow; row: RecordRow; values: Values }[] = [];
  for (const before of rows) {
    const plain = columnValues(object.fields, before);
    const place = first(object.follows, plain);
    const subject = first(object.about, plain)?.subject_id ?? before.subject_id;
    const [old, own] = [keys.get(before.subject_id), keys.get(subject)];
    const sealed = old ? { ...openClass(object, before, old, 2), ...openClass(object, before, old, 3) } : {};
    const values = { ...plain, ...sealed };
    const version = before.version + 1;
    const base: RecordRow = {
      ...before,
      version,
      ...(place && { owner_id: place.owner_id, department_id: place.department_id }),
      // What was erased stays so: it has nothing left to be sealed anew.
      ...(old && own && subject !== before.subject_id && resealed(object, before, subject, own, values)),
    };
    const same = (["owner_id", "department_id", "subject_id"] as const).every((key) => base[key] === before[key]);
    if (!same) changed.push({ before, values, row: { ...base, tag: keyring.tag(object.key, tagFields(base)) } });
  }
  if (changed.length === 0) return [];
  await tx.query(
    `update ${tableOf(object)} r set version = n.version, owner_id = n.owner_id, department_id = n.department_id,
       subject_id = n.subject_id, seal2 = n.seal2, seal3 = n.seal3, sealed2 = n.sealed2, sealed3 = n.sealed3, tag = n.tag
     from unnest($1::uuid[], $2::integer[], $3::uuid[], $4::uuid[], $5::uuid[], $6::integer[], $7::integer[], $8::bytea[], $9::bytea[], $10::bytea[])
       as n (id, version, owner_id, department_id, subject_id, seal2, seal3, sealed2, sealed3, tag) where r.id = n.id`,
    (
      [
        "id",
        "version",
        "owner_id",
        "department_id",
        "subject_id",
        "seal2",
        "seal3",
        "sealed2",
        "sealed3",
        "tag",
      ] as const
    ).map((column) => changed.map(({ row }) => row[column] ?? null)),
  );
  writer.note({
    action: "record.follow",
    object: object.key,
    objectIds: changed.map(({ row }) => row.id),
    result: "ok",
    rows: changed.map(({ before, row }): RowChange => ({
      table: object.key,
      id: row.id,
      version: row.version,
      tag: row.tag,
      oldVersion: before.version,
      oldTag: before.tag,
    })),
  });
  projectRows(
    records,
    tx,
    object,
    changed.map(({ row, values }) => upsertRow(row, values)),
  );
  return changed.map(({ row }) => row);
}

function resealed(
  object: ObjectDefinition,
  row: RecordRow,
  subject: string,
  keys: Parameters<typeof sealAll>[2],
  values: Values,
): Partial<RecordRow> {
  const next = (seal: number): number | undefined => (seal > 0 ? seal + 1 : undefined);
  const sealed = sealAll(object, row.id, keys, values, next(row.seal2), next(row.seal3));
  return {
    subject_id: subject,
    ...(row.seal2 > 0 && { seal2: sealNumber(row.seal2, sealed.two), sealed2: sealed.two }),
    ...(row.seal3 > 0 && { seal3: sealNumber(row.seal3, sealed.three), sealed3: sealed.three }),
  };
}
