// The long version of test/security/canary.test.ts: more values, on the embedded PostgreSQL and on Debian's with its
// pg_dump, and on each once more with sealing switched off, where the same search must find what it looks for.
import { findDebianPostgres } from "../harness/debian-postgres.ts";
import type { Proof } from "../harness/proof.ts";
import { removeCheckoutForOthers } from "../harness/reachable-checkout.ts";
import { type CanaryResult, runCanaries } from "../security/canary.ts";

/** Enough for more than 1,000 values. */
const rounds = 12;

export const proof: Proof = {
  title: "Of more than 1,000 values typed, nothing is on the disk in any form",
  run: async (seed, say) => {
    const figures: Record<string, string | number> = {};
    const remarks: string[] = [];
    let passed = true;
    for (const debian of [false, true]) {
      const name = debian ? "Debian's PostgreSQL" : "embedded PostgreSQL";
      if (debian && findDebianPostgres() === undefined) {
        remarks.push("No PostgreSQL of the system is installed, so pg_dump was not looked through.");
        passed = false;
        continue;
      }
      const tell = (text: string): void => say(`${name}: ${text}`);
      const sealed = await runCanaries({ seed, rounds, debian, say: tell });
      const unsealed = await runCanaries({
        seed,
        rounds: 4,
        debian,
        unsealed: true,
        say: (text) => tell(`unsealed, ${text}`),
      });
      remarks.push(...sealed.hits, ...sealed.coreDumps);
      if (!holds(sealed) || !findsAll(unsealed, debian)) passed = false;
      for (const [what, value] of Object.entries(shown(sealed, unsealed))) figures[`${name}: ${what}`] = value;
    }
    removeCheckoutForOthers();
    return { passed, figures, remarks };
  },
};

function holds({ values, hits, coreDumps, control }: CanaryResult): boolean {
  const { WAL = 0, ...others } = control;
  const plainFound = Object.values(others).every((count) => count === values) && WAL >= values * 0.95;
  return values >= 1000 && hits.length === 0 && coreDumps.length === 0 && plainFound;
}

/** A value may lie across the border of two pages of a table or of the log, where a header is written between its bytes. */
function findsAll({ kept, keptIn }: CanaryResult, debian: boolean): boolean {
  const { COPY, dump, tables, WAL } = keptIn;
  return COPY === kept && tables >= kept * 0.95 && WAL >= kept * 0.95 && (!debian || dump === kept);
}

function shown(sealed: CanaryResult, unsealed: CanaryResult): Record<string, string | number> {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([place, count]) => `${place} ${count}`)
      .join(", ");
  return {
    "values typed": sealed.values,
    "patterns looked for": sealed.patterns,
    "requests, of them refused": `${sealed.requests}, ${sealed.refused}`,
    "files, open files, tables copied, dumps": `${sealed.files}, ${sealed.openFiles}, ${sealed.tables}, ${sealed.dumps}`,
    "megabytes looked through": sealed.megabytes,
    found: sealed.hits.length,
    "processes that could leave a core dump": sealed.coreDumps.length,
    "found when written in plain": list(sealed.control),
    "with sealing switched off, values kept in records": unsealed.kept,
    "of these found": list(unsealed.keptIn),
  };
}
