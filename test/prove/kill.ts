// The long version of test/security/kill.test.ts.
import type { Proof } from "../harness/proof.ts";
import { runKills } from "../security/kill.ts";

const names = {
  vault: "vault",
  office: "office",
  postgres: "PostgreSQL's postmaster",
  backend: "a process of PostgreSQL's",
  supervisor: "supervisor",
};

export const proof: Proof = {
  title: "SIGKILL of any process amid writes and imports loses nothing that was acknowledged",
  run: async (seed, say) => {
    const kills = 100;
    const { wrong, imports, ...figures } = await runKills({
      seed,
      kills,
      importRows: 6000,
      pauseMs: 800,
      onKill: (done) => {
        if (done % 5 === 0) say(`${done} of ${kills} kills`);
      },
    });
    const { running = 0, undoing = 0, ...other } = figures.amid;
    const between = Object.values(other).reduce((sum, one) => sum + one, 0);
    return {
      passed: wrong.length === 0 && running >= kills / 2 && running + undoing >= kills * 0.9,
      figures: {
        kills: list(figures.kills, names),
        "kills while an import wrote": running,
        "kills while an import was taken back": undoing,
        "kills between two imports": between,
        "writes acknowledged": figures.acknowledged,
        "writes without an answer": figures.unanswered,
        "what came instead": list(figures.instead),
        "imports brought to their end, their rows": `${imports.all}, ${imports.rows}`,
        "of these taken back": imports.undone,
        "of these after the last start": figures.undoneAfterwards,
        "rows afterwards, each compared": figures.rows,
        "slowest recovery, ms": figures.slowestRecoveryMs,
        "lost, half, gone back or unknown to the ledger": wrong.length,
      },
      remarks: wrong.slice(0, 30),
    };
  },
};

function list(counts: Readonly<Record<string, number>>, shown: Readonly<Record<string, string>> = {}): string {
  return Object.entries(counts)
    .map(([what, times]) => `${times} × ${shown[what] ?? what}`)
    .join(", ");
}
