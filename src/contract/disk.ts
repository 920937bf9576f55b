// The data folder as whoever steals the disk has it, sent by the supervisor to the vault: a head, then each file's name and
// bytes. The database's own user may read what the vault may not, and the supervisor reads it for both.
import { z } from "zod";

/** The first line of JSON. */
export const diskHead = z.strictObject({
  /** The database's files are among these; with DATABASE_URL they lie elsewhere. */
  database: z.boolean(),
  /** Of all files, as far as they were counted before. */
  bytes: z.int(),
});
/** One line of JSON before a file's bytes. */
export const diskFile = z.strictObject({ name: z.string(), bytes: z.int() });
