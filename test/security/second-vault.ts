// The rooms of the vault, wired as src/vault/main.ts wires them, in this process on the database of a company: what a
// start would load, in a fraction of its time. Requests are signed by the people's own devices and pass the real gate.
import type { webcrypto } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PoolConfig } from "pg";
import { signRequest } from "../../src/contract/http-signature.ts";
import { Problem } from "../../src/contract/problem.ts";
import { Directory } from "../../src/vault/access/directory.ts";
import { Database } from "../../src/vault/db/database.ts";
import { Gate } from "../../src/vault/gate.ts";
import { Identity } from "../../src/vault/identity/identity.ts";
import { openImports } from "../../src/vault/imports/open-imports.ts";
import { newRootKey, readKeyFile } from "../../src/vault/keys/key-file.ts";
import { Keyring } from "../../src/vault/keys/keyring.ts";
import { Ledger } from "../../src/vault/ledger/ledger.ts";
import { RowWatch, type UntrueRow } from "../../src/vault/ledger/row-watch.ts";
import type { Records } from "../../src/vault/records/deps.ts";
import { RecordPeople } from "../../src/vault/records/people.ts";
import { rebuildAll } from "../../src/vault/records/rebuild-all.ts";
import { Schema } from "../../src/vault/records/schema.ts";
import { SearchIndex } from "../../src/vault/search/search-index.ts";
import { handlersOf } from "../../src/vault/handlers.ts";
import { DiskSearches } from "../../src/vault/thief/disk-search.ts";
import { Meter } from "../../src/vault/watch/meter.ts";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import { Backups } from "../../src/vault/backups/backups.ts";
import { layoutOf } from "../../src/supervisor/layout.ts";
import type { System } from "../harness/system.ts";

export interface Reply {
  readonly status: number;
  /** The answer, or the problem's code; of an error nobody foresaw its class. */
  readonly body: unknown;
}

/** A device's key as a thief of its profile would love to have it; here only to sign without HTTP. */
export interface Signer {
  readonly key: CryptoKey;
  readonly deviceId: string;
}

export async function signerOf(client: DeviceClient, folder: string): Promise<Signer> {
  const file = path.join(folder, `${crypto.randomUUID()}.json`);
  await client.save(file);
  const saved = JSON.parse(readFileSync(file, "utf8")) as { privateKey: webcrypto.JsonWebKey }; // written by save
  rmSync(file);
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("jwk", saved.privateKey, algorithm, false, ["sign"]);
  return { key, deviceId: client.deviceId ?? client.thumbprint };
}

/** The key store's files belong to the vault's user and are read by nobody else: a copy that belongs to us. */
export function ownKeystore(system: System): string {
  const { keystore } = layoutOf(system);
  const copy = path.join(system.folder, "keystore-copy");
  mkdirSync(copy, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(keystore))
    writeFileSync(path.join(copy, name), readFileSync(path.join(keystore, name)), { mode: 0o600 });
  return copy;
}

/** The system's keys over a database of our choice. */
export function openKeyring(system: System, db: Database): Promise<Keyring> {
  const { keyFile } = layoutOf(system);
  return Keyring.open({ rootKey: readKeyFile(keyFile).rootKey, keystoreDir: ownKeystore(system), db });
}

export class SecondVault {
  readonly records: Records;
  /** What the start found not to be as the ledger tells. */
  readonly untrue: readonly UntrueRow[];
  readonly #gate: Gate;
  readonly #undo: readonly (() => unknown)[];
  readonly #origin: string;

  private constructor(
    records: Records,
    untrue: readonly UntrueRow[],
    gate: Gate,
    origin: string,
    undo: readonly (() => unknown)[],
  ) {
    this.records = records;
    this.untrue = untrue;
    this.#undo = undo;
    this.#gate = gate;
    this.#origin = origin;
  }

  /** Throws what a start would throw: TagBroken, SealBroken, LedgerBroken … */
  static async open(system: System, database: PoolConfig): Promise<SecondVault> {
    const db = new Database(database);
    const undo: (() => unknown)[] = [() => db.close()];
    try {
      const keyring = await openKeyring(system, db);
      undo.push(() => keyring.close());
      const ledger = await Ledger.open({ db, keyring });
      undo.push(() => ledger.stop());
      const folder = ownKeystore(system);
      const untrue = await new RowWatch({
        db,
        keyring,
        ledger,
        report: (entries) => ledger.append(entries),
        folder,
      }).check();
      const schema = await Schema.open(db, keyring);
      const directory = new Directory({ db, keyring, schema, broken: () => undefined });
      await directory.open();
      const meter = await Meter.open(db, new Date(), (entries) => {
        throw new Error(`counts of ${entries} entries are unreadable`);
      });
      const search = await SearchIndex.start({
        objects: schema.objects,
        lookup: (kind, normalised) => keyring.lookup(kind, normalised),
      });
      undo.push(() => search.close());
      const records: Records = { db, keyring, schema, directory, search, ledger, meter };
      const people = new RecordPeople(records);
      const settings = { version: "0", origins: [system.origin] as const };
      const identity = await Identity.open({ db, keyring, people, settings, saveFailed: () => undefined });
      undo.push(() => identity.close());
      const imports = openImports(records, { deviceRevoked: (id) => identity.deviceRevoked(id) });
      const gate = new Gate({
        records,
        identity,
        handlers: handlersOf({
          records,
          people,
          identity,
          imports,
          kit: { keyFile: "/keys/root.key", command: "npx strongroom kit print" },
          backups: new Backups({
            records,
            rootKey: newRootKey(crypto.randomUUID()),
            keystore: tmpdir(),
            program: "0",
            folders: [],
            onError: () => undefined,
          }),
          dataDir: tmpdir(),
          diskSearches: new DiskSearches("/nowhere", () => undefined),
          restore: { identity, folder: tmpdir(), possible: true, handOver: () => undefined, onError: () => undefined },
        }),
      });
      await rebuildAll(records);
      return new SecondVault(records, untrue, gate, system.origin, undo.toReversed());
    } catch (error) {
      for (const one of undo.reverse()) await one();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const one of this.#undo) await one();
  }

  /** Signed a second ahead: what was signed in the second of the start, or before, is refused. */
  async request(signer: Signer, method: string, target: string, content?: unknown): Promise<Reply> {
    const body = content === undefined ? undefined : new TextEncoder().encode(JSON.stringify(content));
    const signable = { method, url: `${this.#origin}${target}`, ...(body && { body }) };
    const headers = await signRequest(signer.key, signer.deviceId, signable, { offsetMs: 1000 });
    const authority = new URL(this.#origin).host;
    const envelope = { method, target, authority, headers, ip: "127.0.0.1", userAgent: "test" };
    try {
      const handle = await this.#gate.begin(envelope, body ?? new Uint8Array(0), crypto.randomUUID());
      const [verb = ""] = Object.keys(handle.match.endpoint.verbs);
      return { status: 200, body: await this.#gate.call(handle, verb, {}) };
    } catch (error) {
      if (error instanceof Problem) return { status: error.status, body: error.code };
      return { status: 500, body: error instanceof Error ? error.name : "error" };
    }
  }
}
