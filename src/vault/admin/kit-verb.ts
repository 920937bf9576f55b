// The recovery kit as the company's owners are told of it: where the key lies, how the kit is printed, and whether the
// audit log knows of a print.
import type { z } from "zod";
import type { AdminVerbs } from "../../contract/admin-verbs.ts";
import type { Records } from "../records/deps.ts";

/** The act of the log that says the recovery kit was printed. */
export const KIT_ACTION = "kit.print";

export interface RecoveryKitPlace {
  readonly keyFile: string;
  readonly command: string;
}

export async function readKit(
  records: Records,
  place: RecoveryKitPlace,
): Promise<z.infer<AdminVerbs["installation.recoveryKit"]["output"]>> {
  const [printed] = await records.ledger.list({ action: KIT_ACTION, limit: 1 });
  return { keyFile: place.keyFile, command: place.command, printedAt: printed?.at ?? null };
}
