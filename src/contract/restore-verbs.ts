// Putting a backup back by the browser, while the installation has no company yet: under the console's one-time code, like
// enrolling. The file comes in parts; then the words of its recovery kit open it.
import { z } from "zod";
import { endpointsFor } from "./endpoint.ts";
import { deviceKeySchema, secretCode } from "./identity-shapes.ts";
import { problemCodes } from "./problem.ts";
import { defineVerbs } from "./verb.ts";

/** Bytes of every part but the last. */
export const restorePartBytes = 4 * 1024 * 1024;
/** 64 GiB; larger ones are restored on the server. */
const mostParts = 16_384;

const done = z.strictObject({ done: z.literal(true) });
const write = { effect: "write", permission: "anonymous", meter: "none", stepUp: "none" } as const;

export const restoreVerbs = defineVerbs({
  /** Part 0 begins anew; the others follow in order. */
  "restore.part": {
    ...write,
    input: z.strictObject({
      code: secretCode,
      index: z.int().min(0).max(mostParts),
      data: z
        .base64()
        .min(1)
        .max(Math.ceil(restorePartBytes / 3) * 4),
    }),
    output: done,
  },
  /** Reads all of the file with these words, and when it is whole puts it in place: Strongroom then starts anew. */
  "restore.begin": {
    ...write,
    input: z.strictObject({ code: secretCode, words: z.string().min(1).max(1000) }),
    output: done,
  },
  "restore.state": {
    ...write,
    effect: "read",
    logged: false,
    input: z.strictObject({ code: secretCode }),
    output: z.strictObject({
      bytes: z.int(),
      /** `placing`: read whole; the next thing to be heard is that an owner exists. */
      stage: z.enum(["receiving", "reading", "placing", "failed"]),
      share: z.number().min(0).max(1),
      records: z.int().nullable(),
      problem: z.enum(problemCodes).nullable(),
    }),
  },
});
export type RestoreVerbs = typeof restoreVerbs;

const rows = endpointsFor<RestoreVerbs>();
const key = { method: "POST", auth: "key", permission: "anonymous" } as const;
const keyed = { deviceKey: deviceKeySchema };

export const restoreEndpoints = rows({
  sendRestorePart: {
    ...key,
    path: "/api/restore/part",
    body: restoreVerbs["restore.part"].input.extend(keyed),
    mostJson: 2 * restorePartBytes,
    verbs: { "restore.part": { code: "body.code", index: "body.index", data: "body.data" } },
  },
  beginRestore: {
    ...key,
    path: "/api/restore/begin",
    body: restoreVerbs["restore.begin"].input.extend(keyed),
    verbs: { "restore.begin": { code: "body.code", words: "body.words" } },
  },
  readRestore: {
    ...key,
    path: "/api/restore/state",
    body: restoreVerbs["restore.state"].input.extend(keyed),
    verbs: { "restore.state": { code: "body.code" } },
  },
});
