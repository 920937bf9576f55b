// How cells of files are read: many spellings, nothing guessed, suggestions for what was mistyped.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FieldDefinition, type FieldType, fieldOf } from "../../contract/field.ts";
import { account } from "../../contract/objects/account.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { editDistance, nearest } from "./nearest.ts";
import type { DateOrder } from "../../contract/import-verbs.ts";
import { orderOf } from "./read-date.ts";
import { readText } from "./read-text.ts";
import { checkValue } from "./values.ts";

const base = {
  key: "x",
  labels: { zh: "字段", en: "Field" },
  class: 1,
  purpose: "selling",
  retention: "with_record",
} as const;
const en = { language: "en" } as const;

function field(type: Exclude<FieldType, "choice" | "reference" | "decimal">): FieldDefinition {
  return { ...base, type };
}
const decimal: FieldDefinition = { ...base, type: "decimal", scale: 2 };

function shipped(key: string): FieldDefinition {
  const found = fieldOf(account, key);
  assert.ok(found);
  return found;
}

function value(
  definition: FieldDefinition,
  text: string,
  options: Parameters<typeof readText>[2] = en,
): FieldValue | undefined {
  const checked = readText(definition, text, options);
  return "value" in checked ? checked.value : undefined;
}

function reason(
  definition: FieldDefinition,
  text: string,
  options: Parameters<typeof readText>[2] = en,
): string | undefined {
  const checked = readText(definition, text, options);
  return "problem" in checked ? checked.problem.reason : undefined;
}

test("numbers: digits and thousands are read, everything that only looks like a number is refused", () => {
  for (const [text, number] of [
    ["1,234.50", 1234.5],
    ["1234.5", 1234.5],
    ["-12", -12],
    ["+7", 7],
    ["１２３", 123],
    ["1 234 567", 1234567],
    ["12.00", 12],
    ["1'234", 1234],
    ["-0", 0],
    ["−5", -5],
    ["0001", 1],
  ] as const) {
    assert.equal(value(decimal, text), number, text);
  }
  for (const text of [
    "12万",
    "1.2亿",
    "3k",
    "1e5",
    "50%",
    "¥5",
    "$5",
    "1.234,50",
    "1,23",
    "12,34,567",
    "abc",
    "--1",
    "1.2.3",
    "(5)",
    "NaN",
    "Infinity",
    "0x10",
    "1/2",
  ]) {
    assert.equal(reason(decimal, text), "not_a_number", text);
  }
  assert.equal(reason(decimal, "1.005"), "too_precise");
  assert.equal(value(field("integer"), "1996.0"), 1996);
  assert.equal(reason(field("integer"), "1996.5"), "too_precise");
  assert.equal(reason(field("integer"), "9007199254740993"), "out_of_range");
  assert.equal(value(field("integer"), "9007199254740991"), 9007199254740991);
  assert.equal(reason(decimal, "70368744177664.123"), "too_precise");
  assert.equal(reason(shipped("yearEstablished"), "96"), "out_of_range");
});

test("days in their forms", () => {
  const day = "2026-11-23";
  for (const text of [
    "2026-11-23",
    "2026/11/23",
    "2026.11.23",
    "2026年11月23日",
    "20261123",
    "23-11-2026",
    "23/11/2026",
    "11/23/2026",
    "23 Nov 2026",
    "23-Nov-2026",
    "November 23, 2026",
    "46349",
    "2026-11-23 00:00:00",
    "2026-11-23T10:30:00Z",
    "2026年11月23日10:30",
    "２０２６－１１－２３",
  ]) {
    assert.equal(value(field("date"), text), day, text);
  }
  assert.equal(value(field("date"), "2026-1-5"), "2026-01-05");
  assert.equal(value(field("date"), "05/05/2026"), "2026-05-05");
  for (const text of [
    "2026-02-30",
    "2026-13-01",
    "31-31-2026",
    "23-11-26",
    "yesterday",
    "12",
    "2026",
    "2026-11",
    "999999",
    "2026-11-23 25:00",
    "0000-01-01",
    "x".repeat(4000),
  ]) {
    assert.equal(reason(field("date"), text), "not_a_date", text.slice(0, 30));
  }
});

test("a day that can be two days needs the order of its column", () => {
  assert.equal(reason(field("date"), "03-04-2026"), "ambiguous_date");
  assert.equal(value(field("date"), "03-04-2026", { ...en, dateOrder: "dmy" }), "2026-04-03");
  assert.equal(value(field("date"), "03-04-2026", { ...en, dateOrder: "mdy" }), "2026-03-04");
  assert.equal(reason(field("date"), "11-23-2026", { ...en, dateOrder: "dmy" }), "not_a_date");
  const columns: readonly (readonly [readonly string[], DateOrder | undefined])[] = [
    [["03-04-2026", "23-04-2026"], "dmy"],
    [["03/04/2026", "04/23/2026"], "mdy"],
    [["13-04-2026", "04-23-2026"], undefined],
    [["03-04-2026"], undefined],
    [["2026-04-03", ""], undefined],
  ];
  for (const [texts, order] of columns) assert.equal(orderOf(texts), order, texts.join());
});

test("times are read with their zone, or in the file's", () => {
  const china = { ...en, utcOffset: 480 };
  assert.equal(value(field("datetime"), "2026-11-23 10:30", china), "2026-11-23T02:30:00.000Z");
  assert.equal(value(field("datetime"), "2026-11-23T10:30:05.5Z", china), "2026-11-23T10:30:05.500Z");
  assert.equal(value(field("datetime"), "2026-11-23 10:30 +0100", china), "2026-11-23T09:30:00.000Z");
  assert.equal(value(field("datetime"), "11/23/2026 1:05 PM", { ...en, utcOffset: 0 }), "2026-11-23T13:05:00.000Z");
  assert.equal(value(field("datetime"), "46349.5", china), "2026-11-23T04:00:00.000Z");
  assert.equal(value(field("datetime"), "2026-11-23", china), "2026-11-22T16:00:00.000Z");
  for (const text of ["2026-11-23 24:00", "10:30", "2026-11-23 13:00 PM", "9999-12-31 23:59 -1000"])
    assert.equal(reason(field("datetime"), text, china), "not_a_date", text);
});

test("yes and no", () => {
  for (const text of ["是", "YES", "y", "True", "1", "√"]) assert.equal(value(field("boolean"), text), true, text);
  for (const text of ["否", "no", "N", "FALSE", "0", "×"]) assert.equal(value(field("boolean"), text), false, text);
  assert.equal(reason(field("boolean"), "maybe"), "not_an_option");
});

test("options by key, label or alias in any case; the mistyped get a suggestion and nothing more", () => {
  const industry = shipped("industry");
  for (const text of ["technology", "Technology", "TECHNOLOGY", "信息技术", "互联网", " it "])
    assert.equal(value(industry, text), "technology", text);
  assert.deepEqual(readText(industry, "technolgy", en), {
    problem: { reason: "not_an_option_suggest", params: { value: "technolgy", suggestion: "Technology" } },
  });
  assert.deepEqual(readText(shipped("country"), "Philipines", { language: "zh" }), {
    problem: { reason: "not_an_option_suggest", params: { value: "Philipines", suggestion: "菲律宾" } },
  });
  assert.equal(value(shipped("country"), "Korea"), "kr");
  assert.deepEqual(readText(industry, "zz", en), { problem: { reason: "not_an_option", params: { value: "zz" } } });
  assert.equal(reason(industry, "农业"), "not_an_option");
  assert.equal(reason(industry, "x".repeat(3000)), "not_an_option");
});

test("texts, numbers written as text, addresses", () => {
  assert.equal(value(field("text"), "北京\r\n华信"), "北京 华信");
  assert.equal(value(field("phone"), "'13812345678"), "+8613812345678");
  assert.equal(reason(field("phone"), "1.38123E+10"), "not_a_phone");
  assert.equal(value(field("email"), "mailto:z@Example.com"), "z@example.com");
  assert.equal(value(field("url"), "Example.com"), "https://Example.com");
  assert.equal(value(field("id_number"), "11010519491231002x"), "11010519491231002X");
  assert.equal(reason(field("bank_account"), "6.22202E+18"), "not_a_bank_account");
  assert.equal(reason(shipped("parent"), "Acme"), "no_such_record");
  assert.equal(reason(field("text"), "a\u0000"), "control_characters");
  for (const type of ["text", "date", "integer", "boolean", "phone"] as const)
    assert.equal(value(field(type), "  "), null);
});

test("edit distance counts swaps as one, and stops at its limit", () => {
  assert.equal(editDistance("technolgy", "technology", 2), 1);
  assert.equal(editDistance("tehcnology", "technology", 2), 1);
  assert.equal(editDistance("abc", "xyz", 2), 3);
  assert.equal(editDistance("", "ab", 2), 2);
  assert.equal(nearest("ab", [["ac", 1]]), undefined);
  assert.equal(
    nearest("retial", [
      ["retail", 1],
      ["detail", 2],
    ]),
    1,
  );
});

test("no text makes reading throw, and what is read is stored unchanged", () => {
  const pieces = [
    "0",
    "12",
    "9999",
    "-",
    "/",
    ".",
    ",",
    "年",
    "月",
    "日",
    "万",
    "T",
    " ",
    ":",
    "PM",
    "Nov",
    "@",
    "+86",
    "\u0000",
    "\ud800",
    "'",
    "e",
    "是",
    "technolgy",
    "\n",
    "☃",
    "İ",
  ];
  let seed = Date.now() % 2 ** 31;
  const start = seed;
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) / 2 ** 32;
  const definitions = [...account.fields, field("datetime"), field("boolean"), field("id_number")];
  for (let round = 0; round < 20_000; round++) {
    const text = Array.from({ length: Math.floor(next() * 9) }, () => pieces[Math.floor(next() * pieces.length)]).join(
      "",
    );
    const definition = definitions[round % definitions.length];
    assert.ok(definition);
    const checked = readText(definition, text, {
      language: "zh",
      dateOrder: round % 2 === 0 ? "dmy" : undefined,
      utcOffset: 480,
    });
    if ("value" in checked) assert.deepEqual(checkValue(definition, checked.value), checked, `start ${start}`);
    else assert.equal(typeof checked.problem.reason, "string", `start ${start}`);
  }
});
