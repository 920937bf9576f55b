// `npm run bench`: measures the product on this machine and prints each figure with its bar. `--json FILE` also writes
// [{name, value, unit, n}]; `--only PATTERN` runs the parts whose figures match; `--contacts N` takes another size.
import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { measureLedger } from "./ledger.ts";
import { startSystem } from "../harness/system.ts";

import { fillBook } from "./book.ts";
import { type Figure, lineOf } from "./figure.ts";
import { benchInstall } from "./install.ts";
import { memoryFigures } from "./processes.ts";
import { benchRequests } from "./requests.ts";
import { benchSearch } from "./search.ts";
import { benchSignedPath } from "./signed-path.ts";
import { benchStart } from "./start.ts";

const { values: options } = parseArgs({
  options: { json: { type: "string" }, only: { type: "string" }, contacts: { type: "string", default: "100000" } },
});
const contacts = Number(options.contacts);
const pattern = options.only === undefined ? undefined : new RegExp(options.only, "u");
/** PostgreSQL connections that nobody uses are closed after 30 s. */
const idleMs = 45_000;

/** Figures by the part that measures them; a pattern that fits one of them runs the part. */
const parts = {
  install: ["install.packages", "install.mb"],
  ledger: ["ledger.entries_per_s", "ledger.p95_ms"],
  signed: ["signed_path.p95_ms"],
  search: ["search.contains.p95_ms"],
  import: ["import.contacts.rows_per_s"],
  "list.owner50": ["list.owner50.c1.p95_ms", "list.owner50.c16.rps", "list.owner50.app_cpu_ms"],
  read: ["read.c16.rps"],
  create: ["create.c16.rps"],
  update: ["update.c16.rps"],
  "search.request": ["search.request.p95_ms"],
  memory: ["memory.idle_mb"],
  start: ["start.first_page_s", "start.search_warm_s"],
} as const;
type Part = keyof typeof parts;

const wants = (part: Part): boolean => pattern === undefined || parts[part].some((name) => pattern.test(name));
const say = (text: string): void => {
  console.error(`  ${text} (load average ${loadavg()[0]?.toFixed(1)})`);
};
const figures: Figure[] = [];
const report = (found: readonly Figure[]): void => {
  for (const figure of found) console.log(lineOf(figure));
  figures.push(...found);
};

console.log(
  `${new Date().toISOString()}, ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}, load average ${loadavg()[0]?.toFixed(1)}`,
);
if (wants("install")) report(benchInstall());
if (wants("ledger")) {
  say("ledger");
  const { entriesPerSecond, p95Ms, offeredPerSecond } = await measureLedger();
  report([
    { name: "ledger.entries_per_s", value: entriesPerSecond, unit: "1/s", n: entriesPerSecond * 5 },
    { name: "ledger.p95_ms", value: p95Ms, unit: "ms", n: offeredPerSecond * 5 },
  ]);
}
if (wants("signed")) {
  say("signed path");
  report(await benchSignedPath());
}
const onProduct: readonly Part[] = [
  "import",
  "list.owner50",
  "read",
  "create",
  "update",
  "search.request",
  "memory",
  "start",
];
if (onProduct.some(wants)) await benchProduct();
if (wants("search")) {
  say("search projection");
  report(await benchSearch());
}
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, null, 2)}\n`);

/** The whole product on a fresh folder, fsync on. */
async function benchProduct(): Promise<void> {
  say("starting the product");
  const system = await startSystem({ keep: true });
  let running = true;
  try {
    const book = await fillBook(system, contacts, say);
    const { rows, runSeconds, checkSeconds, uploadSeconds, cpuSeconds } = book.imported;
    report([
      { name: "import.contacts.rows_per_s", value: rows / runSeconds, unit: "rows/s", n: rows },
      { name: "import.contacts.cpu_ms_per_row", value: (cpuSeconds * 1000) / rows, unit: "ms", n: rows },
      { name: "import.contacts.check_rows_per_s", value: rows / checkSeconds, unit: "rows/s", n: rows },
      { name: "import.contacts.upload_s", value: uploadSeconds, unit: "s", n: rows },
    ]);
    report(await benchRequests(system, book, (part) => wants(part as Part), say));
    if (wants("memory")) {
      say("idling");
      await sleep(idleMs);
      report(memoryFigures("memory.idle", system, contacts));
    }
    await system.stop();
    running = false;
    if (wants("start")) {
      say("starting again");
      report(await benchStart(system, book.owner, contacts, wants("memory")));
    }
    book.close();
  } finally {
    if (running) await system.stop();
    rmSync(system.folder, { recursive: true, force: true });
  }
}
