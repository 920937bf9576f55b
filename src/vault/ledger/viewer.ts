/**
 * What auditors and record pages read from the ledger: newest first, by keyset. Who may ask is decided by the caller;
 * a detail is opened only here, and an erased subject's detail is gone while the entry stays.
 */
import type { Queryable } from "../db/database.ts";
import { openValue } from "../keys/seal.ts";
import { parseBody, viewOf, type LedgerView } from "./entry.ts";
import { detailContext, type LedgerKeys } from "./outbox.ts";

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

/** Entries newest first (by time, then position); at most 500. */
export async function listEntries(db: Queryable, filter: LedgerFilter): Promise<LedgerView[]> {
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
  const rows = await db.query<{ position: string; body: string }>(
    `select e.position, e.body from vault.ledger_entry e ${conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`}
     order by e.at desc, e.position desc limit ${limit}`,
    values,
  );
  return rows.map((row) => viewOf(Number(row.position), row.body));
}

/** Which entries of one record are wanted, and how many: at most 500. */
export interface ObjectPage {
  readonly actions: readonly string[];
  readonly limit: number;
  /** Position of the last entry of the page before. */
  readonly before?: number;
}

/** Entries of these actions that opened, revealed, wrote or exported one record, newest first by position. */
export async function listForObject(db: Queryable, objectId: string, page: ObjectPage): Promise<LedgerView[]> {
  const rows = await db.query<{ position: string; body: string }>(
    `select e.position, e.body from vault.ledger_object o join vault.ledger_entry e on e.position = o.position
     where o.object_id = $1::uuid and o.position < $2::bigint and e.action = any ($4::text[])
     order by o.position desc limit $3::int`,
    [
      objectId,
      page.before ?? Number.MAX_SAFE_INTEGER,
      Math.max(1, Math.min(MAX_PAGE, Math.floor(page.limit))),
      page.actions,
    ],
  );
  return rows.map((row) => viewOf(Number(row.position), row.body));
}

/**
 * Opens the sealed details of entries, by position; one that has none is left out. The caller has checked the right to
 * see them and has written its own entry about that. Throws SealBroken when the bytes were changed.
 */
export async function openEntryDetails(
  db: Queryable,
  keys: LedgerKeys,
  positions: readonly number[],
): Promise<Map<number, EntryDetail>> {
  const rows = await db.query<{ position: number; body: string; sealed: Buffer }>(
    "select position, body, sealed from vault.ledger_entry where position = any ($1::bigint[]) and sealed is not null",
    [positions],
  );
  const sealed = rows.flatMap(({ position, body, sealed: bytes }) => {
    const { id, sealed: named } = parseBody(body);
    return named === undefined ? [] : [{ position: Number(position), id, bytes, subjectId: named.subject }];
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
