// The long version of test/security/replay.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runReplay } from "../security/replay.ts";

export const proof: Proof = {
  title: "What a browser stores or sends, replayed from a second client, opens nothing",
  run: async (seed, say) => {
    const count = 10_000;
    const { accepted, verified, statuses, kinds, ...figures } = await runReplay(seed, count, (done) => {
      if (done % 1000 === 0) say(`${done} of ${count} attempts`);
    });
    const answers = Object.entries(statuses).map(([status, times]) => `${times} × ${status}`);
    return {
      passed:
        accepted.length === 0 &&
        figures.refused === figures.attempts &&
        figures.counted === figures.attempts &&
        figures.attempts >= count &&
        verified,
      figures: {
        attempts: figures.attempts,
        "kinds of attempt": Object.keys(kinds).length,
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
