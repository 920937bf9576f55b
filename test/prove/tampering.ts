// The long version of test/security/tampering.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runTamperings } from "../security/tampering.ts";

export const proof: Proof = {
  title: "10,000 random tamperings with the ledger are found against a witnessed checkpoint",
  run: async (seed, say) => {
    const count = 10_000;
    const result = await runTamperings(seed, count, (done) => {
      if (done % 500 === 0) say(`${done} of ${count} tamperings`);
    });
    const perKind = Object.values(result.kinds);
    return {
      passed: result.missed.length === 0 && result.caught === count,
      figures: {
        tamperings: result.done,
        "kinds of tampering": perKind.length,
        "of each kind": `${Math.min(...perKind)} to ${Math.max(...perKind)}`,
        "entries, checkpoints of the ledger": `${result.size}, ${result.checkpoints}`,
        found: result.caught,
        missed: result.missed.length,
      },
      remarks: result.missed.slice(0, 30),
    };
  },
};
