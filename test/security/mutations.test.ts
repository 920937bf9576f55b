// Invariant 7: the database is not trusted. Its superuser changes rows of every kind; the vault refuses them, or the
// offline verifier names them. The long version is test/prove/mutations.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "./mutation-kinds.ts";
import { runMutations } from "./mutations.ts";

test("400 mutations of rows by the database's superuser: none believed in silence", async () => {
  const result = await runMutations(20261123, 400);
  assert.deepEqual(result.silent, []);
  assert.deepEqual(result.idle, []);
  assert.equal(result.kinds, kinds.length);
  assert.ok(result.tried >= 390, String(result.tried));
  // A mutation that nobody could see would prove nothing.
  assert.deepEqual(result.withoutEffect, {});
  assert.ok(result.refused > 250 && result.reported > 60, JSON.stringify(result));
});
