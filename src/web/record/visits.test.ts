// A visit is one line: looks of one person from one place close to each other, and no others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { visitsOf } from "./visits.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 23, 8, minute)).toISOString();

const look = (minute: number, action: string, more: { by?: string; ip?: string; fields?: string[] } = {}) => ({
  at: at(minute),
  by: more.by ?? "a",
  action: `record.${action}`,
  fields: more.fields ?? [],
  ip: more.ip ?? "10.0.0.1",
  purpose: null,
});

test("an opening with its timeline is one visit; each revealed value stands for itself, with its own time", () => {
  const visits = visitsOf([
    look(9, "reveal", { fields: ["email"] }),
    look(3, "reveal", { fields: ["phone"] }),
    look(2, "history"),
    look(2, "open", { fields: ["name", "phone", "email"] }),
  ]);
  assert.deepEqual(
    visits.map(({ at: when, deeds }) => [when, deeds]),
    [
      [at(9), [{ action: "record.reveal", fields: ["email"] }]],
      [at(3), [{ action: "record.reveal", fields: ["phone"] }]],
      [at(2), [{ action: "record.open", fields: [] }]],
    ],
  );
});

test("a reveal between does not part the readings of one go", () => {
  const visits = visitsOf([look(4, "open"), look(3, "reveal", { fields: ["phone"] }), look(2, "open")]);
  assert.deepEqual(
    visits.map(({ at: when, deeds }) => [when, deeds.map(({ action }) => action)]),
    [
      [at(4), ["record.open"]],
      [at(3), ["record.reveal"]],
    ],
  );
});

test("another person, another place and a long pause begin another visit", () => {
  const visits = visitsOf([
    look(40, "open"),
    look(20, "open", { ip: "10.0.0.9" }),
    look(19, "open"),
    look(18, "open", { by: "b" }),
  ]);
  assert.deepEqual(
    visits.map(({ by, ip, at: end }) => [by, ip, end]),
    [
      ["a", "10.0.0.1", at(40)],
      ["a", "10.0.0.9", at(20)],
      ["a", "10.0.0.1", at(19)],
      ["b", "10.0.0.1", at(18)],
    ],
  );
});

test("a timeline read by itself is told", () => {
  assert.deepEqual(visitsOf([look(1, "history")])[0]?.deeds, [{ action: "record.history", fields: [] }]);
});
