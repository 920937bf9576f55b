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
  readonly state: "open" | "none" | "erased";
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

/** Entries that opened, revealed, wrote or exported one record, newest first by position. */
export async function listForObject(
  db: Queryable,
  objectId: string,
  limit: number,
  before?: number,
): Promise<LedgerView[]> {
  const rows = await db.query<{ position: string; body: string }>(
    `select e.position, e.body from vault.ledger_object o join vault.ledger_entry e on e.position = o.position
     where o.object_id = $1::uuid and o.position < $2::bigint order by o.position desc limit $3::int`,
    [objectId, before ?? Number.MAX_SAFE_INTEGER, Math.max(1, Math.min(MAX_PAGE, Math.floor(limit)))],
  );
  return rows.map((row) => viewOf(Number(row.position), row.body));
}

/** Opens the sealed detail of one entry. The caller has checked the right to see it and has written its own entry about that. Throws SealBroken when the bytes were changed. */
export async function openEntryDetail(db: Queryable, keys: LedgerKeys, position: number): Promise<EntryDetail> {
  const [row] = await db.query<{ body: string; sealed: Buffer | null }>(
    "select body, sealed from vault.ledger_entry where position = $1::bigint",
    [position],
  );
  if (row === undefined || row.sealed === null) return { state: "none" };
  const body = parseBody(row.body);
  if (body.sealed === undefined) return { state: "none" };
  const subject = (await keys.subjects(db, [body.sealed.subject])).get(body.sealed.subject);
  if (subject === undefined) return { state: "erased" };
  return { state: "open", value: openValue(subject.class2, detailContext(body.id), row.sealed) };
}
