// Takes a backup from the browser of whoever reads the server's console, reads all of it with the words of its kit, and
// hands it to the supervisor. Only while there is no company: afterwards no code is right.
import { open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { BackupProblem, type BackupFault } from "../../continuity/backup-problem.ts";
import { readHeader, verifyBackup } from "../../continuity/read-backup.ts";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { restorePartBytes, type RestoreVerbs } from "../../contract/restore-verbs.ts";
import type { Identity } from "../identity/identity.ts";
import type { RootKeyFile } from "../keys/key-file.ts";
import { readRecoveryKit, RecoveryKitWrong } from "../keys/recovery-kit.ts";
import type { Handlers } from "../verbs.ts";
import type { z } from "zod";

type State = z.infer<RestoreVerbs["restore.state"]["output"]>;

export interface RestoreOptions {
  readonly identity: Pick<Identity, "demandEnrolmentCode">;
  /** The vault's own folder. */
  readonly folder: string;
  /** The database is the embedded one. */
  readonly possible: boolean;
  /** Gives the whole file and its key to the supervisor, which stops everything and puts it in place. */
  readonly handOver: (file: string, key: RootKeyFile) => void;
  readonly onError: (error: unknown) => void;
}

const faults: Partial<Record<BackupFault, ProblemCode>> = {
  not_a_backup: "backup_unknown",
  damaged: "backup_damaged",
  wrong_kit: "backup_wrong_kit",
  newer_version: "backup_newer",
  file_missing: "backup_unknown",
};
const fresh: State = { bytes: 0, stage: "receiving", share: 0, records: null, problem: null };

export function restoreHandlers(
  options: RestoreOptions,
): Pick<Handlers, "restore.part" | "restore.begin" | "restore.state"> {
  const { identity, folder, possible, handOver, onError } = options;
  const file = path.join(folder, "incoming.backup");
  let state: State = fresh;

  const read = async (key: RootKeyFile): Promise<void> => {
    try {
      const { manifest } = await verifyBackup(file, key, (share) => {
        state = { ...state, share };
      });
      state = { ...state, stage: "placing", share: 1, records: manifest.records };
      handOver(file, key);
    } catch (error) {
      state = { ...state, stage: "failed", problem: problemOf(error, onError) };
    }
  };

  return {
    "restore.part": async (call, { code, index, data }) => {
      identity.demandEnrolmentCode(call, code, "restore.part");
      if (!possible) throw new Problem("backup_external");
      if (state.stage === "reading" || state.stage === "placing") throw new Problem("conflict");
      const bytes = Buffer.from(data, "base64");
      if (bytes.length > restorePartBytes) throw new Problem("too_large");
      const handle = await open(file, index === 0 ? "w" : "r+", 0o600).catch((error: NodeJS.ErrnoException) => {
        throw error.code === "ENOENT" ? new Problem("conflict") : error;
      });
      try {
        // A part may be sent again; none may be left out.
        if ((await handle.stat()).size < index * restorePartBytes) throw new Problem("conflict");
        await handle.write(bytes, 0, bytes.length, index * restorePartBytes);
        await handle.truncate(index * restorePartBytes + bytes.length);
      } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "ENOSPC" ? new Problem("backup_no_space") : error;
      } finally {
        await handle.close();
      }
      state = { ...fresh, bytes: index * restorePartBytes + bytes.length };
      return { done: true };
    },
    "restore.begin": async (call, { code, words }) => {
      identity.demandEnrolmentCode(call, code, "restore.begin");
      if (state.stage === "reading" || state.stage === "placing") throw new Problem("conflict");
      let key: RootKeyFile;
      try {
        const { header } = await readHeader(file);
        key = readRecoveryKit({ installationId: header.installationId, words, checkCode: header.kit });
      } catch (error) {
        throw new Problem(problemOf(error, onError));
      }
      state = { ...fresh, bytes: (await stat(file)).size, stage: "reading" };
      void read(key);
      return { done: true };
    },
    "restore.state": async (call, { code }) => {
      identity.demandEnrolmentCode(call, code, "restore.state");
      return state;
    },
  };
}

/** What an interrupted upload left; at each start. */
export async function removeIncoming(folder: string): Promise<void> {
  await rm(path.join(folder, "incoming.backup"), { force: true });
}

function problemOf(error: unknown, onError: (error: unknown) => void): ProblemCode {
  // Right words of another kit, and words that are none.
  if (error instanceof RecoveryKitWrong) return error.fault === "check_code" ? "backup_wrong_kit" : "kit_words";
  const known = error instanceof BackupProblem ? faults[error.fault] : undefined;
  if (known === undefined) onError(error);
  return known ?? "backup_failed";
}
