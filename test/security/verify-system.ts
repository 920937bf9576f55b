// The offline verifier against a whole system, run as its operator runs it: `strongroom ledger verify --json`.
import { execFile } from "node:child_process";
import path from "node:path";
import type { LedgerVerdict } from "../../src/vault/ledger/verify.ts";
import type { System } from "../harness/system.ts";

const cli = path.resolve(import.meta.dirname, "../../src/cli/strongroom.ts");

/** Throws with what the command printed when that is no verdict. */
export function verifySystem({ env }: Pick<System, "env">, args: readonly string[] = []): Promise<LedgerVerdict> {
  return new Promise((resolve, reject) => {
    const { NODE_OPTIONS: _, ...own } = env;
    execFile(
      process.execPath,
      [cli, "ledger", "verify", "--json", ...args],
      { env: own, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout, stderr) => {
        try {
          // Exit code 1 means findings; what the command prints then is a verdict all the same.
          resolve(JSON.parse(stdout) as LedgerVerdict);
        } catch {
          reject(new Error(`ledger verify: ${stderr || stdout}`));
        }
      },
    );
  });
}
