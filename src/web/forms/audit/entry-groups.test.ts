// One visit is one line; writes, revealed values, refusals and other people's acts never disappear in one.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { groupEntries } from "./entry-groups.ts";

const entry = (minute: number, action: string, part: { person?: string; id?: string; result?: string } = {}) => ({
  at: new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString(),
  person: part.person ?? "li",
  ip: "10.0.0.1",
  action,
  objectIds: part.id === undefined ? [] : [part.id],
  result: part.result ?? "ok",
});
const lines = (entries: Parameters<typeof groupEntries>[0]) =>
  groupEntries(entries).map(({ main, rest }) => [main.action, main.objectIds[0], rest.length]);

test("opening a record with its history and its lists is one line", () => {
  const visit = [
    entry(9, "record.list"),
    entry(8, "record.history", { id: "a" }),
    entry(8, "record.open", { id: "a" }),
    entry(7, "record.list"),
  ];
  assert.deepEqual(lines(visit), [["record.open", "a", 3]]);
});

test("another record, another person and a longer pause begin a line", () => {
  assert.deepEqual(
    lines([
      entry(50, "record.open", { id: "b" }),
      entry(49, "record.open", { id: "a" }),
      entry(48, "record.open", { id: "a", person: "han" }),
      entry(20, "record.open", { id: "a", person: "han" }),
    ]),
    [
      ["record.open", "b", 0],
      ["record.open", "a", 0],
      ["record.open", "a", 0],
      ["record.open", "a", 0],
    ],
  );
});

test("revealed values, writes and refusals stand for themselves", () => {
  const acts = [
    entry(5, "record.open", { id: "a" }),
    entry(5, "record.reveal", { id: "a" }),
    entry(4, "record.update", { id: "a" }),
    entry(3, "record.open", { id: "a", result: "refused" }),
    entry(3, "record.open", { id: "a" }),
  ];
  assert.equal(groupEntries(acts).length, acts.length);
});
