// The key store: one file in the data folder that holds the store key, wrapped under the root key. It is replaced every
// month and the old one destroyed, which makes every older copy of the database's key tables worthless.
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { KeysUnusable, WrapBroken } from "./broken.ts";
import { unwrapKey, wrapKey } from "./kwp.ts";
import { createPrivateFile, destroyFile, readPrivateFile, unfinishedSuffix } from "./private-file.ts";
import { keyLength } from "./primitives.ts";

/** A store key in the clear, for as long as it takes to unwrap or wrap the keys under it: then `key.fill(0)`. */
export interface StoreKey {
  readonly id: string;
  readonly createdAt: Date;
  readonly key: Buffer;
}

const form = /^strongroom store key 1\ncreated (\S{24})\nwrapped ([A-Za-z0-9_-]+)\n$/;
const suffix = ".key";

/** The files of one key store folder. Which of them is in use stands in the database, in keys.key_encryption_key. */
export class KeyStore {
  readonly #folder: string;
  readonly #rootKey: Buffer;

  /** Throws RangeError when the root key is not 32 bytes. The folder is made, mode 0700, when it is missing. */
  constructor(folder: string, rootKey: Uint8Array) {
    if (rootKey.length !== keyLength) throw new RangeError("a root key has 32 bytes");
    this.#folder = folder;
    this.#rootKey = Buffer.from(rootKey);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Ids of the store keys that have a file. */
  ids(): string[] {
    const files = readdirSync(this.#folder).filter((file) => file.endsWith(suffix));
    return files.map((file) => file.slice(0, -suffix.length)).sort();
  }

  /** Makes a new store key; its file is durable when this returns. */
  create(): StoreKey {
    const store = { id: randomUUID(), createdAt: new Date(), key: randomBytes(keyLength) };
    const wrapped = wrapKey(this.#rootKey, store.key, label(store)).toString("base64url");
    const content = `strongroom store key 1\ncreated ${store.createdAt.toISOString()}\nwrapped ${wrapped}\n`;
    createPrivateFile(this.#file(store.id), content);
    return store;
  }

  /** Throws KeysUnusable when the file is missing, damaged, readable by others, or not of this root key. */
  load(id: string): StoreKey {
    let content: string;
    try {
      content = readPrivateFile(this.#file(id));
    } catch (error) {
      if (error instanceof KeysUnusable) throw error;
      throw new KeysUnusable(`the database needs the store key ${id}, whose file is not in ${this.#folder}`, {
        cause: error,
      });
    }
    const [, created, wrapped] = form.exec(content) ?? [];
    if (created === undefined || wrapped === undefined)
      throw new KeysUnusable(`the file of store key ${id} is damaged`);
    const createdAt = new Date(created);
    try {
      const key = unwrapKey(this.#rootKey, Buffer.from(wrapped, "base64url"), label({ id, createdAt }));
      return { id, createdAt, key };
    } catch (error) {
      if (!(error instanceof WrapBroken || error instanceof RangeError)) throw error;
      throw new KeysUnusable(`the root key does not open the store key ${id}: wrong key file, or a damaged store`, {
        cause: error,
      });
    }
  }

  /** Destroys every file but the one in use, and what a killed writer left. */
  destroyOthers(inUse: string): void {
    for (const id of this.ids()) if (id !== inUse) destroyFile(this.#file(id));
    const unfinished = readdirSync(this.#folder).filter((file) => file.endsWith(suffix + unfinishedSuffix));
    for (const file of unfinished) rmSync(path.join(this.#folder, file), { force: true });
  }

  /** Forgets the root key; nothing can be loaded or made afterwards. */
  close(): void {
    this.#rootKey.fill(0);
  }

  #file(id: string): string {
    return path.join(this.#folder, `${id}${suffix}`);
  }
}

/** Id and age are bound to the key: a file renamed or made to look young does not load. */
function label(store: Pick<StoreKey, "id" | "createdAt">): Buffer {
  return Buffer.from(`store-key/${store.id}/${store.createdAt.toISOString()}`);
}
