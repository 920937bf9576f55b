// The test run behind `npm test`: checks of the source, then the tests, and as its last line what passed and what
// failed. A run in which nothing ran has failed. Arguments: names of steps (types lint format unused tests browser) or
// paths of test files; none means all.
import { spawn } from "node:child_process";
import { existsSync, globSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { makeTemplate, templateVariable } from "./company-template.ts";
import { startCompany } from "./company.ts";
import { chromiumVariable, ensureChromium } from "./chromium.ts";
import { runTestFiles, type Tally } from "./node-tests.ts";
import { type OwnTestServer, serverVariable, startTestServer } from "./server.ts";

const root = path.resolve(import.meta.dirname, "../..");
const started = Date.now();

const checks: Readonly<Record<string, readonly (readonly string[])[]>> = {
  types: [
    ["typescript/bin/tsc", "-p", "tsconfig.json"],
    ["typescript/bin/tsc", "-p", "tsconfig.web.json"],
  ],
  lint: [["oxlint/bin/oxlint", "--deny-warnings", "--quiet"]],
  format: [["oxfmt/bin/oxfmt", "--check", "."]],
  unused: [["knip/bin/knip.js", "--no-progress"]],
};

const testPatterns = ["src/**/*.test.ts", "test/{harness,unit,api,security}/**/*.test.ts"];
const browserPattern = "test/e2e/**/*.test.ts";

/** In the order in which they are begun: the first ones hold the long files. */
const folders = ["test/e2e", "test/security", "test/api", ""];
/** One more than cores: a file often waits, for a clock or for its own requests one after the other. */
const concurrency = os.availableParallelism() + 1;

/** Files that take longer are named, so that the whole stays below ten minutes. */
const slowFile = 20_000;

const tally: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };
const chosen = process.argv.slice(2);
const files = chosen.filter((name) => name.endsWith(".test.ts")).map((name) => path.resolve(name));
const wants = (step: string): boolean => chosen.length === 0 || chosen.includes(step);

process.chdir(root);
const everything = wants("tests") ? globSync(testPatterns) : [];
const [chromium] = await Promise.all([
  wants("browser") ? browserFiles() : [],
  ...Object.entries(checks).flatMap(([step, commands]) =>
    wants(step) ? commands.map((command) => check(step, command)) : [],
  ),
]);
await test([...files, ...chromium, ...everything]);
report();

/** One program that says yes or no; it counts as one test. */
async function check(step: string, [script = "", ...args]: readonly string[]): Promise<void> {
  const begun = Date.now();
  const file = path.join("node_modules", script);
  const { code, output } = existsSync(file)
    ? await run(process.execPath, [file, ...args])
    : { code: 1, output: `${file} is missing; run npm ci --include=dev` };
  const name = `${step}: ${path.basename(script)} ${args.join(" ")}`;
  if (code === 0) tally.passed += 1;
  else fail(name, output);
  say(`${code === 0 ? "ok    " : "FAILED"}  ${name}`, begun);
}

async function test(found: readonly string[]): Promise<void> {
  if (found.length === 0) return;
  const begun = Date.now();
  const before = { ...tally };
  let step = "server and company of this run";
  let server: OwnTestServer | undefined;
  let template: string | undefined;
  try {
    server = await startTestServer();
    process.env[serverVariable] = JSON.stringify({ ...server, stop: undefined });
    // One file alone fills its company by itself, as it does without this run.
    if (found.length > 1) {
      template = await makeTemplate(await startCompany({ keep: true }));
      process.env[templateVariable] = template;
    }
    say(step, begun);
    step = "tests";
    await runTestFiles(found.toSorted(longFirst), concurrency, tally, (file, ok, ms) => {
      if (!ok || ms > slowFile) say(`  ${ok ? "slow  " : "FAILED"}  ${file}`, Date.now() - ms);
    });
  } catch (error) {
    fail(step, inspect(error));
  } finally {
    if (template !== undefined) rmSync(template, { recursive: true, force: true });
    await server?.stop();
  }
  const counts = `${tally.passed - before.passed} passed, ${tally.failed - before.failed} failed`;
  say(`${tally.failed === before.failed ? "ok    " : "FAILED"}  tests: ${found.length} files, ${counts}`, begun);
}

/** So that no core is left with a long file at the end while the other has nothing to do. */
function longFirst(one: string, other: string): number {
  const place = (file: string): number => folders.findIndex((folder) => path.relative(root, file).startsWith(folder));
  return place(one) - place(other) || (one < other ? -1 : 1);
}

/** The browser tests, once there is a browser. */
async function browserFiles(): Promise<string[]> {
  try {
    process.env[chromiumVariable] = ensureChromium((text) => say(text, Date.now()));
    return globSync(browserPattern);
  } catch (error) {
    fail("Chromium for the browser tests", error instanceof Error ? error.message : String(error));
    return [];
  }
}

function run(file: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (data) => (output += data));
    child.stderr.on("data", (data) => (output += data));
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}

function fail(name: string, output: string): void {
  tally.failed += 1;
  tally.failures.push({ name, text: output });
}

function say(text: string, begun: number): void {
  console.log(`${text}  (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

function report(): void {
  for (const { name, text } of tally.failures) console.log(`\n--- ${name}\n${text.trimEnd()}`);
  if (tally.skipped > 0) console.log(`\n${tally.skipped} skipped`);
  console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s in all`);
  const nothing = tally.passed + tally.failed === 0;
  if (nothing) console.log("Nothing ran, which counts as a failure.");
  console.log(`${tally.passed} passed, ${nothing ? 1 : tally.failed} failed`);
  process.exitCode = nothing || tally.failed > 0 ? 1 : 0;
}
