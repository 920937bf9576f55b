// Puts the room of imports together.
import type { Records } from "../records/deps.ts";
import type { ImportHandlers } from "../verbs.ts";
import { importHandlers } from "./handlers.ts";
import { Jobs } from "./jobs.ts";
import { ImportRunner, type Pauses } from "./runner.ts";

export interface Imports {
  readonly handlers: ImportHandlers;
  /** Goes on with what a stop interrupted; once names can be searched. */
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** `onError`: told what nobody foresaw; such a job is marked failed. */
export function openImports(records: Records, onError: (error: unknown) => void = report, pauses?: Pauses): Imports {
  const parts = { records, jobs: new Jobs(records.keyring) };
  const runner = new ImportRunner(parts, onError, pauses);
  return { handlers: importHandlers(parts, runner), resume: () => runner.start(), close: () => runner.close() };
}

function report(error: unknown): void {
  // The message of a database error may quote a value, so only the kind of error goes to the log.
  const code = typeof error === "object" && error !== null && "code" in error ? ` ${String(error.code)}` : "";
  process.stderr.write(
    `${new Date().toISOString()} import: ${error instanceof Error ? error.name : "unknown error"}${code}\n`,
  );
}
