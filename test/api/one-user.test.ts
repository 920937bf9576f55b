// The product started by somebody who is not root, as most people try it out: it says what that means, stops at Ctrl-C
// and recovers from a kill. When the tests run as root, an unprivileged user is borrowed for it.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { separateUsers } from "../../src/supervisor/os-users.ts";
import { isAlive, userIds } from "../../src/supervisor/process-table.ts";
import { eventually } from "../harness/eventually.ts";
import { checkoutForOthers, removeCheckoutForOthers } from "../harness/reachable-checkout.ts";
import { startSystem, type System } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";

const folder = makeFolder();
const user = separateUsers()?.db;
const uid = user?.uid ?? process.getuid?.();
const checkout = checkoutForOthers();
after(() => {
  rmSync(folder, { recursive: true, force: true });
  removeCheckoutForOthers();
});

function start(): Promise<System> {
  return startSystem({ folder, ...(user && { user }), ...(checkout !== undefined && { checkout }) });
}

async function firstPage(system: System): Promise<string> {
  const answer = await fetch(`${system.origin}/`, { signal: AbortSignal.timeout(5000) });
  assert.equal(answer.status, 200);
  return answer.text();
}

async function ended(pids: readonly number[]): Promise<void> {
  await eventually("the end of the processes", () => !pids.some(isAlive));
}

test("it serves the first page, says what one user means, and Ctrl-C stops all of it", async () => {
  const system = await start();
  assert.match(await firstPage(system), /<div id="root">/);
  const ready = await system.waitFor(({ event }) => event === "ready");
  assert.equal(ready["separation"], "reduced separation");
  await system.waitFor(({ text }) => /^reduced separation: .*SECURITY\.md/u.test(String(text)));
  for (const name of ["supervisor", "postgres", "vault", "office"] as const)
    assert.deepEqual([...new Set(userIds(system.pids[name]))], [uid], name);
  const key = path.join(system.keysDir, "root.key");
  const facts = [key, system.keysDir, system.dataDir].map((file) => [statSync(file).uid, statSync(file).mode & 0o777]);
  assert.deepEqual(facts, [
    [uid, 0o600],
    [uid, 0o700],
    [uid, 0o700],
  ]);
  const { supervisor, postgres, vault, office } = system.pids;
  process.kill(supervisor, "SIGINT");
  await ended([supervisor, postgres, vault, office]);
  assert.equal(await system.stop(), 0);
});

test("after a kill of the supervisor the next start recovers with the same key and data", async () => {
  const killed = await start();
  const key = readFileSync(path.join(killed.keysDir, "root.key"), "utf8");
  const { supervisor, vault, office, postgres } = killed.pids;
  killed.kill("supervisor");
  await ended([supervisor, vault, office]);
  assert.ok(isAlive(postgres), "the database was left behind, which the next start must deal with");
  const next = await start();
  assert.equal(isAlive(postgres), false);
  await firstPage(next);
  assert.equal(readFileSync(path.join(next.keysDir, "root.key"), "utf8"), key);
  assert.equal(await next.stop(), 0);
});

test("a folder of the sockets that is a link is refused", async () => {
  const run = path.join(folder, "data/run");
  const elsewhere = path.join(folder, "elsewhere");
  mkdirSync(elsewhere);
  rmSync(run, { recursive: true });
  symlinkSync(elsewhere, run);
  await assert.rejects(start(), /data\/run is a link; remove it/);
});
