// Puts the room of imports together.
import type { Tx } from "../db/database.ts";
import type { RowChange } from "../ledger/entry.ts";
import type { Records } from "../records/deps.ts";
import type { ImportHandlers } from "../verbs.ts";
import type { ImportParts } from "./check-run.ts";
import { importHandlers } from "./handlers.ts";
import { Jobs } from "./jobs.ts";
import { endMandates } from "./mandate.ts";
import { ImportRunner, type Pauses } from "./runner.ts";

export interface Imports {
  readonly handlers: ImportHandlers;
  /** Goes on with what a stop interrupted; once names can be searched. */
  resume(): Promise<void>;
  /** Ends what a person has under way, in the caller's transaction; effective at its commit. */
  endPerson(tx: Tx, personId: string, now: Date): Promise<RowChange[]>;
  close(): Promise<void>;
}

export interface ImportOptions {
  readonly deviceRevoked: ImportParts["deviceRevoked"];
  /** Told what nobody foresaw; such a job is marked failed. */
  readonly onError?: (error: unknown) => void;
  readonly pauses?: Pauses;
}

export function openImports(records: Records, { deviceRevoked, onError = report, pauses }: ImportOptions): Imports {
  const parts = { records, jobs: new Jobs(records.keyring), deviceRevoked };
  const runner = new ImportRunner(parts, onError, pauses);
  return {
    handlers: importHandlers(parts, runner),
    resume: () => runner.start(),
    endPerson: (tx, personId, now) => endMandates(parts, tx, personId, now),
    close: () => runner.close(),
  };
}

function report(error: unknown): void {
  // The message of a database error may quote a value, so only the kind of error goes to the log.
  const code = typeof error === "object" && error !== null && "code" in error ? ` ${String(error.code)}` : "";
  process.stderr.write(
    `${new Date().toISOString()} import: ${error instanceof Error ? error.name : "unknown error"}${code}\n`,
  );
}
