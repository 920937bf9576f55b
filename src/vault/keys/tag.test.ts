// Tags: one encoding for one list of fields, and none accepted that differs in anything.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { TagBroken } from "./broken.ts";
import { hmacSha256 } from "./primitives.ts";
import { checkTag, lookupTag, type TagField, tagRow } from "./tag.ts";

const key = randomBytes(32);

test("lists of fields that differ in anything have different tags", () => {
  const lists: TagField[][] = [
    [],
    [null],
    [null, null],
    [true],
    [false],
    [0],
    ["0"],
    [""],
    ["", ""],
    [Buffer.alloc(0)],
    [Buffer.from("0")],
    ["ab"],
    ["a", "b"],
    ["b", "a"],
    ["a\0b"],
    ["a", "b", null],
    [1, 23],
    [12, 3],
    [1.5],
    [-1],
    ["王"],
    [Buffer.from("王")],
    ["x".repeat(10_000)],
    [randomBytes(10_000)],
  ];
  const tags = new Set<string>();
  for (const table of ["vault.contact", "vault.contac", "vault.contact\0"]) {
    for (const fields of lists) {
      const tag = tagRow(key, table, fields);
      assert.equal(tag.length, 32);
      checkTag(key, table, fields, tag);
      tags.add(tag.toString("hex"));
    }
  }
  assert.equal(tags.size, 3 * lists.length);
  assert.throws(() => tagRow(key, "t", [Number.NaN]), RangeError);
  assert.throws(() => tagRow(key, "t", [Number.POSITIVE_INFINITY]), RangeError);
});

test("the encoding is fixed: a row written today is checked for years", () => {
  const encoded = Buffer.from(
    "00000003" + "0400000003" + "746167" + "0400000001" + "74" + "0400000003" + "e78e8b" + "030000000237370000000000",
    "hex",
  );
  assert.deepEqual(tagRow(key, "t", ["王", 77, null]), hmacSha256(key, encoded));
});

test("a wrong tag is refused", () => {
  const tag = tagRow(key, "t", ["a", 1]);
  for (let bit = 0; bit < 256; bit += 1) {
    const changed = Buffer.from(tag);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => checkTag(key, "t", ["a", 1], changed), TagBroken);
  }
  assert.throws(() => checkTag(key, "t", ["a", 1], tag.subarray(0, 31)), TagBroken);
  assert.throws(() => checkTag(key, "t", ["a", 1], Buffer.alloc(0)), TagBroken);
  assert.throws(() => checkTag(randomBytes(32), "t", ["a", 1], tag), TagBroken);
});

test("lookups are of their kind, and no tag of a row", () => {
  assert.deepEqual(lookupTag(key, "phone", "+8613812345678"), lookupTag(key, "phone", "+8613812345678"));
  assert.notDeepEqual(lookupTag(key, "phone", "+8613812345678"), lookupTag(key, "id_number", "+8613812345678"));
  assert.notDeepEqual(lookupTag(key, "phone", "1"), tagRow(key, "phone", ["1"]));
});
