// Nothing the projection holds in plain may ever lie in a file, not even an unlinked one: a big sort is where SQLite
// would make one.
import assert from "node:assert/strict";
import { readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { access, columns, material, people, refill, source, start, upsertRow } from "./test-index.ts";
import { compiled } from "./test-rows.ts";

/** Unlinked or temporary files this process holds open. */
function plainFiles(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /etilqs|\(deleted\)$/u.test(target) && !target.startsWith("/memfd:") ? [target] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}

async function filesDuring(work: Promise<unknown>): Promise<string[]> {
  const seen = new Set<string>();
  let done = false;
  void work.finally(() => (done = true)).catch(() => undefined);
  while (!done) {
    for (const file of plainFiles()) seen.add(file);
    await wait(1);
  }
  await work;
  return [...seen];
}

test(
  "no sort, however big, opens a temporary file",
  { skip: process.platform !== "linux" && "needs /proc" },
  async () => {
    const index = await start();
    await refill(index, { object: "contact", source: source([]), material: () => material });
    const note = "y".repeat(1500);
    for (let from = 0; from < 20_000; from += 2000)
      await index.upsert(
        "contact",
        people(2000, from + 1).map((record) => upsertRow({ ...record, values: { ...record.values, note } })),
      );
    const sorts = async (): Promise<void> => {
      for (const field of ["note", "jobTitle"])
        await index.query(
          compiled({ columns, sort: [{ field, direction: "asc" }], offset: 19_990, count: true }, access),
        );
    };
    const before = new Set(plainFiles());
    assert.deepEqual(
      (await filesDuring(sorts())).filter((file) => !before.has(file)),
      [],
    );

    // The same search for files does find the ones SQLite makes when it may.
    const spilling = `const { DatabaseSync } = require("node:sqlite"); const { parentPort } = require("node:worker_threads");
    const db = new DatabaseSync(":memory:"); db.exec("pragma temp_store = file; create table t (a, b)");
    const put = db.prepare("insert into t values (?, ?)"); db.exec("begin");
    for (let i = 0; i < 20000; i++) put.run(Math.random(), "y".repeat(1500)); db.exec("commit");
    let n = 0; for (const row of db.prepare("select * from t order by a, b").iterate()) n++;
    parentPort.postMessage(n);`;
    const worker = new Worker(spilling, { eval: true });
    const spilled = await filesDuring(
      new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject)),
    );
    assert.ok(
      spilled.some((file) => !before.has(file)),
      "the control made a temporary file and it was seen",
    );
  },
);
