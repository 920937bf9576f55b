// Invariant 10: nothing acknowledged is lost, at any kill. The long version is test/prove/kill.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runKills } from "./kill.ts";

test("SIGKILL of each process amid writes and an import: nothing lost, nothing half", async () => {
  const result = await runKills(20261123, 6, 3000);
  assert.deepEqual(result.wrong, []);
  assert.equal(
    Object.values(result.kills).reduce((sum, one) => sum + one),
    6,
  );
  assert.ok(result.kills.supervisor > 0 && result.kills.vault > 0, JSON.stringify(result.kills));
  assert.ok(result.acknowledged > 50, `only ${result.acknowledged} writes were acknowledged`);
  assert.ok(result.unanswered > 0, "no kill hit a request");
  assert.equal(result.importedRows, 3000);
});
