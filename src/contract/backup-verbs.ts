// The vault's verbs of backups: what there is, and making one now.
import { z } from "zod";
import { instant, uuid } from "./ids.ts";
import { problemCodes } from "./problem.ts";
import { defineVerbs } from "./verb.ts";

const folder = z.string().min(1).max(500);

export const backupVerbs = defineVerbs({
  /** The folders the server's settings name, the newest backup, and how far the one under way is. */
  "backup.state": {
    effect: "read",
    permission: { may: "backups.manage" },
    meter: "none",
    stepUp: "none",
    logged: false,
    input: z.strictObject({}),
    output: z.strictObject({
      folders: z.array(
        z.strictObject({
          folder,
          /** Null: it cannot be read. */
          freeBytes: z.int().nullable(),
          /** A broken or stolen disk takes data and backup together. */
          sharesDisk: z.boolean(),
        }),
      ),
      running: z.strictObject({ folder, startedAt: instant, share: z.number().min(0).max(1) }).nullable(),
      last: z
        .strictObject({
          madeAt: instant,
          /** Null: by the command line on the server. */
          madeBy: uuid.nullable(),
          folder,
          file: z.string(),
          bytes: z.int(),
          records: z.int(),
        })
        .nullable(),
      /** The newest try, when it failed after the newest backup. */
      failure: z.strictObject({ at: instant, problem: z.enum(problemCodes) }).nullable(),
    }),
  },
  /** Begins one; `backup.state` tells how it goes. It is called a backup only once it was read back whole. */
  "backup.make": {
    effect: "write",
    permission: { may: "backups.manage" },
    meter: "none",
    stepUp: "actOnceSettled",
    input: z.strictObject({ folder }),
    output: z.strictObject({ started: z.literal(true) }),
  },
});
export type BackupVerbs = typeof backupVerbs;
