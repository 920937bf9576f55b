// CSV as it really comes: quotes, line ends, broken and huge cells, cut anywhere between two pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { CsvReader, type CsvRow } from "./csv-reader.ts";

function read(text: string, size = text.length, delimiter = ","): CsvRow[] {
  const reader = new CsvReader(delimiter);
  const rows: CsvRow[] = [];
  for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, at + size)));
  return [...rows, ...reader.end()];
}

const cases: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  [
    "a,b\n1,2\n",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r\n1,2",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    "a,b\r1,2\r",
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
  [
    '"a,1","b ""x"" c"\n"line 1\r\nline 2",',
    [
      ["a,1", 'b "x" c'],
      ["line 1\r\nline 2", ""],
    ],
  ],
  ['x "y" z,1', [['x "y" z', "1"]]],
  ['"y" z,1', [["y z", "1"]]],
  ['"",""\n', [["", ""]]],
  ['""\n', [[""]]],
  ["\n\r\n,\n", [["", ""]]],
  ["a", [["a"]]],
  ["", []],
  ['"a"', [["a"]]],
  [
    "北京,华信\n𠮷,野",
    [
      ["北京", "华信"],
      ["𠮷", "野"],
    ],
  ],
];

test("rows are the same wherever the pieces are cut", () => {
  for (const [text, expected] of cases) {
    for (let size = 1; size <= Math.max(1, text.length); size++) {
      assert.deepEqual(
        read(text, size).map((row) => row.cells),
        expected,
        `${JSON.stringify(text)} in pieces of ${size}`,
      );
    }
  }
});

test("rows are numbered as a spreadsheet numbers them", () => {
  assert.deepEqual(
    read('a\n\n"b\nc"\nd').map((row) => row.row),
    [1, 3, 4],
  );
});

test("other delimiters", () => {
  for (const delimiter of [";", "\t", "|"])
    assert.deepEqual(
      read(`a${delimiter}"1,2"`, 1, delimiter).map((row) => row.cells),
      [["a", "1,2"]],
    );
});

test("a quote that never closes makes the file unreadable and names the row", () => {
  for (const text of ['a,b\n1,"x\n3,4\n', '"']) {
    assert.throws(
      () => read(text),
      (error: unknown) =>
        error instanceof Problem && error.code === "file_unreadable" && error.extra?.["because"] === "quote_not_closed",
    );
  }
});

test("a cell of 10 MB costs its own row and no memory", () => {
  const before = process.memoryUsage().heapUsed;
  for (const mark of ["", '"']) {
    const reader = new CsvReader(",");
    const rows = reader.push(`a,b\n1,${mark}`);
    for (let piece = 0; piece < 160; piece++) rows.push(...reader.push("x".repeat(65_536)));
    rows.push(...reader.push(`${mark}\n3,4\n`), ...reader.end());
    assert.deepEqual(
      rows.map((row) => [row.row, row.tooLong, row.width, row.cells.map((cell) => cell.length)]),
      [
        [1, false, 2, [1, 1]],
        [2, true, 2, [1, 32_768]],
        [3, false, 2, [1, 1]],
      ],
    );
  }
  assert.ok(process.memoryUsage().heapUsed - before < 30_000_000);
});

test("a row of any width or length stays within the limits", () => {
  const [wide, next] = read(`${"x,".repeat(100_000)}\n1,2`);
  assert.deepEqual([wide?.cells.length, wide?.width, next?.cells], [500, 100_001, ["1", "2"]]);
  const [long] = read(Array.from({ length: 100 }, () => "y".repeat(30_000)).join(","));
  assert.equal(long?.tooLong, true);
  assert.ok((long?.cells.join("").length ?? 0) <= 1_048_576);
});
