// A search that finds nothing is worth as much as what it would have found: every form, at every place.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { formsOf, PatternScanner, shortest } from "./patterns.ts";

const values = {
  name: "上海远帆贸易有限公司",
  phone: "+8613811110002",
  email: "li.lei@customer.example",
  title: "采购总监",
};
const patterns = Object.entries(values).flatMap(([field, text]) => formsOf(field, text));

function found(bytes: Buffer): (string | null)[] {
  const scanner = new PatternScanner(patterns);
  return [...new Set([...scanner.scan(bytes, bytes.length)].map(({ field }) => field))].sort();
}

test("every form of every value is found, at every distance from the beginning", () => {
  for (const [field, text] of Object.entries(values))
    for (const before of [0, 1, 2, 3, 4, 1000]) {
      const front = randomBytes(before);
      const swapped = Buffer.from(text, "utf16le").swap16();
      const base64 = Buffer.from(Buffer.concat([front, Buffer.from(text), randomBytes(7)]).toString("base64"));
      const plain = [
        Buffer.from(text),
        Buffer.from(text, "utf16le"),
        swapped,
        Buffer.from(Buffer.from(text).toString("hex")),
      ];
      for (const form of [...plain.map((one) => Buffer.concat([front, one])), base64])
        assert.deepEqual(found(form), [field], `${field} after ${before}`);
    }
});

test("what is not there is not found, and short values are not looked for", () => {
  assert.deepEqual(found(randomBytes(1_000_000)), []);
  assert.deepEqual(formsOf("short", "ab"), []);
  assert.ok(patterns.every(({ bytes }) => bytes.length >= shortest));
});
