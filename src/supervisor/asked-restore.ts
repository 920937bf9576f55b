// A restore that the browser of an installation without a company asked for: everything is stopped, the backup is put in
// place, and Strongroom starts again. When it cannot be, all is as it was, and it starts again too.
import { rmSync } from "node:fs";
import { BackupProblem } from "../continuity/backup-problem.ts";
import type { RootKeyFile } from "../vault/keys/key-file.ts";
import type { Announcer } from "./announce.ts";
import { restoreRequest } from "./boot.ts";
import type { Config } from "./config.ts";
import { lockDataFolder } from "./data-lock.ts";
import { prepareLayout } from "./layout.ts";
import { separateUsers } from "./os-users.ts";
import { restoreBackup } from "./restore.ts";

export interface AskedRestore {
  readonly file: string;
  readonly key: RootKeyFile;
}

/** From the vault's event. Throws when it does not fit. */
export function readAsked(details: unknown): AskedRestore {
  const { file, installationId, rootKey } = restoreRequest.parse(details);
  return { file, key: { installationId, rootKey: Buffer.from(rootKey, "base64") } };
}

export async function putInPlace(config: Config, announce: Announcer, { file, key }: AskedRestore): Promise<void> {
  const users = separateUsers();
  const layout = prepareLayout(config, users);
  const unlock = lockDataFolder(config.dataDir);
  try {
    announce.step("putting the backup in place");
    await restoreBackup({ config, layout, users, file, key, replacesEmpty: true });
    announce.event("restored");
  } catch (error) {
    // What is wrong with a backup leaves everything as it was; anything else may as well, but nobody knows.
    if (!(error instanceof BackupProblem)) throw error;
    announce.warn(`The backup was not restored: ${error.message}`);
  } finally {
    key.rootKey.fill(0);
    rmSync(file, { force: true });
    unlock();
  }
}
