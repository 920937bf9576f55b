// The long version of test/security/replay.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runReplay } from "../security/replay.ts";

export const proof: Proof = {
  title: "What a browser stores or sends, replayed from a second client, opens nothing",
  run: async (seed) => {
    const { accepted, verified, statuses, ...figures } = await runReplay(seed, 10_000);
    const answers = Object.entries(statuses).map(([status, times]) => `${times} × ${status}`);
    return {
      passed:
        accepted.length === 0 &&
        figures.refused === figures.attempts &&
        figures.counted === figures.attempts &&
        verified,
      figures: {
        attempts: figures.attempts,
        refused: figures.refused,
        accepted: accepted.length,
        "answers by status": answers.join(", "),
        "refusals counted in the ledger": figures.counted,
        "entries for them": figures.entries,
        "cookies set by the server": figures.cookies,
        "ledger verifies": verified ? "yes" : "NO",
      },
      remarks: accepted.slice(0, 20),
    };
  },
};
