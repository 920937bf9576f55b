// Encodings, delimiters and headings, with bytes built here so that no file's history matters.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../contract/problem.ts";
import { detectDelimiter, detectHeader, EncodingDetector, sampleRows } from "./detect.ts";

/** 客户名称,城市\n北京华信科技有限公司,北京\n张三,上海\n in GB 2312, which GB 18030 contains. */
const gb = Buffer.from(
  "bfcdbba7c3fbb3c62cb3c7cad00ab1b1bea9bbaad0c5bfc6bcbcd3d0cfdeb9abcbbe2cb1b1bea90ad5c5c8fd2cc9cfbaa30a",
  "hex",
);
const chinese = "客户名称,城市\n北京华信科技有限公司,北京\n张三,上海\n";

function encodingOf(bytes: Buffer, size = bytes.length): string {
  const detector = new EncodingDetector();
  for (let at = 0; at < bytes.length; at += size) detector.add(bytes.subarray(at, at + size));
  return detector.end();
}

test("encodings, wherever the bytes are cut", () => {
  assert.equal(new TextDecoder("gb18030").decode(gb), chinese);
  const utf16 = Buffer.from(chinese, "utf16le");
  const files: readonly (readonly [Buffer, string])[] = [
    [Buffer.from(chinese), "utf-8"],
    [Buffer.from(`\ufeff${chinese}`), "utf-8"],
    [Buffer.from("plain,ascii\n1,2\n"), "utf-8"],
    [Buffer.from("𠮷,野\n"), "utf-8"],
    [gb, "gb18030"],
    [Buffer.concat([Buffer.from("name,city\n"), gb]), "gb18030"],
    // 𠮷, which takes four bytes and which GB 2312 does not have.
    [Buffer.concat([gb, Buffer.from([0x95, 0x34, 0xb2, 0x35])]), "gb18030"],
    [Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), "utf-16le"],
    [Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]), "utf-16be"],
    [Buffer.from("name,city\nZhang,Shanghai\n", "utf16le"), "utf-16le"],
    [Buffer.from("name,city\nMüller,Köln\nJosé,México\n", "latin1"), "windows-1252"],
  ];
  for (const [bytes, encoding] of files)
    for (const size of [1, 2, 3, 5, bytes.length])
      assert.equal(encodingOf(bytes, size), encoding, `${bytes.toString("latin1")} in ${size}`);
});

test("a file of Chinese that begins with 64 KiB of plain letters is still found", () => {
  const ascii = Buffer.from("abc,def\n".repeat(10_000));
  assert.equal(encodingOf(Buffer.concat([ascii, gb]), 4096), "gb18030");
});

test("a UTF-8 file cut within a character is not UTF-8", () => {
  assert.notEqual(encodingOf(Buffer.from("北京").subarray(0, 5)), "utf-8");
});

test("what is no text is refused with the reason", () => {
  const refused = (bytes: Buffer): unknown => {
    try {
      return encodingOf(bytes);
    } catch (error) {
      return error instanceof Problem && error.code === "file_unreadable" ? error.extra?.["because"] : error;
    }
  };
  assert.equal(refused(Buffer.from("PK\u0003\u0004....", "latin1")), "spreadsheet");
  assert.equal(refused(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0x0d, 1, 2, 3, 4])), "not_text");
});

test("delimiters", () => {
  const rows = (delimiter: string): string =>
    [
      ["客户", "城市", "备注"],
      ["华信", "北京", "a, b; c"],
      ["Acme", "Paris", "x"],
      ["Beta", "Oslo", "1,5"],
    ]
      .map((row) => row.map((cell) => (/[,;|\t]/u.test(cell) ? `"${cell}"` : cell)).join(delimiter))
      .join("\n");
  for (const delimiter of [",", ";", "\t", "|"]) assert.equal(detectDelimiter(rows(delimiter)), delimiter);
  assert.equal(detectDelimiter("one column\nonly\n"), ",");
  assert.equal(detectDelimiter(""), ",");
  assert.equal(detectDelimiter("name;amount\nA;1,5\nB;2,5\nC;3,5\n"), ";");
});

test("headings", () => {
  const header = (text: string): boolean => detectHeader(sampleRows(text, ","));
  assert.equal(header("account,sector,year_established\nAcme,technolgy,1996\n"), true);
  assert.equal(header("客户名称,电话\n华信,138\n"), true);
  assert.equal(header("Acme,1996\nBeta,1997\n"), false);
  assert.equal(header("a@example.com,x\n"), false);
  assert.equal(header("a,a\n"), false);
  assert.equal(header(""), false);
});
