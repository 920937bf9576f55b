/** Anonymous refusals: the first 20 of a source and minute alone, the rest counted, none lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EntryDraft } from "./entry.ts";
import { Refusals, REFUSALS_ACTION, sourceOf } from "./refusals.ts";

const minute = Date.parse("2026-11-23T01:02:00Z");
const refusal = (ip: string, at = minute): EntryDraft => ({
  action: "session.start",
  at: new Date(at),
  actor: { kind: "anonymous", ip },
  result: "refused",
  problem: "not_signed",
});

test("after 20 in a minute a source is counted, others are not touched", () => {
  const refusals = new Refusals();
  const admitted = Array.from({ length: 500 }, (_, i) => refusals.admit(refusal("203.0.113.9", minute + i * 100)));
  assert.deepEqual([admitted.filter(Boolean).length, admitted.lastIndexOf(true)], [20, 19]);
  assert.ok(refusals.admit(refusal("203.0.113.10")));
  assert.ok(refusals.admit({ ...refusal("203.0.113.9"), result: "ok" }));
  assert.ok(refusals.admit({ ...refusal("203.0.113.9"), actor: { kind: "person" } }));
  assert.deepEqual(refusals.due(new Date(minute + 59_999)), []);
  const [entry, ...rest] = refusals.due(new Date(minute + 60_000));
  assert.equal(rest.length, 0);
  assert.deepEqual([entry?.action, entry?.counts, entry?.actor.ip], [REFUSALS_ACTION, { refused: 480 }, "203.0.113.9"]);
  assert.ok(refusals.admit(refusal("203.0.113.9", minute + 60_000)));
  assert.deepEqual(refusals.due(), []);
});

test("an IPv6 network is one source, and too many sources share one count", () => {
  assert.equal(sourceOf("2001:db8:1:2:aaaa::1"), sourceOf("2001:0db8:0001:0002::2"));
  assert.notEqual(sourceOf("2001:db8:1:3::1"), sourceOf("2001:db8:1:2::1"));
  assert.equal(sourceOf("::1"), "0:0:0:0::/64");
  const refusals = new Refusals();
  let admitted = 0;
  for (let i = 0; i < 10_100; i++)
    if (refusals.admit(refusal(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`))) admitted++;
  assert.equal(admitted, 10_020);
  assert.deepEqual(
    refusals.due().map((draft) => [draft.counts?.refused, draft.actor.ip]),
    [[80, undefined]],
  );
});
