// Invariant 3: whatever a browser stores or sends opens nothing in other hands. The long version is test/prove/replay.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runReplay } from "./replay.ts";

test("1,000 replays from a second client: all refused, none without an entry", async () => {
  const result = await runReplay(20261123, 1000);
  assert.deepEqual(result.accepted, []);
  assert.equal(result.attempts, 1021);
  assert.equal(result.refused, result.attempts);
  assert.equal(result.cookies, 0);
  assert.equal(result.counted, result.attempts);
  // The first twenty of a source and minute stand alone, the rest is one entry with their number.
  assert.ok(result.entries >= 21 && result.entries < 200, String(result.entries));
  assert.equal(result.verified, true);
});
