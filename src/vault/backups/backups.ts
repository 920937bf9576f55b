// Makes backups, one at a time, for whoever asks: a person by a signed request, or the server's operator. A backup is in
// the table and in the log once its file was read back whole; a try that failed is in the log too.
import path from "node:path";
import { BackupProblem } from "../../continuity/backup-problem.ts";
import { type MadeBackup, makeBackup } from "../../continuity/write-backup.ts";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { TaggedTable } from "../identity/tagged-table.ts";
import type { RootKeyFile } from "../keys/key-file.ts";
import type { ActorRef } from "../ledger/entry.ts";
import type { Records } from "../records/deps.ts";
import { type BackupRow, backupTable } from "./backup-table.ts";

export interface BackupsOptions {
  readonly records: Pick<Records, "db" | "keyring" | "ledger">;
  readonly rootKey: RootKeyFile;
  readonly keystore: string;
  readonly program: string;
  /** From the server's settings, the usual one first. */
  readonly folders: readonly string[];
  /** Told what nobody foresaw. */
  readonly onError: (error: unknown) => void;
}

export interface RunningBackup {
  readonly folder: string;
  readonly startedAt: Date;
  /** From 0 to 1. */
  readonly share: number;
}

const faults: Partial<Record<string, ProblemCode>> = {
  folder_unusable: "backup_folder",
  no_space: "backup_no_space",
};

export class Backups {
  readonly folders: readonly string[];
  readonly #options: BackupsOptions;
  readonly #table: TaggedTable<BackupRow>;
  #running: RunningBackup | undefined;
  #failure: { readonly at: Date; readonly problem: ProblemCode } | undefined;

  constructor(options: BackupsOptions) {
    this.#options = options;
    this.folders = options.folders;
    this.#table = backupTable(options.records.keyring);
  }

  get running(): RunningBackup | undefined {
    return this.#running;
  }

  /** The newest try, when it failed. */
  get failure(): { readonly at: Date; readonly problem: ProblemCode } | undefined {
    return this.#failure;
  }

  /** The newest backup that was read back whole. Throws TagBroken for a row the vault did not write. */
  async newest(): Promise<BackupRow | undefined> {
    const [row] = await this.#options.records.db.tx(systemScope("backups"), (tx) =>
      this.#table.find(tx, "true order by made_at desc limit 1", []),
    );
    return row;
  }

  /**
   * Makes one and resolves when it was read back whole. Whatever was acknowledged before the call is in it. Throws
   * Problem `backup_running`, `backup_folder`, `backup_no_space`, `backup_failed`.
   */
  async make(folder: string, actor: ActorRef, progress: (share: number) => void = () => undefined): Promise<BackupRow> {
    if (this.#running !== undefined) throw new Problem("backup_running");
    const startedAt = new Date();
    this.#running = { folder, startedAt, share: 0 };
    const { records, rootKey, keystore, program } = this.#options;
    try {
      const made = await makeBackup({
        db: records.db,
        keystore,
        rootKey,
        signer: records.keyring.signingKey(),
        program,
        folder,
        progress: (share) => {
          this.#running = { folder, startedAt, share };
          progress(share);
        },
      });
      const row = await this.#enter(made, actor);
      this.#failure = undefined;
      return row;
    } catch (error) {
      const problem = this.#problemOf(error);
      this.#failure = { at: new Date(), problem };
      await records.ledger.append([
        { action: "backup.finish", at: this.#failure.at, actor, result: "refused", problem },
      ]);
      throw new Problem(problem);
    } finally {
      this.#running = undefined;
    }
  }

  async #enter({ file, bytes, manifest }: MadeBackup, actor: ActorRef): Promise<BackupRow> {
    const { records } = this.#options;
    return records.db.tx(systemScope("backups"), async (tx) => {
      const { row, change } = await this.#table.insert(tx, {
        id: uuidv7(),
        madeAt: new Date(manifest.madeAt),
        madeBy: actor.personId ?? null,
        folder: path.dirname(file),
        file: path.basename(file),
        bytes,
        records: manifest.records,
        ledgerSize: manifest.ledger?.size ?? 0,
      });
      await records.ledger.insert(tx, [
        { action: "backup.finish", at: new Date(), actor, result: "ok", rows: [change] },
      ]);
      return row;
    });
  }

  #problemOf(error: unknown): ProblemCode {
    const known = error instanceof BackupProblem ? faults[error.fault] : undefined;
    if (known === undefined) this.#options.onError(error);
    return known ?? "backup_failed";
  }
}
