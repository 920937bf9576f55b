// Invariant 10: nothing acknowledged is lost, at any kill. The long version is test/prove/kill.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills, victims } from "./kill.ts";

test("SIGKILL of each process amid writes and imports: nothing lost, nothing half", async () => {
  const result = await runKills({ seed: 20261123, kills: victims.length, importRows: 3000, pauseMs: 300 });
  assert.deepEqual(result.wrong, []);
  assert.deepEqual(Object.values(result.kills), [1, 1, 1, 1, 1]);
  assert.ok(result.acknowledged > 50, `only ${result.acknowledged} writes were acknowledged`);
  assert.ok(result.unanswered > 0, "no kill hit a request");
  assert.ok((result.amid["running"] ?? 0) > 0, `no kill hit an import: ${JSON.stringify(result.amid)}`);
  assert.ok(result.imports.all > 0 && result.undoneAfterwards === 1, JSON.stringify(result));
});
