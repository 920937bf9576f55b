// The vault's keys: it makes, finds, erases and rotates the data keys of subjects, tags rows, and gives every other room
// the one key it may have. Nothing is sealed by a key that is not in the database, and nothing opens after its erasure.
import { randomBytes } from "node:crypto";
import { setImmediate as breathe } from "node:timers/promises";
import { inspect } from "node:util";
import { type Database, type Queryable, systemScope, type Tx } from "../db/database.ts";
import { KeysUnusable, KeyVersionUnknown, TagBroken } from "./broken.ts";
import {
  checkSubjectId,
  type KeyMaterial,
  type SubjectKeyRow,
  type SubjectKeys,
  unwrapSubject,
} from "./key-material.ts";
import { KeySet, makeFirstKeys, readKeys } from "./key-set.ts";
import { KeyStore } from "./key-store.ts";
import { hkdf, keyLength } from "./primitives.ts";
import {
  type RotationParts,
  type RotationProgress,
  rotateClass,
  rotateStoreKey,
  settleStore,
  type StoreKeyStep,
} from "./rotation.ts";
import { ed25519Signer, type Signer } from "./signature.ts";
import { SubjectCache } from "./subject-cache.ts";
import { deleteSubject, insertSubjects, readSubjects } from "./subject-table.ts";
import { checkTag, lookupTag, type TagField, tagRow } from "./tag.ts";

export interface KeyringOptions {
  /** 32 bytes, copied. */
  readonly rootKey: Buffer;
  /** Folder of the wrapped store key, inside the data folder. */
  readonly keystoreDir: string;
  readonly db: Database;
  /** Subjects whose keys stay unwrapped in memory: 20,000 by default, about 12 MB. Others cost 19 µs and a SELECT. */
  readonly cachedSubjects?: number;
  /** How long a retired class key stays in memory, for transactions that began before: one minute by default. */
  readonly retireAfterMs?: number;
}

/** Which keys have reached their age; see {@link Keyring.rotateDue}. */
export interface RotationDue {
  readonly class2: boolean;
  readonly class3: boolean;
  readonly storeKey: boolean;
}

const scope = systemScope("keys");
const rotationAgeMs = 30 * 24 * 60 * 60 * 1000;

export class Keyring {
  readonly #parts: RotationParts;
  readonly #keys: KeySet;
  readonly #cache: SubjectCache;
  readonly #material: KeyMaterial;
  readonly #tagKey: Uint8Array;
  readonly #lookupKey: Uint8Array;
  readonly #distrusted = new Set<string>();
  // Rotations run one after the other.
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: KeyringOptions, store: KeyStore, keys: KeySet) {
    this.#keys = keys;
    this.#cache = new SubjectCache(options.cachedSubjects ?? 20_000);
    this.#material = keys.material();
    this.#tagKey = this.#material.tag;
    this.#lookupKey = this.#material.lookup;
    this.#parts = { db: options.db, store, keys, graceMs: options.retireAfterMs ?? 60_000 };
  }

  /**
   * Opens the keys; makes them at the first start, and tidies up after a rotation of the store key that was killed.
   * Throws KeysUnusable when root key, key store and database do not fit each other; nothing is changed then.
   */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const store = new KeyStore(options.keystoreDir, options.rootKey);
    const keys = new KeySet();
    await options.db.tx(scope, async (tx) => {
      const read = (await readKeys(tx, store, "lock")) ?? (await makeFirstKeys(tx, store));
      read.storeKey.key.fill(0);
    });
    // Reads again: what is in memory was committed.
    await settleStore({ db: options.db, store, keys });
    return new Keyring(options, store, keys);
  }

  /** Overwrites the keys in memory. The keyring, and what it handed out last, must not be used any more. */
  close(): void {
    this.#parts.store.close();
    this.#cache.clear();
    this.#keys.close();
  }

  /** {@link createSubjects} for one. */
  async createSubject(tx: Tx, subjectId: string): Promise<SubjectKeys> {
    const keys = (await this.createSubjects(tx, [subjectId])).get(subjectId);
    if (keys === undefined) throw new Error("createSubjects left one out");
    return keys;
  }

  /**
   * Makes the keys of new subjects, one INSERT for all; about 20 µs each and the database. Throws RangeError for an id
   * that is no UUID in lower case, the database's unique violation when a subject has keys already.
   */
  async createSubjects(tx: Tx, subjectIds: readonly string[]): Promise<Map<string, SubjectKeys>> {
    const created = new Map<string, SubjectKeys>();
    for (const subjectId of subjectIds) {
      checkSubjectId(subjectId);
      const both = randomBytes(2 * keyLength);
      created.set(subjectId, { class2: both.subarray(0, keyLength), class3: both.subarray(keyLength) });
    }
    if (created.size === 0) return created;
    // The version in use may have been retired by another process; the tables then say which one is.
    if (!(await this.#insertSubjects(tx, created))) {
      await this.#reload(tx);
      if (!(await this.#insertSubjects(tx, created))) throw new KeysUnusable("no class key to wrap under");
    }
    const reader = this.#cache.reading();
    tx.afterCommit(() => {
      for (const [subjectId, keys] of created) reader.keep(subjectId, keys);
    });
    return created;
  }

  /**
   * The keys of subjects, from memory or by one SELECT; erased and unknown ones are left out of the answer. The buffers
   * are shared: do not change them. Throws WrapBroken when a row was damaged or exchanged.
   */
  async subjects(q: Queryable, subjectIds: readonly string[]): Promise<Map<string, SubjectKeys>> {
    const found = new Map<string, SubjectKeys>();
    const missing = new Set<string>();
    for (const subjectId of subjectIds) {
      const keys = this.#cache.find(subjectId);
      if (keys === undefined) missing.add(subjectId);
      else found.set(subjectId, keys);
    }
    if (missing.size === 0) return found;
    const reader = this.#cache.reading();
    const read: [string, SubjectKeys][] = [];
    for (const row of await readSubjects(q, [...missing])) {
      read.push([row.subject_id, await this.#unwrap(q, row)]);
      // Large batches must not hold up everybody else: 256 rows take about 5 ms.
      if (read.length % 256 === 0) await breathe();
    }
    for (const [subjectId, keys] of read) found.set(subjectId, keys);
    const keep = (): void => {
      for (const [subjectId, keys] of read) reader.keep(subjectId, keys);
    };
    // What a transaction reads may be its own, and never be committed.
    if (isTx(q)) q.afterCommit(keep);
    else keep();
    return found;
  }

  /**
   * Erases a subject: with its keys go all values sealed by them. Final in the live database at commit; older copies of
   * the database lose them with the next rotation. Does nothing when there are none.
   */
  async destroySubject(tx: Tx, subjectId: string): Promise<void> {
    checkSubjectId(subjectId);
    this.#cache.forget(subjectId);
    await deleteSubject(tx, subjectId);
    tx.afterCommit(() => this.#cache.forget(subjectId));
  }

  /** The keyed tag of a row: 32 bytes, about 2 µs. Texts and numbers differ; throws RangeError for a number not finite. */
  tag(table: string, fields: readonly TagField[]): Buffer {
    return tagRow(this.#tagKey, table, fields);
  }

  /** Checks a row's tag in constant time. Throws TagBroken, also for a tag that is genuine but distrusted. */
  verifyTag(table: string, fields: readonly TagField[], tag: Uint8Array): void {
    checkTag(this.#tagKey, table, fields, tag);
    if (this.#distrusted.size > 0 && this.#distrusted.has(Buffer.from(tag).toString("base64")))
      throw new TagBroken(table);
  }

  /** From now on a row with this tag counts as broken: an older state of a row that has changed since. */
  distrust(tag: Uint8Array): void {
    this.#distrusted.add(Buffer.from(tag).toString("base64"));
  }

  /** 32 bytes by which a whole normalised value is found again without being stored. */
  lookup(kind: string, normalised: string): Buffer {
    return lookupTag(this.#lookupKey, kind, normalised);
  }

  /** A 32-byte key for one purpose (HKDF-SHA-512, RFC 5869), the same at every start. */
  derive(purpose: string): Buffer {
    const info = Buffer.from(`strongroom purpose 1\0${purpose}`);
    return hkdf(this.#keys.current("purpose").key, Buffer.alloc(0), info, keyLength);
  }

  /** The installation's Ed25519 key, for checkpoints. */
  signingKey(): Signer {
    return ed25519Signer(this.#keys.current("sign").key);
  }

  /** A copy of the raw keys for a worker thread; it goes stale with the next rotation: ask anew at KeyVersionUnknown. */
  exportMaterial(): KeyMaterial {
    const copy = (keys: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array> =>
      new Map(Array.from(keys, ([version, key]) => [version, Uint8Array.from(key)]));
    const { class2, class3, tag, lookup } = this.#material;
    return {
      class2: copy(class2),
      class3: copy(class3),
      tag: Uint8Array.from(tag),
      lookup: Uint8Array.from(lookup),
    };
  }

  /** Replaces the key of a class under load; see rotateClass. Callers wait for one another. */
  rotate(level: 2 | 3, progress?: RotationProgress): Promise<void> {
    return this.#inTurn(() => rotateClass(this.#parts, level, progress));
  }

  /** Replaces the store key and destroys the old one; see rotateStoreKey. `step` is told of each step, for tests. */
  rotateStoreKey(step?: (step: StoreKeyStep) => void | Promise<void>): Promise<void> {
    return this.#inTurn(() => rotateStoreKey(this.#parts, step));
  }

  /** Keys made 30 days ago or earlier, and rotations that were cut off. */
  rotationDue(now: Date): RotationDue {
    const old = (since: Date): boolean => now.getTime() - since.getTime() >= rotationAgeMs;
    const due = (purpose: "class2" | "class3"): boolean =>
      old(this.#keys.current(purpose).createdAt) || this.#keys.unfinished(purpose);
    return { class2: due("class2"), class3: due("class3"), storeKey: old(this.#keys.storeKeySince) };
  }

  /** Rotates what is due. The store key goes last, and with any of the others: it is what buries their old versions. */
  async rotateDue(now: Date, progress?: RotationProgress): Promise<RotationDue> {
    const due = this.rotationDue(now);
    if (due.class2) await this.rotate(2, progress);
    if (due.class3) await this.rotate(3, progress);
    if (due.class2 || due.class3 || due.storeKey) await this.rotateStoreKey();
    return due;
  }

  [inspect.custom](): string {
    return "Keyring [secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  #insertSubjects(tx: Tx, subjects: ReadonlyMap<string, SubjectKeys>): Promise<boolean> {
    const class2 = this.#keys.current("class2").version;
    const class3 = this.#keys.current("class3").version;
    return insertSubjects(tx, this.#material, { class2, class3 }, subjects);
  }

  async #unwrap(q: Queryable, row: SubjectKeyRow): Promise<SubjectKeys> {
    try {
      return unwrapSubject(this.#material, row);
    } catch (error) {
      if (!(error instanceof KeyVersionUnknown)) throw error;
      await this.#reload(q);
      return unwrapSubject(this.#material, row);
    }
  }

  async #reload(q: Queryable): Promise<void> {
    const read = await readKeys(q, this.#parts.store, "no lock");
    if (read === undefined) throw new KeysUnusable("the key tables are empty");
    read.storeKey.key.fill(0);
    this.#keys.useAll(read);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

function isTx(q: Queryable): q is Tx {
  return "afterCommit" in q;
}
