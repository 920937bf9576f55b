// What the database refuses, in words for people; and damage to rows, which is told to nobody but the log.
import { Problem } from "../contract/problem.ts";

/** The Problem an error stands for; undefined for an error nobody foresaw. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  // The driver has no code for a connection that died under a statement.
  if (error instanceof Error && /^Connection terminated|is not queryable$/u.test(error.message))
    return new Problem("unavailable");
  const code =
    typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
  switch (code) {
    case "23505": // unique_violation
      return new Problem("duplicate");
    case "23503": // foreign_key_violation
      return new Problem("in_use");
    case "40001": // serialization_failure
    case "40P01": // deadlock_detected
    case "55P03": // lock_not_available
      return new Problem("conflict");
    case "22003": // numeric_value_out_of_range
    case "22P02": // invalid_text_representation
    case "22021": // character_not_in_repertoire
    case "22P05": // untranslatable_character
      return new Problem("invalid");
    case "57P01": // admin_shutdown
    case "57P02": // crash_shutdown
    case "57P03": // cannot_connect_now
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "EPIPE":
    case "ENOENT":
      return new Problem("unavailable");
    default:
      return undefined;
  }
}
