// The vault's verbs of what a thief sees: a record as it lies on the disk, and a search of the disk for its values.
import { z } from "zod";
import { fieldKey, objectKey, uuid } from "./ids.ts";
import { defineVerbs } from "./verb.ts";

const column = z.strictObject({
  column: z.string(),
  /** What stands in it; null: the program's own, such as ids and versions. */
  field: fieldKey.nullable(),
  /** `plain`: readable on the disk. `sealed`: encrypted. `tag`: the keyed mark of the row. */
  kind: z.enum(["plain", "sealed", "tag"]),
  class: z.int().min(0).max(3).nullable(),
  /** Hex digits for bytes, the beginning of long ones. */
  text: z.string(),
  bytes: z.int(),
});

export const thiefVerbs = defineVerbs({
  "thief.look": {
    effect: "read",
    permission: { record: "view" },
    meter: "opened",
    stepUp: "none",
    input: z.strictObject({ object: objectKey, id: uuid }),
    output: z.strictObject({
      table: z.string(),
      columns: z.array(column),
      /** Fields whose values are looked for, and those whose values are too short to be told from chance. */
      sought: z.array(fieldKey),
      tooShort: z.array(fieldKey),
    }),
  },
  /** How far the caller's newest search is. */
  "thief.search": {
    effect: "read",
    permission: "self",
    meter: "none",
    stepUp: "none",
    logged: false,
    input: z.strictObject({}),
    output: z.strictObject({
      search: z
        .strictObject({
          database: z.boolean(),
          totalBytes: z.int(),
          bytes: z.int(),
          files: z.int(),
          idFound: z.int(),
          hits: z.array(z.strictObject({ field: fieldKey, file: z.string(), times: z.int() })),
          done: z.boolean(),
          cut: z.boolean(),
        })
        .nullable(),
      running: z.boolean(),
    }),
  },
});
export type ThiefVerbs = typeof thiefVerbs;
