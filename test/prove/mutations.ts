// The long version of test/security/mutations.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runMutations } from "../security/mutations.ts";

export const proof: Proof = {
  title: "10,000 mutations of rows by the database's superuser are refused or reported",
  run: async (seed) => {
    const { silent, idle, withoutEffect, ...figures } = await runMutations(seed, 10_000);
    const hidden = Object.values(withoutEffect).reduce((sum, one) => sum + one, 0);
    return {
      passed: silent.length === 0 && idle.length === 0 && hidden === 0 && figures.tried >= 9900,
      figures: {
        mutations: figures.tried,
        "kinds of mutation": figures.kinds,
        "refused or not shown by the vault": figures.refused,
        "named by the offline verifier": figures.reported,
        "seen by nobody": hidden,
        "believed in silence": silent.length,
      },
      remarks: [
        ...silent.slice(0, 20),
        ...idle.map((name) => `never found a row: ${name}`),
        ...Object.entries(withoutEffect).map(([name, times]) => `seen by nobody: ${name}, ${times} times`),
      ],
    };
  },
};
