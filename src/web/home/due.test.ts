// One follow-up is one line of today's list, however many records it stands on.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { dueOnes, type FollowUp } from "./due.ts";

const item = (key: string, id: string, values: Record<string, string>): FollowUp =>
  ({ object: { key, labels: { zh: key, en: key }, nameField: "name" }, record: { id, values, masked: {} } }) as never;

test("the nearest work is named, closed deals are not, the longest overdue comes first", () => {
  const day = "2026-11-24";
  const found = dueOnes([
    item("opportunity", "o1", { nextFollowUp: day, account: "a1", contact: "c1", state: "open" }),
    item("opportunity", "o2", { nextFollowUp: "2026-11-01", account: "a2", state: "won" }),
    item("contact", "c1", { nextFollowUp: day, account: "a1" }),
    item("account", "a1", { nextFollowUp: day }),
    item("account", "a2", { nextFollowUp: "2026-11-20" }),
  ]);
  assert.deepEqual(
    found.map(({ record }) => record.id),
    ["a2", "o1"],
  );
});
