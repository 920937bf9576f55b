// `npm run prove`: the long versions of the tests. Each proof writes what it did, its seed and its result to
// docs/proofs, so that anybody can repeat it. Arguments: names of proofs (none means all), --seed N, --minutes N (the
// longest time that one proof may take; one that is not over then has failed).
import { execFileSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { globSync, mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Proof, ProofResult } from "./proof.ts";
import { serverVariable, startTestServer } from "./server.ts";

const root = path.resolve(import.meta.dirname, "../..");
process.chdir(root);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, minutes: { type: "string", default: "60" } },
});
const seed = wholeNumber(values.seed ?? String(randomInt(2 ** 32)));
const minutes = wholeNumber(values.minutes);
// What a proof itself writes is no change of the source.
const changes = git("status", "--porcelain", "--", ".", ":!docs/proofs");
const commit = git("rev-parse", "--short", "HEAD") + (changes === "" ? "" : " with changes");
const files = globSync("test/prove/*.ts").sort();
const names = files.map((file) => path.basename(file, ".ts"));
for (const name of positionals)
  if (!names.includes(name)) throw new Error(`There is no proof ${name}, only ${names.join(", ")}.`);

const server = await startTestServer();
process.env[serverVariable] = JSON.stringify(server);
let passed = 0;
let failed = 0;
for (const [index, file] of files.entries()) {
  const name = names[index] ?? "";
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  // Every file in test/prove exports its proof under this name.
  const { proof } = (await import(path.resolve(file))) as { proof: Proof };
  const begun = Date.now();
  const since = (): string => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  console.log(`${name}: ${proof.title}, seed ${seed}`);
  const result = await Promise.race([
    proof.run(seed, (text) => console.log(`  ${name}  ${since()}  ${text}`)).catch(failure),
    sleep(minutes * 60_000, failure(`It was not over after ${minutes} minutes.`), { ref: false }),
  ]);
  if (result.passed) passed += 1;
  else failed += 1;
  write(name, proof.title, result, begun);
}
await server.stop();
console.log(`${passed} passed, ${failed} failed`);
// A proof that ran out of time may still be at work; what it started ends with this process.
process.exit(failed > 0 ? 1 : 0);

function failure(error: unknown): ProofResult {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { passed: false, figures: {}, remarks: [text.replaceAll(`${root}${path.sep}`, "")] };
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/u.test(text)) throw new Error(`${text} is no whole number.`);
  return Number(text);
}

function write(name: string, title: string, { passed: ok, figures, remarks = [] }: ProofResult, begun: number): void {
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
