// The folders for backups that the settings name: made where they can be, and the vault's own. One that cannot be used
// is no reason not to start; people see it where they back up.
import { chownSync, mkdirSync, readdirSync, statSync } from "node:fs";
import type { Config } from "./config.ts";
import type { OsUsers } from "./os-users.ts";

/** Gives a remark for each that cannot be used now. */
export function prepareBackupFolders(
  { backupFolders }: Pick<Config, "backupFolders">,
  users: OsUsers | undefined,
): string[] {
  return backupFolders.flatMap((folder) => {
    try {
      // Not its parents: where a disk is not mounted, nothing is put in its place.
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EEXIST") return [`The folder for backups ${folder} cannot be made (${code}).`];
    }
    try {
      if (!users || statSync(folder).uid === users.vault.uid) return [];
      // A folder in which others have put something stays theirs: the operator decides who may write there.
      if (readdirSync(folder).length > 0)
        return [`The folder for backups ${folder} is not the vault's: let user id ${users.vault.uid} write to it.`];
      chownSync(folder, users.vault.uid, users.vault.gid);
      return [];
    } catch (error) {
      return [`The vault cannot be given the folder for backups ${folder} (${(error as NodeJS.ErrnoException).code}).`];
    }
  });
}
