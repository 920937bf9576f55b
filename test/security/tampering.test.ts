// Invariant 9: whoever falsifies the ledger or a tagged row is found against a witnessed checkpoint. The long version is
// test/prove/tampering.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { tamperings } from "./tampering-kinds.ts";
import { runTamperings } from "./tampering.ts";

test("500 random tamperings against a witnessed checkpoint: all found", async () => {
  const result = await runTamperings(20261123, 500);
  assert.deepEqual(result.missed, []);
  assert.equal(result.caught, 500);
  assert.deepEqual(Object.keys(result.kinds), Object.keys(tamperings));
  assert.ok(result.size > 250 && result.checkpoints >= 12, JSON.stringify(result));
});
