// This browser's device key: a non-extractable P-256 key pair in IndexedDB, the only secret that the browser stores.
// Where storage is refused (some private windows) the key lives as long as the page.
import { type EcPublicJwk, exportDeviceKey, jwkThumbprint } from "../contract/http-signature.ts";

interface StoredDevice {
  readonly keys: CryptoKeyPair;
  /** The id under which the vault bound this key; absent until the first sign-in. */
  readonly deviceId?: string | undefined;
}

export interface Device extends StoredDevice {
  readonly jwk: EcPublicJwk;
  /** Key id of requests that carry the key themselves. */
  readonly thumbprint: string;
}

const databaseName = "strongroom";
const storeName = "device";
const rowKey = "this";

let current: Promise<Device> | undefined;

/** The device of this browser, made on first use. */
export function loadDevice(): Promise<Device> {
  current ??= readOrCreate().then(describe);
  return current;
}

/** Reads again what another tab may have written meanwhile. */
export function reloadDevice(): Promise<Device> {
  current = undefined;
  return loadDevice();
}

/** Remembers the id that the vault gave to this key. */
export async function rememberBinding(deviceId: string): Promise<void> {
  const device = await loadDevice();
  current = Promise.resolve({ ...device, deviceId });
  await write({ keys: device.keys, deviceId });
  // Asked for quietly: without it the browser may drop the key when the disk is full, which costs one sign-in.
  if (typeof navigator.storage?.persist === "function") await navigator.storage.persist().catch(() => false);
}

/** After signing out: the key stays, so that the next sign-in finds this device again, but opens nothing. */
export async function forgetBinding(): Promise<void> {
  const { deviceId: _gone, ...device } = await loadDevice();
  current = Promise.resolve(device);
  await write({ keys: device.keys });
}

/** Drops the key, because the vault no longer accepts it, and makes another for the next sign-in. */
export async function replaceKey(): Promise<void> {
  const keys = await generate();
  current = describe({ keys });
  await write({ keys });
}

async function describe(stored: StoredDevice): Promise<Device> {
  const jwk = await exportDeviceKey(stored.keys.publicKey);
  return { ...stored, jwk, thumbprint: await jwkThumbprint(jwk) };
}

async function readOrCreate(): Promise<StoredDevice> {
  const found = await transact("readonly", (store) => store.get(rowKey) as IDBRequest<StoredDevice | undefined>).catch(
    () => undefined,
  );
  if (found) return found;
  const made: StoredDevice = { keys: await generate() };
  // Two tabs may get here at once: whoever writes first wins, and both use that key.
  try {
    await transact("readwrite", (store) => store.add(made, rowKey));
    return made;
  } catch {
    const other = await transact(
      "readonly",
      (store) => store.get(rowKey) as IDBRequest<StoredDevice | undefined>,
    ).catch(() => undefined);
    return other ?? made;
  }
}

async function generate(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
}

async function write(device: StoredDevice): Promise<void> {
  await transact("readwrite", (store) => store.put(device, rowKey)).catch(() => undefined);
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(storeName);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage refused"));
    request.onblocked = () => reject(new Error("storage blocked"));
  });
}

async function transact<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await openDatabase();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, mode);
      const request = work(transaction.objectStore(storeName));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error ?? new Error("storage failed"));
      transaction.onabort = () => reject(transaction.error ?? new Error("storage failed"));
    });
  } finally {
    database.close();
  }
}
