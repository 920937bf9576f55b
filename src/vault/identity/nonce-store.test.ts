// Every nonce once, for as long as its request could be accepted, in bounded memory that nobody takes for himself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { NonceStore } from "./nonce-store.ts";

test("a nonce is fresh once, per key, whoever brings it", () => {
  const store = new NonceStore({ lifetimeMs: 120_000, limit: 100 });
  assert.equal(store.burn("s", "a", "n1", 0), "fresh");
  assert.equal(store.burn("s", "a", "n1", 1), "used");
  assert.equal(store.burn("another", "a", "n1", 1), "used");
  assert.equal(store.burn("s", "b", "n1", 2), "fresh");
});

test("it is remembered for a lifetime at least, at any moment of burning", () => {
  for (const start of [0, 1, 59_999, 119_999, 120_000, 500_001]) {
    const store = new NonceStore({ lifetimeMs: 120_000, limit: 10_000 });
    store.burn("s", "x", "earlier", 0);
    assert.equal(store.burn("s", "a", "n", start), "fresh");
    for (let at = start; at <= start + 120_000; at += 997) {
      store.burn("s", "x", `n${at}`, at);
      assert.equal(store.burn("s", "a", "n", at), "used", `${start} ${at}`);
    }
  }
});

test("memory is bounded: full refuses, and time frees", () => {
  const store = new NonceStore({ lifetimeMs: 1000, limit: 10 });
  for (let index = 0; index < 10; index += 1) assert.equal(store.burn(`s${index}`, "a", `n${index}`, index), "fresh");
  assert.equal(store.burn("new", "a", "one too many", 500), "full");
  assert.equal(store.burn("new", "a", "n3", 500), "used");
  assert.equal(store.burn("new", "a", "later", 5000), "fresh");
  assert.equal(store.size, 1);
});

test("a flood fills its own part only: others go on, and what they burnt stays burnt", () => {
  const store = new NonceStore({ lifetimeMs: 1000, limit: 1000 });
  assert.equal(store.burn("honest", "h", "before", 0), "fresh");
  const flood = Array.from({ length: 5000 }, (_, index) => store.burn("flood", `k${index}`, "n", 1));
  assert.equal(flood.filter((state) => state === "fresh").length, 499);
  for (let index = 0; index < 200; index += 1) assert.equal(store.burn("honest", "h", `n${index}`, 2), "fresh");
  assert.equal(store.burn("third", "t", "n", 3), "fresh");
  assert.equal(store.burn("honest", "h", "before", 4), "used");
  assert.ok(store.size <= 1000);
});
