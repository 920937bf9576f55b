// The vault's own keys in memory: every purpose with its versions, newest first in use. A version leaves memory only
// some time after it left the database, so that a reader who fetched a row just before can still unwrap it.
import { randomBytes } from "node:crypto";
import type { Queryable } from "../db/database.ts";
import { KeysUnusable, WrapBroken } from "./broken.ts";
import type { KeyMaterial } from "./key-material.ts";
import type { KeyStore, StoreKey } from "./key-store.ts";
import { unwrapKey, wrapKey } from "./kwp.ts";
import { keyLength } from "./primitives.ts";

export const keyPurposes = ["class2", "class3", "tag", "lookup", "purpose", "sign"] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

export interface VersionedKey {
  readonly purpose: KeyPurpose;
  readonly version: number;
  readonly createdAt: Date;
  readonly key: Buffer;
}

interface KeyRow {
  readonly purpose: KeyPurpose;
  readonly version: number;
  readonly store_key_id: string;
  readonly wrapped: Buffer;
  readonly created_at: Date;
}

/** The keys as last read from the database. */
export class KeySet {
  // Raw keys by version; `material` hands out these very maps, so that it never goes stale.
  readonly #raw = new Map<KeyPurpose, Map<number, Buffer>>(keyPurposes.map((purpose) => [purpose, new Map()]));
  readonly #newest = new Map<KeyPurpose, VersionedKey>();
  readonly #retiring = new Set<NodeJS.Timeout>();
  readonly #retired = new Set<string>();
  #storeKeySince = new Date(0);

  /** When the store key in use was made. */
  get storeKeySince(): Date {
    return this.#storeKeySince;
  }

  /** The version that new rows are wrapped under. Throws KeysUnusable before anything was read. */
  current(purpose: KeyPurpose): VersionedKey {
    const newest = this.#newest.get(purpose);
    if (newest === undefined) throw new KeysUnusable(`there is no key ${purpose}`);
    return newest;
  }

  /** Whether an older version is still in the database: a rotation was cut off, or is under way. */
  unfinished(purpose: KeyPurpose): boolean {
    const newest = this.current(purpose).version;
    return Array.from(this.#versions(purpose).keys()).some(
      (version) => version !== newest && !this.#retired.has(`${purpose}/${version}`),
    );
  }

  /** Makes a key known for unwrapping; known ones stay as they are. */
  add(key: VersionedKey): void {
    const versions = this.#versions(key.purpose);
    if (!versions.has(key.version)) versions.set(key.version, key.key);
  }

  /** Makes a key the one that new rows are wrapped under, unless a newer one is. */
  use(key: VersionedKey): void {
    this.add(key);
    const newest = this.#newest.get(key.purpose);
    if (newest === undefined || key.version > newest.version) this.#newest.set(key.purpose, key);
  }

  /** Takes over what was read from the database. */
  useAll(read: StoredKeys): void {
    for (const key of read.keys) this.use(key);
    this.#storeKeySince = read.storeKey.createdAt;
  }

  /** Overwrites a version and lets it go `graceMs` from now. The newest one is refused. */
  retire(purpose: KeyPurpose, version: number, graceMs: number): void {
    if (version === this.current(purpose).version) throw new Error("the newest key cannot be retired");
    this.#retired.add(`${purpose}/${version}`);
    const timer = setTimeout(() => {
      this.#retiring.delete(timer);
      const versions = this.#versions(purpose);
      versions.get(version)?.fill(0);
      versions.delete(version);
    }, graceMs);
    timer.unref();
    this.#retiring.add(timer);
  }

  /** What workers need, following every later change of this set. Throws KeysUnusable before anything was read. */
  material(): KeyMaterial {
    return {
      class2: this.#versions("class2"),
      class3: this.#versions("class3"),
      tag: this.current("tag").key,
      lookup: this.current("lookup").key,
    };
  }

  /** Overwrites everything. */
  close(): void {
    for (const timer of this.#retiring) clearTimeout(timer);
    this.#newest.clear();
    for (const versions of this.#raw.values()) {
      for (const key of versions.values()) key.fill(0);
      versions.clear();
    }
  }

  #versions(purpose: KeyPurpose): Map<number, Buffer> {
    const versions = this.#raw.get(purpose);
    if (versions === undefined) throw new RangeError(`no such purpose: ${purpose}`);
    return versions;
  }
}

/** All keys, and the store key they are wrapped under (to be overwritten after use). */
export interface StoredKeys {
  readonly keys: readonly VersionedKey[];
  readonly storeKey: StoreKey;
}

/**
 * Reads and unwraps all keys; undefined when there is none yet. With `lock`, nobody else changes them until the
 * transaction ends. Throws KeysUnusable when the store's file does not fit, or a purpose is missing: a key that was
 * deleted is never made anew, because everything under it would be lost without a word.
 */
export async function readKeys(
  q: Queryable,
  store: KeyStore,
  lock: "lock" | "no lock",
): Promise<StoredKeys | undefined> {
  // Held until the transaction ends. Key store files are made and destroyed only while it is held.
  if (lock === "lock") await q.query("select pg_advisory_xact_lock(hashtext('strongroom keys'))");
  const rows = await q.query<KeyRow>(
    "select purpose, version, store_key_id, wrapped, created_at from keys.key_encryption_key order by purpose, version",
  );
  const storeKeyId = rows[0]?.store_key_id;
  if (storeKeyId === undefined) return undefined;
  if (rows.some((row) => row.store_key_id !== storeKeyId)) {
    throw new KeysUnusable("the key tables name more than one store key: they were mixed from several copies");
  }
  const missing = keyPurposes.filter((purpose) => !rows.some((row) => row.purpose === purpose));
  if (missing.length > 0) throw new KeysUnusable(`the key tables are not whole: ${missing.join(", ")} missing`);
  const storeKey = store.load(storeKeyId);
  const keys = rows.map((row) => ({
    purpose: row.purpose,
    version: row.version,
    createdAt: new Date(row.created_at),
    key: unwrapRow(storeKey, row),
  }));
  return { keys, storeKey };
}

/** Keys of an installation that has none yet. A store key left by a start that was killed is used, never destroyed. */
export async function makeFirstKeys(q: Queryable, store: KeyStore): Promise<StoredKeys> {
  const subjects = await q.query("select from keys.subject_key limit 1");
  if (subjects.length > 0)
    throw new KeysUnusable("the key tables are not whole: there are subjects, but no class keys");
  const [existing, ...more] = store.ids();
  if (more.length > 0) throw new KeysUnusable("the key store belongs to another database: this one has no keys yet");
  const storeKey = existing === undefined ? store.create() : store.load(existing);
  const keys = [];
  for (const purpose of keyPurposes) keys.push(await insertKey(q, storeKey, purpose, 1));
  return { keys, storeKey };
}

/** A new random key, wrapped and inserted. */
export async function insertKey(
  q: Queryable,
  storeKey: StoreKey,
  purpose: KeyPurpose,
  version: number,
): Promise<VersionedKey> {
  const key = { purpose, version, createdAt: new Date(), key: randomBytes(keyLength) };
  await q.query(
    "insert into keys.key_encryption_key (purpose, version, store_key_id, wrapped, created_at) values ($1, $2, $3, $4, $5)",
    [purpose, version, storeKey.id, wrapRow(storeKey, key), key.createdAt],
  );
  return key;
}

/** Wraps every key under another store key, in the caller's transaction. */
export async function rewrapKeys(q: Queryable, storeKey: StoreKey, keys: readonly VersionedKey[]): Promise<void> {
  for (const key of keys) {
    await q.query(
      "update keys.key_encryption_key set store_key_id = $1, wrapped = $2 where purpose = $3 and version = $4",
      [storeKey.id, wrapRow(storeKey, key), key.purpose, key.version],
    );
  }
}

function wrapRow(storeKey: StoreKey, key: VersionedKey): Buffer {
  return wrapKey(storeKey.key, key.key, label(key.purpose, key.version, key.createdAt));
}

function unwrapRow(storeKey: StoreKey, row: KeyRow): Buffer {
  try {
    return unwrapKey(storeKey.key, row.wrapped, label(row.purpose, row.version, new Date(row.created_at)));
  } catch (error) {
    if (!(error instanceof WrapBroken)) throw error;
    throw new KeysUnusable(`the key ${row.purpose} version ${row.version} was changed in the database`, {
      cause: error,
    });
  }
}

/** Purpose, version and age are bound to the key: a row moved, renumbered or made to look young does not unwrap. */
function label(purpose: KeyPurpose, version: number, createdAt: Date): Buffer {
  return Buffer.from(`key/${purpose}/${version}/${createdAt.toISOString()}`);
}
