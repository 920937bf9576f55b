// How values are written for people: numbers to be read and dialled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formats } from "../words/format.ts";
import { translate } from "../words/words.ts";
import { phoneText, valueText } from "./value-text.ts";

test("phone numbers in groups, Chinese ones at home without their country", () => {
  const expected: readonly (readonly [string, string, string])[] = [
    ["+8613812345678", "138 1234 5678", "+86 138 1234 5678"],
    ["+861065529988", "010 6552 9988", "+86 10 6552 9988"],
    ["+862168881234", "021 6888 1234", "+86 21 6888 1234"],
    ["+8657187654321", "0571 8765 4321", "+86 571 8765 4321"],
    ["+85221234567", "+85221234567", "+85221234567"],
    ["+12025550123", "+12025550123", "+12025550123"],
    ["4711", "4711", "4711"],
  ];
  for (const [stored, zh, en] of expected)
    assert.deepEqual([phoneText(stored, "zh"), phoneText(stored, "en")], [zh, en], stored);
});

test("figures kept in millions are written as each language writes large amounts", () => {
  const field = { key: "annualRevenue", type: "decimal", magnitude: "million" } as const;
  const written = (language: "zh" | "en", value: number): string =>
    valueText(field, value, {}, { t: translate, format: formats[language] });
  assert.deepEqual([written("zh", 1100.04), written("zh", 12.56), written("zh", 0.005)], ["11亿", "1,256万", "5,000"]);
  assert.deepEqual([written("en", 1100.04), written("en", 12.56)], ["1.1B", "12.56M"]);
});
