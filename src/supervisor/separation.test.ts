// "separated users" is said only when the kernel says so.
import assert from "node:assert/strict";
import { test } from "node:test";
import { userIds } from "./process-table.ts";
import { judgeSeparation } from "./separation.ts";

test("separated means one id each, none of them root, none twice", () => {
  const judge = (ids: Record<number, number[] | undefined>): string =>
    judgeSeparation(Object.keys(ids).map(Number), (pid) => ids[pid]);
  const same = (id: number): number[] => [id, id, id, id];
  assert.equal(judge({ 1: same(11), 2: same(12), 3: same(13) }), "separated users");
  assert.equal(judge({ 1: same(11), 2: same(11) }), "reduced separation");
  assert.equal(judge({ 1: same(11), 2: same(0) }), "reduced separation");
  assert.equal(
    judge({ 1: same(11), 2: [12, 12, 0, 12] }),
    "reduced separation",
    "a saved id of root could be taken back",
  );
  assert.equal(judge({ 1: same(11), 2: undefined }), "reduced separation");
  assert.deepEqual(new Set(userIds(process.pid) ?? [process.getuid?.()]), new Set([process.getuid?.()]));
});
