// The long version of test/security/canary.test.ts: more values, and Debian's PostgreSQL with its pg_dump.
import type { Proof } from "../harness/proof.ts";
import { findDebianPostgres } from "../harness/debian-postgres.ts";
import { runCanaries } from "../security/canary.ts";

export const proof: Proof = {
  title: "Nothing that people type is on the disk in any form",
  run: async (seed) => {
    const figures: Record<string, string | number> = {};
    const remarks: string[] = [];
    let passed = true;
    for (const debian of [false, true]) {
      const name = debian ? "Debian" : "embedded";
      if (debian && findDebianPostgres() === undefined) {
        remarks.push("No PostgreSQL of the system is installed, so pg_dump was not looked through.");
        continue;
      }
      const result = await runCanaries(seed, debian ? 3 : 9, debian);
      const inWal = result.control["WAL"] ?? 0;
      const all = Object.entries(result.control).filter(([place]) => place !== "WAL");
      if (result.hits.length > 0 || result.coreDumps.length > 0) passed = false;
      if (all.some(([, count]) => count !== result.values) || inWal < result.values * 0.95) passed = false;
      if (!debian && result.values < 1000) passed = false;
      Object.assign(figures, {
        [`${name}: values typed`]: result.values,
        [`${name}: patterns looked for`]: result.patterns,
        [`${name}: requests, of them refused`]: `${result.requests}, ${result.refused}`,
        [`${name}: files, open files, tables copied, dumps`]: `${result.files}, ${result.openFiles}, ${result.tables}, ${result.dumps}`,
        [`${name}: megabytes looked through`]: result.megabytes,
        [`${name}: found`]: result.hits.length,
        [`${name}: found when written in plain`]: Object.entries(result.control)
          .map(([place, count]) => `${place} ${count}`)
          .join(", "),
      });
      remarks.push(...result.hits, ...result.coreDumps);
    }
    return { passed, figures, remarks };
  },
};
