// The first start after a backup was put back: it is entered in the log, and what may have ended since the backup ends
// now. The note that tells of it is written by the restore and goes only when the log has it.
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { systemScope } from "../db/database.ts";
import type { Identity } from "../identity/identity.ts";
import type { Records } from "../records/deps.ts";

const note = z.object({ madeAt: z.iso.datetime(), ledgerSize: z.int() });

export interface RestoredOptions {
  readonly records: Pick<Records, "db" | "ledger">;
  readonly identity: Identity;
  /** The vault's own folder. */
  readonly folder: string;
}

export async function noteRestored({ records, identity, folder }: RestoredOptions): Promise<void> {
  const file = path.join(folder, "restored.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const { madeAt } = note.parse(JSON.parse(text));
  const now = new Date();
  await records.db.tx(systemScope("restore"), async (tx) => {
    const rows = await identity.endRestored(tx, now);
    await records.ledger.insert(tx, [
      { action: "backup.restored", at: now, actor: { kind: "system" }, result: "ok", purpose: madeAt, rows },
    ]);
  });
  await rm(file);
}
