// Where everything lies in the data folder and who may enter: each process owns its own folder and no other. With one
// user for all processes the folders are the same and only the modes remain.
import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { ConfigError, type Config } from "./config.ts";
import type { OsUser, OsUsers } from "./os-users.ts";
import { copyFolder, makeReadable, othersCanPass, othersCanReach } from "./reachable.ts";
import { claimRunFolder, runFolderOf } from "./run-folder.ts";

export interface Layout {
  readonly keyFile: string;
  readonly authorityKey: string;
  readonly authorityRoot: string;
  readonly postgres: string;
  readonly postgresSettings: string;
  readonly postgresLog: string;
  readonly runtime: string;
  readonly compileCache: string;
  readonly keystore: string;
  readonly vault: string;
  readonly postgresSocket: string;
  readonly vaultSocket: string;
  readonly adminSocket: string;
  readonly diskSocket: string;
  readonly controlSocket: string;
}

export function layoutOf(config: Pick<Config, "dataDir" | "keysDir">): Layout {
  const { dataDir } = config;
  const run = runFolderOf(dataDir);
  return {
    keyFile: path.join(config.keysDir, "root.key"),
    authorityKey: path.join(config.keysDir, "authority.key"),
    authorityRoot: path.join(config.keysDir, "authority.crt"),
    postgres: path.join(dataDir, "postgres"),
    postgresSettings: path.join(dataDir, "postgres-settings"),
    postgresLog: path.join(dataDir, "postgres.log"),
    runtime: path.join(dataDir, "runtime"),
    compileCache: path.join(dataDir, "runtime/compiled"),
    keystore: path.join(dataDir, "keystore"),
    vault: path.join(dataDir, "vault"),
    postgresSocket: path.join(run, "postgres"),
    vaultSocket: path.join(run, "vault/vault.sock"),
    adminSocket: path.join(run, "admin/admin.sock"),
    diskSocket: path.join(run, "admin/disk.sock"),
    controlSocket: path.join(run, "supervisor.sock"),
  };
}

/** Makes the folders that are missing and sets owner and mode of all. Throws ConfigError when they cannot be reached. */
export function prepareLayout(config: Pick<Config, "dataDir" | "keysDir">, users: OsUsers | undefined): Layout {
  const layout = layoutOf(config);
  const run = path.dirname(layout.controlSocket);
  makeFolder(config.keysDir, 0o700, undefined);
  mkdirSync(path.dirname(config.dataDir), { recursive: true });
  if (users && !othersCanPass(path.dirname(config.dataDir))) throw new ConfigError(unreachable(config.dataDir));
  const root = users && { uid: 0, gid: users.vault.gid };
  makeFolder(config.dataDir, users ? 0o750 : 0o700, root);
  claimRunFolder(run, 0o700);
  makeFolder(run, users ? 0o750 : 0o700, root);
  makeFolder(layout.runtime, users ? 0o755 : 0o700, undefined);
  makeFolder(layout.compileCache, users ? 0o755 : 0o700, undefined);
  makeFolder(layout.keystore, 0o700, users?.vault);
  makeFolder(layout.vault, 0o700, users?.vault);
  makeFolder(path.dirname(layout.vaultSocket), 0o750, users?.vault);
  makeFolder(path.dirname(layout.adminSocket), 0o700, users?.vault);
  return layout;
}

/** The built pages where the office's user can read them: the folder itself, or a copy of it in the data folder. */
export function reachablePages(built: string, layout: Layout, users: OsUsers | undefined): string {
  if (users === undefined || !existsSync(built) || othersCanReach(built)) return built;
  const copy = path.join(layout.runtime, `web-${Math.trunc(statSync(built).mtimeMs)}`);
  return makeReadable(copy, (folder) => copyFolder(built, folder));
}

function makeFolder(folder: string, mode: number, owner: OsUser | { uid: 0; gid: number } | undefined): void {
  // The folders above keep the system's usual mode: others must be able to walk through them.
  mkdirSync(path.dirname(folder), { recursive: true });
  mkdirSync(folder, { recursive: true, mode });
  const stat = statSync(folder);
  if (owner && (stat.uid !== owner.uid || stat.gid !== owner.gid)) chownSync(folder, owner.uid, owner.gid);
  if ((stat.mode & 0o777) !== mode) chmodSync(folder, mode);
}

function unreachable(dataDir: string): string {
  return [
    `${path.dirname(dataDir)} is closed to other users, and started as root each process runs as a user of its own.`,
    `Open the way with chmod o+x on the folders above ${dataDir}, or set STRONGROOM_DATA to another folder.`,
  ].join("\n");
}
