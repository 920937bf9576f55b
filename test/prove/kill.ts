// The long version of test/security/kill.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runKills } from "../security/kill.ts";

export const proof: Proof = {
  title: "SIGKILL of any process amid writes and an import loses nothing that was acknowledged",
  run: async (seed) => {
    const { kills, wrong, instead, ...figures } = await runKills(seed, 100, 60_000);
    const counted = (counts: Readonly<Record<string, number>>): string =>
      Object.entries(counts)
        .map(([what, times]) => `${times} × ${what}`)
        .join(", ");
    return {
      passed: wrong.length === 0,
      figures: {
        kills: counted(kills),
        "writes acknowledged": figures.acknowledged,
        "writes without an answer": figures.unanswered,
        "what came instead": counted(instead),
        "rows of the import": figures.importedRows,
        "rows afterwards, each opened": figures.rows,
        "slowest recovery, ms": figures.slowestRecoveryMs,
        "lost, half or unknown to the ledger": wrong.length,
      },
      remarks: wrong.slice(0, 30),
    };
  },
};
