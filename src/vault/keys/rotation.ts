// Replacing keys while the vault works. Every step may be the last one before a kill: what was begun is found in the
// tables by the next run and finished, and no key is destroyed before nothing is wrapped under it.
import { setImmediate as breathe, setTimeout as wait } from "node:timers/promises";
import { type Database, systemScope } from "../db/database.ts";
import { KeysUnusable } from "./broken.ts";
import {
  type KeyMaterial,
  type SubjectKeyRow,
  subjectKeyColumns,
  unwrapSubjectClass,
  wrapSubjectClass,
} from "./key-material.ts";
import { insertKey, type KeyPurpose, type KeySet, readKeys, rewrapKeys, type VersionedKey } from "./key-set.ts";
import type { KeyStore } from "./key-store.ts";

export interface RotationParts {
  readonly db: Database;
  readonly store: KeyStore;
  readonly keys: KeySet;
  /** Milliseconds that a retired version stays in memory for readers which fetched a row before. */
  readonly graceMs: number;
}

/** Called at the beginning and after each batch with the rows re-wrapped so far and the rows there were to do. */
export type RotationProgress = (done: number, total: number) => void;

/** The steps of replacing the store key, in order; a test kills the process at each. */
export type StoreKeyStep = "locked" | "written" | "rewrapped" | "destroyed";

const scope = systemScope("keys");
const batchSize = 1000;
// Rows between two turns of the event loop: about 2 ms of wrapping.
const rowsPerTurn = 100;

/**
 * Gives a class a new key version, wraps every subject key under it in batches of 1000 and destroys the old versions.
 * Readers and writers go on meanwhile. A rotation that was cut off is finished instead of beginning another.
 */
export async function rotateClass(parts: RotationParts, level: 2 | 3, progress?: RotationProgress): Promise<void> {
  const purpose = level === 2 ? "class2" : "class3";
  const newest = await begin(parts, purpose);
  const total = await countOlder(parts, purpose, newest.version);
  let done = 0;
  progress?.(done, total);
  while (!(await retireOlder(parts, purpose, newest.version))) {
    const before = done;
    let after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
      const batch = await rewrapBatch(parts, level, newest.version, after);
      done += batch.rows;
      if (batch.rows > 0) progress?.(done, Math.max(done, total));
      if (batch.last === undefined) break;
      after = batch.last;
    }
    // Only rows locked by others are left: their transactions end soon.
    if (done === before) await wait(20);
  }
}

/** Inserts the new version, or finds the one of a rotation that was cut off. */
async function begin(parts: RotationParts, purpose: KeyPurpose): Promise<VersionedKey> {
  const newest = await parts.db.tx(scope, async (tx) => {
    const read = await readKeys(tx, parts.store, "lock");
    if (read === undefined) throw new KeysUnusable("the key tables are empty");
    try {
      // Rows wrapped under the new version must never outlive it, whatever befalls the server.
      await tx.query("set local synchronous_commit to on");
      const versions = read.keys.filter((key) => key.purpose === purpose);
      // readKeys refuses tables in which a purpose is missing, and orders by version.
      const last = versions.at(-1)!;
      for (const key of versions) parts.keys.add(key);
      return versions.length > 1 ? last : await insertKey(tx, read.storeKey, purpose, last.version + 1);
    } finally {
      read.storeKey.key.fill(0);
    }
  });
  parts.keys.use(newest);
  return newest;
}

async function countOlder(parts: RotationParts, purpose: KeyPurpose, version: number): Promise<number> {
  const rows = await parts.db.tx(scope, (tx) =>
    tx.query<{ count: number }>(
      `select count(*)::integer as count from keys.subject_key where ${purpose}_version < $1`,
      [version],
    ),
  );
  return rows[0]?.count ?? 0;
}

/** Re-wraps the next rows behind `after`; skips rows that somebody is erasing. `last` is undefined at the end. */
async function rewrapBatch(
  parts: RotationParts,
  level: 2 | 3,
  version: number,
  after: string,
): Promise<{ rows: number; last: string | undefined }> {
  const column = `class${level}`;
  const material = parts.keys.material();
  return parts.db.tx(scope, async (tx) => {
    const rows = await tx.query<SubjectKeyRow>(
      `select ${subjectKeyColumns} from keys.subject_key where subject_id > $1 and ${column}_version < $2
       order by subject_id limit ${batchSize} for no key update skip locked`,
      [after, version],
    );
    const wrapped = await rewrapRows(material, rows, level, version);
    await tx.query(
      `update keys.subject_key s set ${column}_wrapped = n.wrapped, ${column}_version = $3
       from unnest($1::uuid[], $2::bytea[]) n (id, wrapped) where s.subject_id = n.id`,
      [rows.map((row) => row.subject_id), wrapped, version],
    );
    return { rows: rows.length, last: rows.length < batchSize ? undefined : rows.at(-1)?.subject_id };
  });
}

async function rewrapRows(
  material: KeyMaterial,
  rows: readonly SubjectKeyRow[],
  level: 2 | 3,
  version: number,
): Promise<Buffer[]> {
  const wrapped: Buffer[] = [];
  for (const row of rows) {
    const key = unwrapSubjectClass(material, row, level);
    wrapped.push(wrapSubjectClass(material, row.subject_id, level, version, key));
    key.fill(0);
    if (wrapped.length % rowsPerTurn === 0) await breathe();
  }
  return wrapped;
}

/** Deletes the older versions when no row needs them; false when some row still does. */
async function retireOlder(parts: RotationParts, purpose: KeyPurpose, newest: number): Promise<boolean> {
  const retired = await parts.db.tx(scope, async (tx) => {
    // Waits for every transaction that inserted a row under an older version: it holds that version's row (key share).
    const older = await tx.query<{ version: number }>(
      "select version from keys.key_encryption_key where purpose = $1 and version < $2 for update",
      [purpose, newest],
    );
    // A statement of its own: it sees the rows of the transactions waited for.
    const needed = await tx.query(`select from keys.subject_key where ${purpose}_version < $1 limit 1`, [newest]);
    if (needed.length > 0) return undefined;
    await tx.query("delete from keys.key_encryption_key where purpose = $1 and version < $2", [purpose, newest]);
    return older.map(({ version }) => version);
  });
  if (retired === undefined) return false;
  for (const version of retired) parts.keys.retire(purpose, version, parts.graceMs);
  return true;
}

/**
 * Replaces the store key: new file, all keys re-wrapped in one transaction that also names the new file, old file
 * destroyed. Killed anywhere, the tables name a file that exists, and Keyring.open destroys the other one.
 */
export async function rotateStoreKey(
  parts: RotationParts,
  step?: (step: StoreKeyStep) => void | Promise<void>,
): Promise<void> {
  await parts.db.tx(scope, async (tx) => {
    const read = await readKeys(tx, parts.store, "lock");
    if (read === undefined) throw new KeysUnusable("the key tables are empty");
    read.storeKey.key.fill(0);
    await step?.("locked");
    // The old file goes once this is committed, so the commit must survive a fall of the server.
    await tx.query("set local synchronous_commit to on");
    const fresh = parts.store.create();
    await step?.("written");
    await rewrapKeys(tx, fresh, read.keys);
    fresh.key.fill(0);
  });
  await step?.("rewrapped");
  await settleStore(parts);
  await step?.("destroyed");
}

/** Destroys the store's files that the tables do not name. They are read again first: only they know what is in use. */
export async function settleStore(parts: Pick<RotationParts, "db" | "store" | "keys">): Promise<void> {
  await parts.db.tx(scope, async (tx) => {
    const read = await readKeys(tx, parts.store, "lock");
    if (read === undefined) throw new KeysUnusable("the key tables are empty");
    read.storeKey.key.fill(0);
    parts.store.destroyOthers(read.storeKey.id);
    parts.keys.useAll(read);
  });
}
