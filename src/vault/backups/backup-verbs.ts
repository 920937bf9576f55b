// The handlers of backups: what there is, and beginning one. The folder is one of those that the server's settings name,
// so that nobody chooses by the browser where the vault writes.
import { stat, statfs } from "node:fs/promises";
import { Problem } from "../../contract/problem.ts";
import type { Handlers } from "../verbs.ts";
import { byPerson, type PersonCall } from "../call.ts";
import type { ActorRef } from "../ledger/entry.ts";
import type { Backups } from "./backups.ts";

/** `dataDir`: a folder on the disk that holds the data. */
export function backupHandlers(backups: Backups, dataDir: string): Pick<Handlers, "backup.state" | "backup.make"> {
  return {
    "backup.state": async () => {
      const { running, failure } = backups;
      const last = await backups.newest();
      return {
        folders: await Promise.all(backups.folders.map((folder) => describe(folder, dataDir))),
        running: running === undefined ? null : { ...running, startedAt: running.startedAt.toISOString() },
        last:
          last === undefined
            ? null
            : {
                madeAt: last.madeAt.toISOString(),
                madeBy: last.madeBy,
                folder: last.folder,
                file: last.file,
                bytes: last.bytes,
                records: last.records,
              },
        failure: failure === undefined ? null : { at: failure.at.toISOString(), problem: failure.problem },
      };
    },
    "backup.make": async (call, { folder }) => {
      if (!backups.folders.includes(folder)) throw new Problem("backup_folder");
      if (backups.running !== undefined) throw new Problem("backup_running");
      // It goes on without the request; what becomes of it stands in the log and in the state.
      backups.make(folder, actorOf(byPerson(call))).catch(() => undefined);
      return { started: true };
    },
  };
}

function actorOf({ identity, ip, userAgent, requestId }: PersonCall): ActorRef {
  const { userId: personId, device, session } = identity;
  const from = { ...(ip !== undefined && { ip }), ...(userAgent !== undefined && { userAgent }), requestId };
  return { kind: "person", personId, deviceId: device.id, sessionId: session.id, ...from };
}

async function describe(folder: string, dataDir: string) {
  try {
    const [there, data, space] = await Promise.all([stat(folder), stat(dataDir), statfs(folder)]);
    return { folder, sharesDisk: there.dev === data.dev, freeBytes: space.bavail * space.bsize };
  } catch {
    return { folder, sharesDisk: false, freeBytes: null };
  }
}
