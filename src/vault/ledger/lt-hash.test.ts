/** LtHash: the sum of SHAKE-256 expansions, whatever the order; checked against a plain computation of the definition. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { LtHash, rowElement } from "./lt-hash.ts";
import { seededRandom } from "./test-random.ts";

function plain(elements: readonly Buffer[]): Buffer {
  const state = Buffer.alloc(2048);
  for (const element of elements) {
    const vector = createHash("shake256", { outputLength: 2048 }).update(element).digest();
    for (let i = 0; i < 1024; i++)
      state.writeUInt16LE((state.readUInt16LE(2 * i) + vector.readUInt16LE(2 * i)) & 0xffff, 2 * i);
  }
  return state;
}

const row = (n: number, version = 1): Buffer =>
  rowElement("account", `id-${n}`, version, createHash("sha256").update(`${n} ${version}`).digest());

test("the state is the sum of the expansions, modulo 2^16", () => {
  const hash = new LtHash();
  const elements = [row(1), row(2), row(3), row(3)];
  for (const element of elements) hash.add(element);
  assert.deepEqual(hash.bytes(), plain(elements));
  assert.deepEqual(hash.digest(), createHash("sha256").update(plain(elements)).digest());
  assert.deepEqual(new LtHash().bytes(), Buffer.alloc(2048));
});

test("any order of additions and removals that leaves the same rows gives the same hash", () => {
  const { next, seed } = seededRandom();
  const all = Array.from({ length: 40 }, (_, n) => row(n));
  const kept = all.slice(0, 15);
  const expected = new LtHash();
  for (const element of kept) expected.add(element);
  for (let round = 0; round < 20; round++) {
    const steps = [...all.map((e) => [e, "add"] as const), ...all.slice(15).map((e) => [e, "remove"] as const)];
    for (let i = steps.length - 1; i > 0; i--) {
      const j = next(i + 1);
      const [a, b] = [steps[i], steps[j]];
      if (a !== undefined && b !== undefined) [steps[i], steps[j]] = [b, a];
    }
    const hash = new LtHash();
    for (const [element, step] of steps) hash[step](element);
    assert.deepEqual(hash.digest(), expected.digest(), `seed ${seed}`);
  }
});

test("a copy goes on alone, a saved state comes back, another length is refused", () => {
  const hash = new LtHash();
  hash.add(row(1));
  const copy = hash.clone();
  const restored = new LtHash(hash.bytes());
  copy.add(row(2));
  assert.deepEqual(restored.digest(), hash.digest());
  assert.notDeepEqual(copy.digest(), hash.digest());
  assert.throws(() => new LtHash(Buffer.alloc(2047)), RangeError);
});

test("rows differ by table, id, version and tag", () => {
  const tag = Buffer.alloc(32, 1);
  const base = rowElement("account", "a", 1, tag);
  const others = [
    rowElement("accoun", "ta", 1, tag),
    rowElement("account", "b", 1, tag),
    rowElement("account", "a", 11, tag),
    rowElement("account", "a", 1, Buffer.alloc(32, 2)),
  ];
  for (const other of others) assert.notDeepEqual(other, base);
});
