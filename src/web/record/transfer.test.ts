// A hand-over writes in parts, leaves behind only the records that are in the way, and stops when nobody answers.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiProblem } from "../api-problem.ts";
import { transfer } from "./transfer.ts";

const records = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ object: "account", id: `r${at}`, version: at + 1, owner: "before" }));
const written = (operations: readonly { readonly version: number }[]) =>
  Promise.resolve({ written: operations.map(({ version }) => ({ version: version + 1 })) });

test("parts of 200, with the version of each and the owner before for taking it back", async () => {
  const sizes: number[] = [];
  const { moved, failed } = await transfer(
    records(450),
    () => "next",
    (operations) => {
      sizes.push(operations.length);
      assert.ok(operations.every(({ values }) => values.owner === "next"));
      return written(operations);
    },
  );
  assert.deepEqual(sizes, [200, 200, 50]);
  assert.equal(failed.length, 0);
  assert.deepEqual(moved[449], { object: "account", id: "r449", version: 451, owner: "before" });
});

test("one record in the way leaves only itself behind", async () => {
  const { moved, failed } = await transfer(
    records(9),
    () => "next",
    (operations) =>
      operations.some(({ id }) => id === "r4")
        ? Promise.reject(new ApiProblem("conflict", { title: "changed" }))
        : written(operations),
  );
  assert.deepEqual(
    moved.map(({ id }) => id),
    ["r0", "r1", "r2", "r3", "r5", "r6", "r7", "r8"],
  );
  assert.deepEqual(
    failed.map(({ record, title }) => [record.id, title]),
    [["r4", "changed"]],
  );
});

test("what has nothing to do with a record ends the whole", async () => {
  let calls = 0;
  const offline = (): Promise<never> => {
    calls += 1;
    return Promise.reject(new ApiProblem("offline"));
  };
  await assert.rejects(
    transfer(records(300), () => "next", offline),
    ApiProblem,
  );
  assert.equal(calls, 1);
  const { moved, failed } = await transfer(
    records(450),
    () => "next",
    (operations) => (operations[0]?.id === "r0" ? written(operations) : offline()),
  );
  assert.deepEqual([moved.length, failed.length], [200, 250]);
});
