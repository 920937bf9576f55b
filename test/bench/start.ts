// How long `npm start` takes on an installed product with all its data: from the command to the first page, and from
// there until searches see every record.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { get } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import type { System } from "../harness/system.ts";
import type { Figure } from "./figure.ts";
import { memoryFigures } from "./processes.ts";

const root = path.resolve(import.meta.dirname, "../..");
const idleMs = 30_000;

/** The system must be stopped, its folder kept. `wanted` decides whether to wait for the idle memory. */
export async function benchStart(
  system: System,
  owner: DeviceClient,
  rows: number,
  wantsMemory: boolean,
): Promise<Figure[]> {
  const begun = performance.now();
  const child = spawn(process.execPath, [path.join(root, "bin/start.mjs")], {
    env: { ...system.env },
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const pids = { supervisor: child.pid ?? 0, postgres: 0, migrate: 0, vault: 0, office: 0 };
  let complete: number | undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith('{"event":')) return;
    // Written by the supervisor's announcer.
    const event = JSON.parse(line) as { event: string; name?: keyof typeof pids; pid?: number };
    if (event.event === "search-ready") complete ??= performance.now();
    if (event.event === "process" && event.name !== undefined && event.pid !== undefined) pids[event.name] = event.pid;
  });
  try {
    while (!(await servesPage(system.port))) {
      if (child.exitCode !== null) throw new Error("the start failed");
      await sleep(10);
    }
    const page = performance.now();
    while (!(await searchable(owner))) await sleep(100);
    const warm = performance.now();
    while (complete === undefined) await sleep(10);
    const figures: Figure[] = [
      { name: "start.first_page_s", value: (page - begun) / 1000, unit: "s", n: 1 },
      { name: "start.search_warm_s", value: (warm - page) / 1000, unit: "s", n: rows },
      { name: "start.search_complete_s", value: (complete - page) / 1000, unit: "s", n: rows },
    ];
    if (wantsMemory) {
      await sleep(idleMs);
      figures.push(...memoryFigures("memory.started", { pids }, rows));
    }
    return figures;
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}

/** Whether every object can be searched by name; numbers are found a little later. */
async function searchable(owner: DeviceClient): Promise<boolean> {
  const { search } = await owner.request<{ search: { ready: boolean } }>("GET", "/api/schema");
  return search.ready;
}

function servesPage(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = get({ hostname: "localhost", port, path: "/", agent: false }, (answer) => {
      answer.resume();
      answer.on("end", () => {
        resolve(answer.statusCode === 200);
      });
    });
    sent.on("error", () => {
      resolve(false);
    });
  });
}
