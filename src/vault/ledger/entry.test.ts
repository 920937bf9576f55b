/** Bodies are canonical, hold no free text, and name their sealed part by its hash. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { viewOf } from "./entry-view.ts";
import { normalIp, parseBody, prepareEntry, type EntryDraft } from "./entry.ts";

const id = "01939f00-0000-7000-8000-000000000001";
const person = "01939f00-0000-7000-8000-000000000002";

const draft: EntryDraft = {
  action: "record.update",
  at: new Date("2026-11-23T01:02:03.004Z"),
  actor: {
    kind: "person",
    personId: person,
    ip: "::ffff:10.0.0.7",
    userAgent: 'Mozilla/5.0 "quoted"\n',
    requestId: "r-1",
  },
  object: "account",
  objectIds: [id, id],
  fields: ["name"],
  result: "ok",
  rows: [{ table: "account", id, version: 2, tag: Buffer.alloc(32, 2), oldVersion: 1, oldTag: Buffer.alloc(32, 1) }],
  detail: { subjectId: person, value: {} },
};

test("the text is JSON on one line with keys in order, at every level", () => {
  const sealed = Buffer.from("sealed");
  const { body } = prepareEntry(id, draft, sealed);
  assert.ok(!body.includes("\n"));
  const sorted = (value: unknown): unknown =>
    typeof value !== "object" || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        );
  assert.equal(JSON.stringify(sorted(JSON.parse(body))), body);
  const parsed = parseBody(body);
  assert.equal(parsed.sealed?.hash, createHash("sha256").update(sealed).digest("base64"));
  assert.deepEqual(parsed.objects, [id]);
  assert.equal(parsed.actor.ip, "10.0.0.7");
  const view = viewOf(7, parseBody(body));
  assert.deepEqual(
    [view.position, view.action, view.actor.personId, view.detailSubjectId],
    [7, "record.update", person, person],
  );
});

test("free text, strange ids and half a row change are refused", () => {
  const { detail: _, ...plain } = draft;
  const bent: Partial<EntryDraft>[] = [
    { purpose: "Ms Li asked for it" },
    { action: "" },
    { fields: ["电话"] },
    { objectIds: ["1"] },
    { listedIds: ["'"] },
    { problem: "a b" },
    { actor: { kind: "person", personId: "me" } },
    { rows: [{ table: "account", id, version: 2, tag: Buffer.alloc(32), oldVersion: 1 }] },
    { rows: [{ table: 'a"b', id, version: 2, tag: Buffer.alloc(32) }] },
    { rows: [{ table: "account", id, version: 2, tag: Buffer.alloc(32), deleted: true }] },
  ];
  for (const part of bent)
    assert.throws(() => prepareEntry(id, { ...plain, ...part }), TypeError, JSON.stringify(part));
  assert.throws(() => prepareEntry("x", plain), TypeError);
  for (const text of ["null", "{}", "[]", '{"v":2}']) assert.throws(() => parseBody(text), TypeError);
});

test("addresses have one form", () => {
  assert.equal(normalIp("FE80::1%eth0"), "fe80::1");
  assert.equal(normalIp("2001:db8::/64"), "2001:db8::/64");
  assert.equal(normalIp("nonsense"), undefined);
});
