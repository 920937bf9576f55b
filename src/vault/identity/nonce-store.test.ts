// Every nonce once, for as long as its request could be accepted, in bounded memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NonceStore } from "./nonce-store.ts";

test("a nonce is fresh once, per key", () => {
  const store = new NonceStore(120_000);
  assert.equal(store.burn("a", "n1", 0), "fresh");
  assert.equal(store.burn("a", "n1", 1), "used");
  assert.equal(store.burn("b", "n1", 2), "fresh");
});

test("it is remembered for a lifetime at least, at any moment of burning", () => {
  for (const start of [0, 1, 59_999, 119_999, 120_000, 500_001]) {
    const store = new NonceStore(120_000);
    store.burn("x", "earlier", 0);
    assert.equal(store.burn("a", "n", start), "fresh");
    for (let at = start; at <= start + 120_000; at += 997) {
      store.burn("x", `n${at}`, at);
      assert.equal(store.burn("a", "n", at), "used", `${start} ${at}`);
    }
  }
});

test("memory is bounded: full refuses, and time frees", () => {
  const store = new NonceStore(1000, 10);
  for (let index = 0; index < 10; index += 1) assert.equal(store.burn("a", `n${index}`, index), "fresh");
  assert.equal(store.burn("a", "one too many", 500), "full");
  assert.equal(store.burn("a", "n3", 500), "used");
  assert.equal(store.burn("a", "later", 5000), "fresh");
  assert.equal(store.size, 1);
});
