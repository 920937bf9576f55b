// A sealed value opens only by its key, in its place, unchanged; and its length tells only a size class.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { SealBroken } from "./broken.ts";
import { openValue, paddedLength, type SealContext, sealContextBytes, sealValue } from "./seal.ts";

const key = randomBytes(32);
const place: SealContext = {
  object: "contact",
  recordId: "019a8f3e-5b1c-7abc-8def-0123456789ab",
  class: 2,
  sealVersion: 7,
};
const value = { name: "王小明", note: 'quotes " and \u2028 and 😀', count: 3, list: [null, true, 1.5] };

test("values come back as they were", () => {
  for (const one of [value, null, 0, "", "王", [], {}, "x".repeat(100_000), { a: { b: [] } }]) {
    assert.deepEqual(openValue(key, place, sealValue(key, place, one)), one);
  }
  for (const none of [undefined, () => 1, Symbol("x")]) assert.throws(() => sealValue(key, place, none), TypeError);
});

test("a seal swapped to another object, record, class or version does not open", () => {
  const sealed = sealValue(key, place, value);
  const others: SealContext[] = [
    { ...place, object: "account" },
    { ...place, object: "contact1", recordId: place.recordId.slice(1) },
    { ...place, recordId: "019a8f3e-5b1c-7abc-8def-0123456789ac" },
    { ...place, recordId: place.recordId.toUpperCase() },
    { ...place, class: 3 },
    { ...place, sealVersion: 6 },
    { ...place, sealVersion: 8 },
    { ...place, sealVersion: 7 + 2 ** 32 },
  ];
  for (const other of others) assert.throws(() => openValue(key, other, sealed), SealBroken, JSON.stringify(other));
  assert.throws(() => openValue(randomBytes(32), place, sealed), SealBroken);
});

test("any changed bit, any cut and any addition is found", () => {
  const sealed = sealValue(key, place, value);
  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const changed = Buffer.from(sealed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => openValue(key, place, changed), SealBroken, `bit ${bit}`);
  }
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => openValue(key, place, sealed.subarray(0, length)), SealBroken, `${length} bytes`);
  }
  assert.throws(() => openValue(key, place, Buffer.concat([sealed, Buffer.alloc(1)])), SealBroken);
});

test("two places never have the same context bytes", () => {
  const names = ["a", "ab", "b", "abc", "bc", "\0", "\u0001a", "a\u0001b", "客户"];
  const seen = new Set<string>();
  let places = 0;
  for (const object of names) {
    for (const recordId of names) {
      for (const level of [2, 3] as const) {
        for (const sealVersion of [0, 1, 256, 2 ** 40]) {
          seen.add(sealContextBytes({ object, recordId, class: level, sealVersion }).toString("hex"));
          places += 1;
        }
      }
    }
  }
  assert.equal(seen.size, places);
});

test("places out of bounds are refused", () => {
  const bad: SealContext[] = [
    { ...place, object: "" },
    { ...place, recordId: "" },
    { ...place, object: "x".repeat(256) },
    { ...place, object: "客".repeat(86) },
    { ...place, sealVersion: -1 },
    { ...place, sealVersion: 1.5 },
    { ...place, sealVersion: 2 ** 48 },
    { ...place, class: 1 as 2 },
  ];
  for (const one of bad) assert.throws(() => sealValue(key, one, value), RangeError, JSON.stringify(one));
  assert.ok(sealValue(key, { ...place, object: "客".repeat(85) }, value));
});

test("length tells a size class only", () => {
  const lengths = new Set<number>();
  for (let length = 0; length <= 1000; length += 1) lengths.add(sealValue(key, place, "x".repeat(length)).length);
  assert.equal(lengths.size, 5);
  for (let length = 1; length < 3_000_000; length += 1 + Math.floor(length / 50)) {
    const padded = paddedLength(length);
    assert.ok(padded >= length);
    assert.ok(padded <= 64 || padded < length * 2);
    if (length > 1024) assert.ok(padded <= length * 1.0625);
    assert.ok(padded >= paddedLength(Math.max(length - 1, 0)), "never falls");
    assert.equal(paddedLength(padded), padded);
  }
});
