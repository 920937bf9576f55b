// Puts a backup back as a data folder. All is made in a folder beside what is there; one file marks it complete, and
// from then on every start finishes what a stop cut off. Before that mark, every start throws it away.
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import pg from "pg";
import { type BackupHead, type BackupManifest, demandKit } from "../continuity/backup-format.ts";
import { BackupProblem } from "../continuity/backup-problem.ts";
import { loadBackup, verifyLoaded } from "../continuity/load-backup.ts";
import { readHeader } from "../continuity/read-backup.ts";
import { readKeyFile, type RootKeyFile, writeKeyFile } from "../vault/keys/key-file.ts";
import type { Config } from "./config.ts";
import { embeddedAddress, embeddedServer } from "./database.ts";
import { EmbeddedPostgres, stopOrphans } from "./embedded-postgres.ts";
import type { Layout } from "./layout.ts";
import { migrate, readMigrations } from "./migrations.ts";
import type { OsUsers } from "./os-users.ts";
import { loginRoles, ownerRole, prepareDatabase, prepareRoles, type RoleVerifiers } from "./roles.ts";
import { newRoleSecret, scramVerifier } from "./scram.ts";

export interface RestoreOptions {
  readonly config: Config;
  /** Prepared, and its lock held. Nothing runs on it. */
  readonly layout: Layout;
  readonly users: OsUsers | undefined;
  readonly file: string;
  readonly key: RootKeyFile;
  /** The folder holds an installation without a company, which the backup takes the place of. */
  readonly replacesEmpty: boolean;
  readonly progress?: (share: number) => void;
}

const completeMark = "complete";

interface Staging {
  readonly folder: string;
  readonly postgres: string;
  readonly keystore: string;
  readonly note: string;
  readonly complete: string;
  /** The backup's root key, in the folder for keys: it never lies with the data. */
  readonly key: string;
}

function stagingOf({ postgres, keyFile }: Pick<Layout, "postgres" | "keyFile">): Staging {
  const folder = path.join(path.dirname(postgres), "restoring");
  return {
    folder,
    postgres: path.join(folder, "postgres"),
    keystore: path.join(folder, "keystore"),
    note: path.join(folder, "restored.json"),
    complete: path.join(folder, completeMark),
    key: `${keyFile}.restoring`,
  };
}

/** Where the vault finds, at its next start, that it was restored. */
export function restoredNote(vaultFolder: string): string {
  return path.join(vaultFolder, "restored.json");
}

/** Whether there is nothing in the data folder that a backup would take the place of. */
export function holdsData({ postgres, keystore }: Pick<Layout, "postgres" | "keystore">): boolean {
  return existsSync(postgres) || (existsSync(keystore) && readdirSync(keystore).length > 0);
}

/** Restores and puts in place. Throws BackupProblem, and then everything is as it was. */
export async function restoreBackup(options: RestoreOptions): Promise<BackupManifest> {
  const { config, layout, file, key, replacesEmpty } = options;
  if (config.databaseUrl !== undefined) throw new BackupProblem("external_database");
  if (!replacesEmpty && holdsData(layout)) throw new BackupProblem("not_empty");
  if (!replacesEmpty && existsSync(layout.keyFile) && !sameKey(readKeyFile(layout.keyFile), key))
    throw new BackupProblem("other_key");
  demandKit((await readHeader(file)).header, key);
  const staging = stagingOf(layout);
  await discard(staging, layout);
  try {
    const manifest = await load(options, staging);
    writeNote(staging, manifest, layout);
    writeKeyFile(staging.key, key);
    syncTree(staging.folder);
    writeFileSync(staging.complete, "", { flush: true });
    sync(staging.folder);
    await finishRestore(layout);
    return manifest;
  } catch (error) {
    if (!existsSync(staging.complete)) await discard(staging, layout);
    throw error;
  }
}

/** At each start, before anything is read: puts a complete restore in place, throws an incomplete one away. */
export async function finishRestore(layout: Layout): Promise<void> {
  const staging = stagingOf(layout);
  if (!existsSync(staging.complete)) return discard(staging, layout);
  if (existsSync(staging.key)) {
    // The key of an installation that never had a company; kept all the same, because a key is never destroyed unasked.
    if (existsSync(layout.keyFile) && !sameKey(readKeyFile(layout.keyFile), readKeyFile(staging.key)))
      renameSync(layout.keyFile, `${layout.keyFile}.before-restore-${Date.now()}`);
    renameSync(staging.key, layout.keyFile);
  }
  for (const [from, to] of [
    [staging.postgres, layout.postgres],
    [staging.keystore, layout.keystore],
    [staging.note, restoredNote(layout.vault)],
  ] as const) {
    if (!existsSync(from)) continue;
    rmSync(to, { recursive: true, force: true });
    renameSync(from, to);
  }
  // What was moved is there before the mark is gone.
  for (const moved of [layout.keyFile, layout.postgres, restoredNote(layout.vault)]) sync(path.dirname(moved));
  rmSync(staging.complete);
  await discard(staging, layout);
}

/** The mark goes first, so that a stop in between never leaves a folder that looks complete. */
async function discard(staging: Staging, { postgresSocket }: Layout): Promise<void> {
  if (existsSync(staging.postgres)) await stopOrphans({ dataDir: staging.postgres, socketDir: postgresSocket });
  rmSync(staging.complete, { force: true });
  rmSync(staging.folder, { recursive: true, force: true });
  for (const file of [staging.key, `${staging.key}.new`]) rmSync(file, { force: true });
}

async function load({ layout, users, file, key, progress }: RestoreOptions, staging: Staging): Promise<BackupManifest> {
  makeFolder(staging.folder, users ? 0o750 : 0o700, users && { uid: 0, gid: users.vault.gid });
  makeFolder(staging.keystore, 0o700, undefined);
  const secret = newRoleSecret();
  const settings = { fsync: "off", full_page_writes: "off", synchronous_commit: "off", max_wal_size: "4GB" };
  const place = { ...embeddedServer(layout, users, secret), dataDir: staging.postgres };
  const server = await EmbeddedPostgres.start({ ...place, settings });
  try {
    const address = embeddedAddress(layout, "postgres", secret);
    await asAdmin({ ...address, database: "postgres" }, async (admin) => {
      // Each start gives the roles new secrets; these serve for none.
      const verifiers = loginRoles.map((role) => [role, scramVerifier(newRoleSecret())]);
      // Object.fromEntries forgets the key type; the entries are exactly the login roles.
      await prepareRoles(admin, Object.fromEntries(verifiers) as RoleVerifiers);
      await admin.query(`create database ${admin.escapeIdentifier(address.database)}`);
    });
    const manifest = await asAdmin(address, async (admin) => {
      await prepareDatabase(admin);
      const loaded = await loadBackup({
        file,
        key,
        admin,
        ownerRole,
        keystore: staging.keystore,
        migrate: (migrations) => makeTables(admin, migrations),
        ...(progress && { progress }),
      });
      await verifyLoaded(admin, loaded);
      await admin.query("checkpoint");
      return loaded;
    });
    if (users)
      for (const name of ["", ...readdirSync(staging.keystore)])
        chownSync(path.join(staging.keystore, name), users.vault.uid, users.vault.gid);
    return manifest;
  } finally {
    // It forces nothing to the disk; all of the folder is forced there before the mark.
    await server.stop();
  }
}

/** Exactly the migrations that the backup's tables were made by; those since then follow at the next start. */
async function makeTables(admin: pg.Client, migrations: BackupHead["migrations"]): Promise<void> {
  const ours = new Map(readMigrations().map((migration) => [migration.name, migration]));
  const wanted = migrations.map(({ name, hash }) => {
    const found = ours.get(name);
    if (found?.hash !== hash) throw new BackupProblem("newer_version");
    return found;
  });
  await migrate(admin, wanted);
}

function writeNote(staging: Staging, { madeAt, records, ledger }: BackupManifest, { vault }: Layout): void {
  const note = { madeAt, restoredAt: new Date().toISOString(), records, ledgerSize: ledger?.size ?? 0 };
  writeFileSync(staging.note, JSON.stringify(note), { mode: 0o644, flush: true });
  mkdirSync(vault, { recursive: true });
}

function sameKey(one: RootKeyFile, other: RootKeyFile): boolean {
  return one.installationId === other.installationId && one.rootKey.equals(other.rootKey);
}

function makeFolder(folder: string, mode: number, owner: { uid: number; gid: number } | undefined): void {
  mkdirSync(folder, { mode });
  chmodSync(folder, mode);
  if (owner) chownSync(folder, owner.uid, owner.gid);
}

async function asAdmin<T>(address: pg.ClientConfig, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Forces files and folders to the disk, innermost first. */
function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) syncTree(place);
    else if (entry.isFile()) sync(place);
  }
  sync(folder);
}

function sync(place: string): void {
  const handle = openSync(place, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
