// Making and changing records: every way of writing (form, commit, import, set-up) ends here or in bulk.ts. One write
// checks rights per field, seals only what changed, renews the row's tag and lays its ledger entry in the same
// transaction; the search projection follows after the commit.
import { type ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { type Access, inScope } from "../access/access.ts";
import { demandMove, isMove, takeTurn } from "../access/authority.ts";
import type { NotedEntry } from "../call.ts";
import { type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { checkReferences, checkValues } from "./check-values.ts";
import { complete, lockTargets } from "./complete.ts";
import type { Records } from "./deps.ts";
import { toldBy } from "./exact-match.ts";
import { moveFollowers } from "./followers.ts";
import { changeDetail } from "./history-detail.ts";
import { lockRow, writeScope } from "./lock-row.ts";
import { anyVersion, placeOf, refuseConflict, refuseTwin } from "./placement.ts";
import { projectChange } from "./projecting.ts";
import { readRows } from "./read-rows.ts";
import { type Values } from "./row.ts";
import type { Told } from "./telling.ts";
import { type Place, insertRows, newRow, updateRow } from "./write-rows.ts";

/** Who writes: a person with his rights, or the vault itself (set-up), which has no limits but the definition. */
export interface Writer {
  readonly access: Access | undefined;
  readonly by: string | null;
  readonly now: Date;
  /** Ledger entries of this transaction. */
  note(entry: NotedEntry): void;
  /** Told of fields whose values the answer may tell of; counts them where a person asked. */
  tells?(object: string, fields: readonly string[]): void;
  /** Restricted values are written whether they differ or not, so that nothing tells which of the two. */
  readonly untold?: boolean;
}

export interface Written {
  readonly object: string;
  readonly id: string;
  readonly version: number;
}

/** Creates one record. `id` given by the caller makes a repeated request harmless: the same id by the same person answers as the first time. */
export async function createRecord(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  given: Readonly<Record<string, unknown>>,
  givenId?: string,
): Promise<Written> {
  const { access } = writer;
  access?.demand(object.key, "create");
  const repeated = givenId === undefined ? undefined : await earlier(records, tx, writer, object, givenId);
  if (repeated) return repeated;
  const id = givenId ?? uuidv7(writer.now.getTime());
  const { values, owner, department } = checkValues(given, {
    schema: records.schema,
    object,
    level: (field) => (access ? access.createLevel(object, field) : "write"),
    whole: true,
    computed: access === undefined,
  });
  writer.tells?.(object.key, toldBy(object, values, {}));
  await checkReferences(tx, records, object, id, values, access);
  refuseTwin(records, access, object, id, values);
  const { whole, told } = await complete(records, tx, writer, object, [{ id, before: undefined, changes: values }]);
  const [made] = whole;
  if (!made) throw new Error("a record was not completed");
  const place = made.place ?? placeOf(records, object, id, { owner: owner ?? writer.by, department });
  if (access && !inScope(access.scope(object.key, "create"), place)) throw new Problem("not_allowed");
  await tx.rescope(writeScope(writer, object, "create"));
  const seal = made.seal ?? { id, keys: await records.keyring.createSubject(tx, id) };
  const row = newRow(records, writer, object, id, place, made.changes, seal);
  await insertRows(records, tx, object, [row]);
  writer.note({
    action: "record.create",
    object: object.key,
    objectIds: [id],
    fields: Object.keys(made.changes),
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id, version: 1, tag: row.tag }],
    detail: { subjectId: seal.id, value: changeDetail(object, id, 1, seal.keys, {}, row.values) },
  });
  projectChange(records, tx, object, row, row.values);
  await afterWrite(records, tx, writer, object, [row], told);
  return { object: object.key, id, version: 1 };
}

/** Changes named fields. A field that someone else changed since `version` is a conflict, unless both set the same. */
export async function updateRecord(
  records: Records,
  tx: Tx,
  asked: Writer,
  object: ObjectDefinition,
  id: string,
  version: number,
  given: Readonly<Record<string, unknown>>,
): Promise<Written> {
  // Before the row is locked: whoever has his turn may need the row.
  const turn = asked.access && isMove(object.key, given) ? await takeTurn(records, tx, asked.access) : undefined;
  const writer = turn ? { ...asked, access: turn } : asked;
  await lockTargets(records, tx, object, id, given);
  const { row, values: before, keys } = await lockRow(records, tx, writer, object, id, "edit");
  const { access } = writer;
  const place: Place = { owner: row.owner_id, department: row.department_id };
  const checked = checkValues(given, {
    schema: records.schema,
    object,
    level: (field) => (access ? access.level(object, field, place) : "write"),
    whole: false,
    computed: access === undefined,
  });
  writer.tells?.(object.key, toldBy(object, checked.values, before));
  const changes: Values = {};
  const restricted = new Set(object.fields.flatMap((field) => (field.class === 3 ? [field.key] : [])));
  for (const [key, value] of Object.entries(checked.values)) {
    const untold = writer.untold === true && value !== null && restricted.has(key);
    if (untold || (before[key] ?? null) !== value) changes[key] = value;
  }
  const moved = placeOf(
    records,
    object,
    id,
    {
      owner: checked.owner ?? row.owner_id,
      department: checked.department === undefined ? row.department_id : checked.department,
    },
    place,
  );
  const placed = movedTo(place, moved);
  const changedPlace = Object.keys(placed).length > 0;
  // The department of a customer follows its owner; that of a person is a change of its own.
  const named = Object.keys({ ...changes, ...placed }).filter((key) => key !== "department" || !("owner" in placed));
  if (access && named.length > 0) {
    demandMove(records, access, object.key, id, { ...changes, ...placed });
    // Handing a record to somebody else is making it his: the new place must lie within one's own reach as well.
    if (changedPlace && !inScope(access.scope(object.key, "edit"), moved)) throw new Problem("not_allowed");
  }
  refuseFixed(object, before, changes);
  const was: Values = { ...before, owner: place.owner, department: place.department };
  // A restricted value clashes whether it is the same or not: otherwise guessing it would be free. Who wrote last knows it.
  const guessable = Object.keys(checked.values).filter((key) => row.updated_by !== writer.by && restricted.has(key));
  const judged = [...new Set([...named, ...guessable])];
  refuseConflict(row, version, judged);
  if (named.length === 0 && !changedPlace) return { object: object.key, id, version: row.version };
  await checkReferences(tx, records, object, id, changes, access);
  if ("name" in changes || "parent" in changes) refuseTwin(records, access, object, id, { ...before, ...changes });
  const { whole, told } = await complete(records, tx, writer, object, [
    { id, before: { row, values: before }, changes },
  ]);
  const [made] = whole;
  if (!made) throw new Error("a record was not completed");
  const final = made.place ?? moved;
  if (access && made.place && !inScope(access.scope(object.key, "edit"), final)) throw new Problem("not_allowed");
  const all: Values = { ...made.changes, ...movedTo(place, final) };
  const fields = [...new Set([...named, ...Object.keys(made.changes)])];
  await tx.rescope(writeScope(writer, object, "edit"));
  const seal = made.seal ?? { id: row.subject_id, keys };
  const next = await updateRow(records, tx, writer, object, row, final, before, made.changes, seal, fields);
  writer.note({
    action: final.owner !== place.owner ? "record.transfer" : "record.update",
    object: object.key,
    objectIds: [id],
    fields,
    result: "ok",
    counts: { written: 1 },
    rows: [{ table: object.key, id, version: next.version, tag: next.tag, oldVersion: row.version, oldTag: row.tag }],
    detail: {
      subjectId: seal.id,
      value: changeDetail(object, id, next.version, seal.keys, was, all),
    },
  });
  projectChange(records, tx, object, next, { ...before, ...made.changes });
  if (next.owner_id !== row.owner_id || next.department_id !== row.department_id || made.seal)
    await moveFollowers(records, tx, writer, object, [next]);
  await afterWrite(records, tx, writer, object, [{ id, values: made.changes }], told);
  return { object: object.key, id, version: next.version };
}

/**
 * What a write makes the vault write to other records: what is told to those it is about, and a mark that only one may
 * bear. Nobody's rights on those are asked, as nobody chooses these values.
 */
export async function afterWrite(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  rows: readonly { readonly id: string; readonly values: Values }[],
  told: readonly Told[],
): Promise<void> {
  const marked = await markedBefore(records, tx, object, rows);
  const all = [...told, ...marked];
  if (all.length === 0) return;
  const { by, now } = writer;
  // The person wrote one record; these count for nobody.
  const note = (entry: NotedEntry): void => writer.note({ ...entry, counts: {} });
  for (const one of all)
    await updateRecord(records, tx, { access: undefined, by, now, note }, one.object, one.id, anyVersion, one.values);
}

/** Other records that bear the mark of which only one may be. Leaves the transaction in the system's scope. */
async function markedBefore(
  { keyring }: Records,
  tx: Tx,
  object: ObjectDefinition,
  rows: readonly { readonly id: string; readonly values: Values }[],
): Promise<Told[]> {
  const found: Told[] = [];
  for (const { key, sole, storage } of object.fields) {
    const last = sole === true ? rows.findLast(({ values }) => values[key] === true) : undefined;
    if (!last || storage.in !== "column") continue;
    await tx.rescope(systemScope("records"));
    const rest = `where ${storage.column} and id <> $1 and deleted_at is null order by id`;
    for (const { id } of await readRows(keyring, tx, object, "place", rest, [last.id]))
      found.push({ object, id, values: { [key]: false } });
  }
  return found;
}

function movedTo(from: Place, to: Place): Values {
  return {
    ...(to.owner !== from.owner && { owner: to.owner }),
    ...(to.department !== from.department && { department: to.department }),
  };
}

/** Throws Problem `invalid` for a change of what is set once and for all. */
function refuseFixed(object: ObjectDefinition, before: Values, changes: Values): void {
  const fixed = object.fields.filter((field) => field.fixed === true && field.key in changes);
  const changed = fixed.filter(({ key }) => (before[key] ?? null) !== null);
  if (changed.length > 0)
    throw new Problem("invalid", { fields: changed.map(({ key }) => ({ field: key, reason: "fixed" })) });
}

async function earlier(
  records: Records,
  tx: Tx,
  writer: Writer,
  object: ObjectDefinition,
  id: string,
): Promise<Written | undefined> {
  await tx.rescope(systemScope("records"));
  // The same request sent twice at once takes turns here.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`create:${id}`]);
  const [row] = await readRows(records.keyring, tx, object, "place", "where id = $1", [id]);
  if (!row) return undefined;
  if (row.created_by !== writer.by || row.created_by === null) throw new Problem("duplicate");
  // The answer of the first time: the version it has by now may be another person's business.
  return { object: object.key, id, version: 1 };
}
