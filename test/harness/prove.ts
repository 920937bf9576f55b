// `npm run prove`: the long versions of the tests. Each proof writes what it did, its seed and its result to
// docs/proofs, so that anybody can repeat it. Arguments: names of proofs (none means all), --seed N.
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Proof } from "./proof.ts";
import { serverVariable, startTestServer } from "./server.ts";

const root = path.resolve(import.meta.dirname, "../..");
process.chdir(root);
const { values, positionals } = parseArgs({ allowPositionals: true, options: { seed: { type: "string" } } });
const seed = values.seed === undefined ? randomInt(2 ** 32) : Number(values.seed);
const commit = git("rev-parse", "--short", "HEAD") + (git("status", "--porcelain") === "" ? "" : " with changes");

const server = await startTestServer();
process.env[serverVariable] = JSON.stringify(server);
let passed = 0;
let failed = 0;
for (const file of globSync("test/prove/*.ts").sort()) {
  const name = path.basename(file, ".ts");
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  // Every file in test/prove exports its proof under this name.
  const { proof } = (await import(path.resolve(file))) as { proof: Proof };
  const begun = Date.now();
  try {
    const result = await proof.run(seed);
    if (result.passed) passed += 1;
    else failed += 1;
    write(name, proof.title, result.passed, result.figures, result.remarks ?? [], begun);
  } catch (error) {
    failed += 1;
    write(
      name,
      proof.title,
      false,
      {},
      [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      begun,
    );
  }
}
await server.stop();
if (passed + failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function write(
  name: string,
  title: string,
  ok: boolean,
  figures: Readonly<Record<string, string | number>>,
  remarks: readonly string[],
  begun: number,
): void {
  const seconds = ((Date.now() - begun) / 1000).toFixed(1);
  const lines = [
    `# ${title}`,
    "",
    `Result: **${ok ? "holds" : "FAILED"}**. Repeat with \`npm run prove -- ${name} --seed ${seed}\`.`,
    "",
    "| | |",
    "| --- | --- |",
    ...Object.entries(figures).map(([key, value]) => `| ${key} | ${value} |`),
    `| seed | ${seed} |`,
    `| seconds | ${seconds} |`,
    `| date | ${new Date().toISOString().slice(0, 10)} |`,
    `| commit | ${commit} |`,
    `| machine | ${os.availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node} |`,
    ...(remarks.length === 0 ? [] : ["", ...remarks.map((remark) => `- ${remark}`)]),
    "",
  ];
  mkdirSync("docs/proofs", { recursive: true });
  writeFileSync(`docs/proofs/${name}.md`, lines.join("\n"));
  console.log(`${ok ? "holds " : "FAILED"}  ${title}  (${seconds} s)`);
  if (!ok) console.log(remarks.map((remark) => `        ${remark}`).join("\n"));
}

function git(...args: readonly string[]): string {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}
