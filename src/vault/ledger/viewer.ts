/**
 * The queries of what auditors and record pages read from the ledger: newest first, by keyset. Rows are as they lie in
 * the table: the reader decides which of them to believe. An erased subject's detail is gone while the entry stays.
 */
import type { Queryable } from "../db/database.ts";
import { openValue } from "../keys/seal.ts";
import { isUuid } from "../db/uuid.ts";
import type { EntryBody } from "./entry.ts";
import { detailContext, type LedgerKeys } from "./outbox.ts";
import type { EntryRow } from "./verify-entries.ts";

export interface LedgerFilter {
  /** Id of the acting person. */
  person?: string;
  /** Key of an object, such as `account`. */
  object?: string;
  /** Id of one record: who has looked. */
  objectId?: string;
  action?: string;
  ip?: string;
  result?: "ok" | "refused";
  from?: Date;
  /** Exclusive. */
  to?: Date;
  /** Position of the last entry of the page before. */
  before?: number;
  limit: number;
}

export interface EntryDetail {
  /** `erased`: the subject's key was destroyed. */
  readonly state: "open" | "erased";
  readonly value?: unknown;
}

const MAX_PAGE = 500;
/** Of an entry about very many records so many index rows are looked at. */
const MAX_OBJECTS = 20;

const COLUMNS = `e.position, e.id, (case when isfinite(e.at) then trunc(extract(epoch from e.at) * 1000000) else 0 end)::bigint::text as at,
  e.action, e.object, e.person_id, e.device_id, e.ip, e.result, e.body`;

/** Entries newest first (by time, then position); at most 500. */
export async function listEntries(db: Queryable, filter: LedgerFilter): Promise<EntryRow[]> {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (condition: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add((p) => `e.person_id = ${p}::uuid`, filter.person);
  add((p) => `e.object = ${p}`, filter.object);
  add((p) => `e.action = ${p}`, filter.action);
  add((p) => `e.ip = ${p}`, filter.ip);
  add((p) => `e.result = ${p}`, filter.result);
  add((p) => `e.at >= ${p}`, filter.from);
  add((p) => `e.at < ${p}`, filter.to);
  add(
    (p) => `exists (select from vault.ledger_object o where o.object_id = ${p}::uuid and o.position = e.position)`,
    filter.objectId,
  );
  add(
    (p) => `(e.at, e.position) < (select b.at, b.position from vault.ledger_entry b where b.position = ${p}::bigint)`,
    filter.before,
  );
  const limit = Math.max(1, Math.min(MAX_PAGE, Math.floor(filter.limit)));
  return db.query<EntryRow>(
    `select ${COLUMNS} from vault.ledger_entry e ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
     order by e.at desc, e.position desc limit ${limit}`,
    values,
  );
}

/** Which entries of one record are wanted, and how many: at most 500. */
export interface ObjectPage {
  readonly actions: readonly string[];
  readonly limit: number;
  /** Position of the last entry of the page before. */
  readonly before?: number;
}

/** Entries of these actions that opened, revealed, wrote or exported one record, newest first by position. */
export async function listForObject(db: Queryable, objectId: string, page: ObjectPage): Promise<EntryRow[]> {
  return db.query<EntryRow>(
    `select ${COLUMNS} from vault.ledger_object o join vault.ledger_entry e on e.position = o.position
     where o.object_id = $1::uuid and o.position < $2::bigint and e.action = any ($4::text[])
     order by o.position desc limit $3::int`,
    [
      objectId,
      page.before ?? Number.MAX_SAFE_INTEGER,
      Math.max(1, Math.min(MAX_PAGE, Math.floor(page.limit))),
      page.actions,
    ],
  );
}

export function readEntries(
  db: Queryable,
  positions: readonly number[],
): Promise<Pick<EntryRow, "position" | "body">[]> {
  return db.query("select position, body from vault.ledger_entry where position = any ($1::bigint[])", [positions]);
}

/** Earlier reports that name one of these entries. */
export function readReports(db: Queryable, ids: readonly string[]): Promise<Pick<EntryRow, "position" | "body">[]> {
  return db.query(
    "select position, body from vault.ledger_entry where action = 'ledger.tampering' and body like any ($1::text[])",
    [ids.map((id) => `%"${id}"%`)],
  );
}

/** Ids of entries that "who has looked" does not find because a row of its index is gone. */
export async function findUnindexed(db: Queryable, bodies: ReadonlyMap<number, EntryBody>): Promise<string[]> {
  const pairs = [...bodies].flatMap(([position, { objects = [] }]) =>
    objects
      .filter(isUuid)
      .slice(0, MAX_OBJECTS)
      .map((id) => ({ position, id })),
  );
  if (pairs.length === 0) return [];
  const rows = await db.query<{ position: string }>(
    `select distinct w.position from unnest($1::uuid[], $2::bigint[]) as w (object_id, position)
     where not exists (select from vault.ledger_object o where o.object_id = w.object_id and o.position = w.position)`,
    [pairs.map(({ id }) => id), pairs.map(({ position }) => position)],
  );
  return rows.flatMap(({ position }) => bodies.get(Number(position))?.id ?? []);
}

/**
 * Opens the sealed details of entries whose bodies are believed, by position; one that has none is left out. The caller
 * has checked the right to see them and has written its own entry about that. Throws SealBroken when the bytes were changed.
 */
export async function openDetailsOf(
  db: Queryable,
  keys: LedgerKeys,
  bodies: ReadonlyMap<number, EntryBody>,
): Promise<Map<number, EntryDetail>> {
  const rows = await db.query<{ position: string; sealed: Buffer }>(
    "select position, sealed from vault.ledger_entry where position = any ($1::bigint[]) and sealed is not null",
    [[...bodies.keys()]],
  );
  const sealed = rows.flatMap(({ position, sealed: bytes }) => {
    const body = bodies.get(Number(position));
    return body?.sealed === undefined
      ? []
      : [{ position: Number(position), id: body.id, bytes, subjectId: body.sealed.subject }];
  });
  const subjects = await keys.subjects(db, [...new Set(sealed.map(({ subjectId }) => subjectId))]);
  return new Map(
    sealed.map(({ position, id, bytes, subjectId }): [number, EntryDetail] => {
      const subject = subjects.get(subjectId);
      if (subject === undefined) return [position, { state: "erased" }];
      return [position, { state: "open", value: openValue(subject.class2, detailContext(id), bytes) }];
    }),
  );
}
