// The HTTP rows of backups.
import { endpointsFor } from "./endpoint.ts";
import { type BackupVerbs, backupVerbs as verbs } from "./backup-verbs.ts";

const rows = endpointsFor<BackupVerbs>();
const manage = { auth: "device", permission: { may: "backups.manage" } } as const;

export const backupEndpoints = rows({
  readBackups: {
    ...manage,
    method: "GET",
    path: "/api/backups",
    passive: true,
    verbs: { "backup.state": {} },
  },
  makeBackup: {
    ...manage,
    method: "POST",
    path: "/api/backups",
    body: verbs["backup.make"].input,
    verbs: { "backup.make": { folder: "body.folder" } },
  },
});
