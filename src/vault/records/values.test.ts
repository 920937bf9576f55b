// Tables of good and bad values for every field type, columns there and back, masks, and that nothing makes the check throw.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FieldDefinition, type FieldType, type StoredField, fieldOf } from "../../contract/field.ts";
import { account } from "../../contract/objects/account.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { lookupKind, maskOf, normaliseForLookup } from "./masks.ts";
import { checkValue, fromColumn, toColumn } from "./values.ts";

const base = {
  key: "x",
  labels: { zh: "字段", en: "Field" },
  class: 1,
  purpose: "selling",
  retention: "with_record",
} as const;
const options = [{ key: "technology", labels: { zh: "信息技术", en: "Technology" } }] as const;

function field(
  type: FieldType,
  more: Partial<Pick<FieldDefinition, "max" | "min" | "maxValue" | "class">> = {},
): FieldDefinition {
  if (type === "decimal") return { ...base, ...more, type, scale: 2 };
  if (type === "choice") return { ...base, ...more, type, options };
  if (type === "reference") return { ...base, ...more, type, target: "account" };
  return { ...base, ...more, type };
}

const types: readonly FieldType[] = [
  "text",
  "long_text",
  "integer",
  "decimal",
  "boolean",
  "date",
  "datetime",
  "choice",
  "phone",
  "email",
  "url",
  "id_number",
  "bank_account",
  "reference",
];

const uuid = "0192f0a0-0000-7000-8000-000000000001";
const good: readonly (readonly [FieldType, unknown, FieldValue])[] = [
  ["text", "  北京华信 ", "北京华信"],
  ["text", "'; drop table vault.account; --", "'; drop table vault.account; --"],
  ["text", "<script>alert(1)</script>", "<script>alert(1)</script>"],
  ["text", "𠮷野", "𠮷野"],
  ["text", "   ", null],
  ["long_text", "a\r\nb\rc\td", "a\nb\nc\td"],
  ["integer", 0, 0],
  ["integer", -0, 0],
  ["integer", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ["decimal", 1100.04, 1100.04],
  ["decimal", 0.1, 0.1],
  ["decimal", -12, -12],
  ["boolean", false, false],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "2000-02-29", "2000-02-29"],
  ["datetime", "2026-11-23T10:00:00+08:00", "2026-11-23T02:00:00.000Z"],
  ["datetime", "2026-11-23 10:00Z", "2026-11-23T10:00:00.000Z"],
  ["choice", "technology", "technology"],
  ["phone", "138 1234 5678", "+8613812345678"],
  ["phone", "+86-138-1234-5678", "+8613812345678"],
  ["phone", "１３８１２３４５６７８", "+8613812345678"],
  ["phone", "0044 20 7946 0958", "+442079460958"],
  ["phone", "(010) 6555 1234", "+861065551234"],
  ["email", " Zhang.San@Example.COM ", "Zhang.San@example.com"],
  ["email", "张三@例子.公司", "张三@例子.公司"],
  ["url", "www.acme.com/a?b=c#d", "https://www.acme.com/a?b=c#d"],
  ["url", "http://例子.公司", "http://例子.公司"],
  ["id_number", "11010519491231002x", "11010519491231002X"],
  ["id_number", "E1234 5678", "E12345678"],
  ["bank_account", "6222 0212 3456 7890 123", "6222021234567890123"],
  ["reference", uuid, uuid],
];

const bad: readonly (readonly [FieldType, unknown, string])[] = [
  ["text", 5, "wrong_type"],
  ["text", "a\u0000b", "control_characters"],
  ["text", "a\nb", "control_characters"],
  ["text", "a\ud800b", "control_characters"],
  ["text", "a".repeat(201), "too_long"],
  ["text", "a".repeat(10_000_000), "too_long"],
  ["long_text", "a\u0007b", "control_characters"],
  ["integer", 1.5, "too_precise"],
  ["integer", "12万", "not_a_number"],
  ["integer", "12", "not_a_number"],
  ["integer", Number.NaN, "not_a_number"],
  ["integer", Number.POSITIVE_INFINITY, "not_a_number"],
  ["integer", 2 ** 53, "out_of_range"],
  ["integer", [], "wrong_type"],
  ["decimal", 1.005, "too_precise"],
  ["decimal", 1e-7, "too_precise"],
  ["decimal", 1e21, "out_of_range"],
  ["boolean", "true", "wrong_type"],
  ["boolean", 1, "wrong_type"],
  ["date", "2026-02-29", "not_a_date"],
  ["date", "2026-13-01", "not_a_date"],
  ["date", "1900-02-29", "not_a_date"],
  ["date", "2026-00-10", "not_a_date"],
  ["date", "2026-04-31", "not_a_date"],
  ["date", "2026-04-00", "not_a_date"],
  ["date", "23-11-2026", "not_a_date"],
  ["date", "2026-11-23T00:00:00Z", "not_a_date"],
  ["date", "0000-01-01", "not_a_date"],
  ["datetime", "2026-11-23", "not_a_date"],
  ["datetime", "2026-11-23T10:00:00", "not_a_date"],
  ["datetime", "2026-11-23T25:00:00Z", "not_a_date"],
  ["choice", "Technology", "not_an_option"],
  ["choice", "constructor", "not_an_option"],
  ["phone", "12345", "not_a_phone"],
  ["phone", "call me", "not_a_phone"],
  ["phone", "13812345678 转 8", "not_a_phone"],
  ["phone", "1.38123E+10", "not_a_phone"],
  ["email", "zhang@", "not_an_email"],
  ["email", "a b@example.com", "not_an_email"],
  ["email", `${"a.".repeat(2000)}@example.com`, "too_long"],
  ["url", "javascript:alert(1)", "not_a_url"],
  ["url", "https://user:pw@example.com", "not_a_url"],
  ["url", "https:\\\\example.com", "not_a_url"],
  ["url", "acme", "not_a_url"],
  ["id_number", "110105194912310021", "not_an_id_number"],
  ["id_number", "11010519491331002X", "not_an_id_number"],
  ["id_number", "12", "not_an_id_number"],
  ["bank_account", "1234567", "not_a_bank_account"],
  ["bank_account", "6222a0212345678", "not_a_bank_account"],
  ["reference", "1", "wrong_type"],
  ["reference", { id: uuid }, "wrong_type"],
];

test("good values are stored in their one form", () => {
  for (const [type, given, value] of good)
    assert.deepEqual(checkValue(field(type), given), { value }, `${type} ${JSON.stringify(given)}`);
  assert.deepEqual(new Set(good.map(([type]) => type)), new Set(types));
});

test("bad values are refused with a reason", () => {
  for (const [type, given, reason] of bad) {
    const checked = checkValue(field(type), given);
    assert.equal(
      "problem" in checked ? checked.problem.reason : undefined,
      reason,
      `${type} ${String(given).slice(0, 60)}`,
    );
  }
  assert.deepEqual(new Set(bad.map(([type]) => type)), new Set(types));
});

test("ranges of the definition hold", () => {
  const year = field("integer", { min: 1000, maxValue: 2100 });
  assert.deepEqual(checkValue(year, 999), { problem: { reason: "out_of_range", params: { min: 1000, max: 2100 } } });
  assert.deepEqual(checkValue(year, 2100), { value: 2100 });
  const short = checkValue(field("text", { max: 3 }), "abcd");
  assert.deepEqual(short, { problem: { reason: "too_long", params: { max: 3 } } });
});

test("no value is no value in every type", () => {
  for (const type of types)
    for (const given of [null, undefined, ""]) assert.deepEqual(checkValue(field(type), given), { value: null });
});

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("nothing given makes the check, the mask or the column throw", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  const next = random(seed);
  const hostile = {
    toString: () => assert.fail("called"),
    valueOf: () => assert.fail("called"),
    [Symbol.toPrimitive]: () => assert.fail("called"),
  };
  const fixed: unknown[] = [
    hostile,
    Symbol("x"),
    10n,
    () => 1,
    new Proxy({}, { get: () => assert.fail("read") }),
    [],
    {},
    new Date(Number.NaN),
    true,
    -1e308,
    5e-324,
  ];
  const alphabet = [
    "0",
    "1",
    "9",
    "-",
    "+",
    ".",
    "@",
    "a",
    "Z",
    " ",
    "\n",
    "\u0000",
    "\ud800",
    "\udc00",
    "年",
    "月",
    "日",
    "万",
    ":",
    "/",
    "T",
    "e",
    "#",
    "１",
    "\u202e",
    "\u00a0",
  ];
  const texts = Array.from({ length: 4000 }, () =>
    Array.from({ length: Math.floor(next() * 30) }, () => alphabet[Math.floor(next() * alphabet.length)]).join(""),
  );
  const numbers = Array.from({ length: 1000 }, () => (next() - 0.5) * 10 ** Math.floor(next() * 40 - 15));
  let passed = 0;
  for (const type of types) {
    for (const custom of [false, true]) {
      const stored: StoredField = { ...field(type), storage: { in: "column", column: "c" }, custom };
      for (const given of [...fixed, ...texts, ...numbers]) {
        const checked = checkValue(stored, given);
        if ("problem" in checked) continue;
        passed++;
        const column = toColumn(stored, checked.value);
        assert.deepEqual(fromColumn(stored, column), checked.value, `${type} seed ${seed}`);
        assert.equal(typeof maskOf(stored, checked.value), "string");
        normaliseForLookup(stored, checked.value);
        // What was stored is taken again, unchanged.
        assert.deepEqual(checkValue(stored, checked.value), checked, `${type} seed ${seed}`);
      }
    }
  }
  assert.ok(passed > 3000, String(passed));
});

test("columns hold what PostgreSQL types expect, and come back from every form the driver gives", () => {
  const stored = (type: FieldType, custom: boolean): StoredField => ({
    ...field(type),
    storage: { in: "column", column: "c" },
    custom,
  });
  assert.equal(toColumn(stored("decimal", false), 1100.04), "110004");
  assert.equal(toColumn(stored("decimal", false), 1.1), "110");
  assert.equal(toColumn(stored("boolean", true), true), "true");
  assert.equal(toColumn(stored("boolean", false), true), true);
  assert.equal(toColumn(stored("date", true), "2026-11-23"), "2026-11-23T00:00:00Z");
  assert.equal(fromColumn(stored("date", true), "2026-11-23 00:00:00+00"), "2026-11-23");
  assert.equal(fromColumn(stored("date", true), new Date("2026-11-23T00:00:00Z")), "2026-11-23");
  assert.equal(fromColumn(stored("date", false), new Date(2026, 10, 23)), "2026-11-23");
  assert.equal(fromColumn(stored("decimal", false), "110004"), 1100.04);
  assert.equal(fromColumn(stored("datetime", false), "2026-11-23 10:00:00.5+00"), "2026-11-23T10:00:00.500Z");
  assert.throws(() => toColumn(stored("integer", false), "12"), TypeError);
});

test("masks show no more than they may", () => {
  const two = { type: "text", class: 2 } as const;
  assert.equal(maskOf(two, "王五"), "王*");
  assert.equal(maskOf(two, "王小明"), "王*");
  assert.equal(maskOf(two, "王"), "*");
  assert.equal(maskOf(two, "北京华信科技有限公司"), "北****");
  assert.equal(maskOf(two, "Acme Corporation"), "A****");
  assert.equal(maskOf({ type: "long_text", class: 2 }, "秘密"), "****");
  assert.equal(maskOf({ type: "integer", class: 1 }, 12), "****");
  assert.equal(maskOf({ type: "phone", class: 3 }, "+8613812345678"), "138****5678");
  assert.equal(maskOf({ type: "phone", class: 3 }, "+861066668888"), "010****8888");
  assert.equal(maskOf({ type: "phone", class: 3 }, "+8675583281234"), "075****1234");
  assert.equal(maskOf({ type: "phone", class: 3 }, "+442079460958"), "+44****0958");
  assert.equal(maskOf({ type: "email", class: 3 }, "zhang@example.com"), "z***@example.com");
  assert.equal(maskOf({ type: "id_number", class: 3 }, "11010519491231002X"), "11************002X");
  for (let length = 1; length <= 30; length += 1) {
    const shown = maskOf({ type: "id_number", class: 3 }, "123456789012345678901234567890".slice(0, length));
    assert.ok(shown.replaceAll("*", "").length <= length / 3, `${length} places: ${shown}`);
  }
  assert.equal(maskOf({ type: "choice", class: 3 }, "ill"), "****");
  assert.equal(maskOf({ type: "text", class: 3 }, "zhang_3"), "****");
  assert.equal(maskOf(two, null), "");
});

test("restricted values are looked up in one form, whatever was typed", () => {
  const phone = { type: "phone", class: 3 } as const;
  for (const typed of ["138 1234 5678", "+86 138-1234-5678", "8613812345678", "１３８１２３４５６７８"]) {
    const checked = checkValue(field("phone"), typed);
    assert.ok("value" in checked, typed);
    assert.equal(normaliseForLookup(phone, checked.value), "+8613812345678");
  }
  assert.equal(normaliseForLookup({ type: "email", class: 3 }, "Zhang@Example.com"), "zhang@example.com");
  assert.equal(lookupKind({ type: "text", class: 3 }), "text");
});

test("the shipped objects' own fields are judged", () => {
  const name = fieldOf(account, "name");
  assert.ok(name);
  assert.deepEqual(checkValue(name, "Acme"), { value: "Acme" });
});
