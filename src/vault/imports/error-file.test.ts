// The error file opens in a spreadsheet without running anything, and comes back as it was.
import assert from "node:assert/strict";
import { test } from "node:test";
import { account } from "../../contract/objects/account.ts";
import { CsvReader } from "./csv-reader.ts";
import { csvCell, errorHeader, errorLine } from "./error-file.ts";

test("formulas are defused, plain numbers and texts are not", () => {
  for (const formula of ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "-", "+"])
    assert.match(csvCell(formula), /^"?'/u, JSON.stringify(formula));
  for (const plain of ["-5", "+8613812345678", "-1,234.50", "a=b", "北京", ""])
    assert.doesNotMatch(csvCell(plain), /^"?'/u, JSON.stringify(plain));
});

test("what is written is read back cell by cell", () => {
  const cells = ['a "quoted" cell', "x,y;z", "line 1\r\nline 2", "\u4e2d\u6587", ""];
  const line = errorLine(
    account,
    { row: 7, cells, problems: [{ index: 0, field: "employees", reason: "not_a_number", params: {} }] },
    cells.length,
    "zh",
  );
  const reader = new CsvReader(",");
  const [header, row] = reader.push(errorHeader(["a", "b", "c", "d", "e"], "zh").slice(1) + line);
  assert.deepEqual(header?.cells, ["行号", "原因", "a", "b", "c", "d", "e"]);
  assert.deepEqual(row?.cells, ["7", "员工数：不是数字，请只填数字，例如 120000。", ...cells]);
});

test("several reasons stand in one sentence", () => {
  const problems = [
    { index: 0, field: "industry", reason: "not_an_option" as const, params: { value: "工业" } },
    { index: 1, field: "phone", reason: "not_a_phone" as const, params: {} },
  ];
  const reasons = (language: "zh" | "en") => errorLine(account, { row: 2, cells: [], problems }, 0, language);
  assert.equal(reasons("zh"), "2,行业：“工业”不在可选项中；电话：不是有效的电话号码。\r\n");
  assert.equal(reasons("en"), '2,"Industry: “工业” is not one of the options; Phone: This is not a phone number."\r\n');
});
