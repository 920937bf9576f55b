// Dates as people type them; what could mean two days is refused.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { typedDate } from "./typed-date.ts";

const now = new Date(2026, 10, 23, 22);

for (const [input, expected] of [
  ["2026-11-23", "2026-11-23"],
  ["2026/1/2", "2026-01-02"],
  ["２０２６年１月２日", "2026-01-02"],
  ["20260102", "2026-01-02"],
  ["11月24日", "2026-11-24"],
  ["1月2日", "2027-01-02"],
  ["12-31", "2026-12-31"],
  ["23 Nov", "2026-11-23"],
  ["3 february 2028", "2028-02-03"],
  ["Nov 30", "2026-11-30"],
  ["today", "2026-11-23"],
  ["明天", "2026-11-24"],
  ["+8", "2026-12-01"],
  ["29 Feb 2028", "2028-02-29"],
] as const) {
  test(`${input} is ${expected}`, () => assert.equal(typedDate(input, now), expected));
}

for (const input of ["03/04/2026", "2026-02-30", "31 Nov", "12万", "", "soon", "2026-13-01", "4/5"]) {
  test(`“${input}” is no date`, () => assert.equal(typedDate(input, now), undefined));
}
