// The rows about backups: each is written once, with its entry in the log, when the file was read back whole.
import type { Keyring } from "../keys/keyring.ts";
import { type BaseRow, TaggedTable } from "../identity/tagged-table.ts";

export interface BackupRow extends BaseRow {
  readonly madeAt: Date;
  /** Null: by the command line on the server. */
  readonly madeBy: string | null;
  readonly folder: string;
  readonly file: string;
  readonly bytes: number;
  readonly records: number;
  readonly ledgerSize: number;
}

export function backupTable(keyring: Pick<Keyring, "tag" | "verifyTag">): TaggedTable<BackupRow> {
  return new TaggedTable<BackupRow>(keyring, "backup", {
    madeAt: "made_at",
    madeBy: "made_by",
    folder: "folder",
    file: "file",
    bytes: "bytes",
    records: "records",
    ledgerSize: "ledger_size",
  });
}
