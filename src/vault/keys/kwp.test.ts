// Key wrapping against the published cases, and the binding of a wrapped key to its place.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { WrapBroken } from "./broken.ts";
import { unwrapKeys } from "./kwp-bulk.ts";
import { unwrap, unwrapKey, wrap, wrapKey } from "./kwp.ts";
import { bytes, testVectors } from "./test-vectors.ts";

testVectors("aes_kwp", (vector) => {
  const [key, message, wrapped] = [bytes(vector, "key"), bytes(vector, "msg"), bytes(vector, "ct")];
  if (vector.result === "valid") {
    assert.deepEqual(unwrap(key, wrapped), message);
    assert.deepEqual(wrap(key, message), wrapped);
  } else {
    assert.throws(() => unwrap(key, wrapped), WrapBroken);
  }
});

test("a wrapped key unwraps only under its key, in its place, unchanged", () => {
  const [kek, key, label] = [randomBytes(32), randomBytes(32), Buffer.from("class2/1")];
  const wrapped = wrapKey(kek, key, label);
  assert.deepEqual(unwrapKey(kek, wrapped, label), key);
  assert.throws(() => unwrapKey(randomBytes(32), wrapped, label), WrapBroken);
  assert.throws(() => unwrapKey(kek, wrapped, Buffer.from("class3/1")), WrapBroken);
  assert.throws(() => unwrapKey(kek, wrapped, Buffer.from("class2/10")), WrapBroken);
  for (let bit = 0; bit < wrapped.length * 8; bit += 1) {
    const changed = Buffer.from(wrapped);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => unwrapKey(kek, changed, label), WrapBroken, `bit ${bit}`);
  }
  for (let length = 0; length < wrapped.length; length += 1) {
    assert.throws(() => unwrapKey(kek, wrapped.subarray(0, length), label), WrapBroken, `${length} bytes`);
  }
});

test("keys and payloads of a wrong length are refused", () => {
  assert.throws(() => wrap(randomBytes(31), randomBytes(32)), RangeError);
  assert.throws(() => unwrap(randomBytes(33), randomBytes(40)), RangeError);
  assert.throws(() => wrap(randomBytes(32), Buffer.alloc(0)), RangeError);
  assert.throws(() => wrapKey(randomBytes(32), randomBytes(16), Buffer.from("x")), RangeError);
});

test("many keys at once unwrap as one by one does: each under its key, in its place, unchanged", () => {
  const kek = randomBytes(32);
  const keys = Array.from({ length: 700 }, () => randomBytes(32));
  const labels = keys.map(() => randomBytes(16));
  const wrapped = keys.map((key, row) => wrapKey(kek, key, labels[row] as Buffer)); // as many labels as keys
  assert.deepEqual(unwrapKeys(kek, wrapped, labels), keys);
  assert.deepEqual(unwrapKeys(kek, [], []), []);
  assert.ok(unwrapKeys(randomBytes(32), wrapped, labels).every((key) => key === undefined));
  assert.ok(unwrapKeys(kek, wrapped, labels.toReversed()).every((key) => key === undefined));
  const [one = Buffer.alloc(0)] = wrapped;
  const [label = Buffer.alloc(0)] = labels;
  const changed = Array.from({ length: one.length * 8 }, (_, bit) => {
    const copy = Buffer.from(one);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return copy;
  });
  const cut = [...one.keys()].map((length) => one.subarray(0, length));
  const bad = [...changed, ...cut, Buffer.concat([one, one]), wrapKey(kek, randomBytes(32), label.subarray(1))];
  const found = unwrapKeys(kek, [...bad, one], [...bad.map(() => label), label]);
  assert.deepEqual(found, [...bad.map(() => undefined), keys[0]]);
  assert.throws(() => unwrapKeys(kek.subarray(1), wrapped, labels), RangeError);
  assert.throws(() => unwrapKeys(kek, wrapped, labels.slice(1)), RangeError);
  assert.throws(() => unwrapKeys(kek, [one], [label.subarray(1)]), RangeError);
});
