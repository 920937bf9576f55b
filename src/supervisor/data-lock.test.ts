// One supervisor per data folder, also after a kill and when many start at once.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { DataFolderInUse, findLockHolder, lockDataFolder } from "./data-lock.ts";

const folder = mkdtempSync(path.join(tmpdir(), "strongroom-lock-"));
after(() => rmSync(folder, { recursive: true }));
const lock = path.join(folder, "lock");

test("a second lock names the first's process; a released one is free", () => {
  const release = lockDataFolder(folder);
  assert.equal(findLockHolder(folder), process.pid);
  assert.throws(
    () => lockDataFolder(folder),
    (error) => error instanceof DataFolderInUse && error.message.includes(`process ${process.pid}`),
  );
  release();
  assert.equal(existsSync(lock), false);
  lockDataFolder(folder)();
});

test("a lock is stale when its process is gone, its id was reused, or it is no lock", () => {
  const reused = JSON.stringify({ pid: process.pid, mark: "another boot:1" });
  for (const text of ['{"pid":4194303,"mark":"x"}', reused, "", "{}", "rubbish"]) {
    writeFileSync(lock, text);
    assert.equal(findLockHolder(folder), undefined, text);
    lockDataFolder(folder)();
  }
});

test("of eight that start at once over a stale lock, one wins", async () => {
  writeFileSync(lock, '{"pid":4194303,"mark":"x"}');
  const module = path.join(import.meta.dirname, "data-lock.ts");
  const script = `import { lockDataFolder } from ${JSON.stringify(module)};
    let got = true; try { lockDataFolder(${JSON.stringify(folder)}); } catch { got = false; }
    process.stdout.write(got ? "1" : "0"); process.stdin.resume().on("end", () => process.exit());`;
  const all = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ["--input-type=module-typescript", "-e", script], { stdio: ["pipe", "pipe", "inherit"] }),
  );
  const answers = await Promise.all(all.map(async (child) => String((await once(child.stdout, "data"))[0])));
  for (const child of all) child.stdin.end();
  await Promise.all(all.map((child) => child.exitCode ?? once(child, "exit")));
  assert.equal(answers.filter((answer) => answer === "1").length, 1, answers.join(" "));
});
