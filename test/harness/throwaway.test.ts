// A run that is killed from outside leaves nothing behind: neither its own database, nor the test files it started, nor
// their systems, databases and folders.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { isAlive } from "../../src/supervisor/process-table.ts";
import { copyTemplate } from "./company-template.ts";
import { eventually } from "./eventually.ts";
import { serverVariable } from "./server.ts";
import { makeFolder } from "./throwaway.ts";

const harness = (name: string): string => JSON.stringify(pathToFileURL(path.join(import.meta.dirname, name)).href);

/**
 * Says what it has started, and then never ends by itself. Nobody in the run knows the folder of the second system: what
 * runs there is ended by its supervisor, in order, or by nobody.
 */
const fileOfRun = (report: string, second: string): string => `
  import { writeFileSync, renameSync } from "node:fs";
  import { test } from "node:test";
  import { copyTemplate } from ${harness("company-template.ts")};
  import { startSystem } from ${harness("system.ts")};
  import { serverVariable } from ${harness("server.ts")};
  test("stays", async () => {
    const systems = await Promise.all([startSystem({ folder: copyTemplate() }), startSystem({ folder: "${second}" })]);
    const server = JSON.parse(process.env[serverVariable]).host;
    const pids = systems.map(({ pids: { migrate, ...lasting } }) => lasting);
    const folders = [systems[0].folder, server];
    writeFileSync("${report}.new", JSON.stringify({ file: process.pid, pids, folders }));
    renameSync("${report}.new", "${report}");
    setInterval(() => {}, 1000);
    await new Promise(() => {});
  });`;

interface Report {
  readonly file: number;
  /** Of each system. */
  readonly pids: readonly Readonly<Record<string, number>>[];
  readonly folders: readonly string[];
}

test("a run that was killed leaves nothing behind, nor does a supervisor killed with it", async () => {
  // Starting three databases from nothing is all the time this takes; two can be the company of the run around it.
  const folder = copyTemplate() ?? makeFolder();
  const report = path.join(folder, "report.json");
  const file = path.join(folder, "stays.test.ts");
  writeFileSync(file, fileOfRun(report, folder));
  const env = { ...process.env };
  // A run of its own, not a part of this one.
  for (const name of ["NODE_TEST_CONTEXT", serverVariable]) delete env[name];
  const run = spawn(process.execPath, [path.join(import.meta.dirname, "run.ts"), file], { env, stdio: "ignore" });
  try {
    await eventually("the file of the run reports", () => existsSync(report) || run.exitCode !== null);
    const { file: child, pids, folders } = JSON.parse(readFileSync(report, "utf8")) as Report; // written above
    const all = pids.flatMap((system) => Object.entries(system));
    assert.equal(all.length, 8);
    for (const [name, pid] of all) assert.ok(isAlive(pid), name);
    run.kill("SIGKILL");
    process.kill(pids[0]?.["supervisor"] ?? 0, "SIGKILL");
    await once(run, "exit");
    await eventually("the test file ends", () => !isAlive(child));
    for (const [name, pid] of all) await eventually(`${name} ends`, () => !isAlive(pid));
    await eventually("the second system stops in order", () => !existsSync(path.join(folder, "data/lock")));
    for (const one of folders) await eventually(`${one} is removed`, () => !existsSync(one));
  } finally {
    run.kill("SIGKILL");
  }
});
