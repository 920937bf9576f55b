// A start counts the day out of the ledger exactly: no entry is missed however long its head is, and no text that a
// person's browser sends passes for a count or ends the start. Days are counted apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../db/uuid.ts";
import type { ActRecord } from "../ledger/act-record.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { readDraft, testLedger } from "../ledger/test-ledger.ts";
import { ceilings, Meter } from "./meter.ts";

const now = new Date("2026-11-23T12:00:00Z");

/** An act whose browser sent a client data of this length. */
function signedWith(size: number): ActRecord {
  const passkey = { credential: "c", key: "k", authenticatorData: "a", clientData: "x".repeat(size), signature: "s" };
  return { by: "passkey", method: "POST", path: "/api/commit", commitment: "c", passkey };
}

test("a day's counts are read from the ledger, person by person", async () => {
  const { base, ledger, close } = await testLedger();
  try {
    const [one, other] = [uuidv7(), uuidv7()];
    const act = (personId: string, counts: EntryDraft["counts"], part: Partial<EntryDraft> = {}): EntryDraft =>
      readDraft({ at: now, actor: { kind: "person", personId }, ...(counts && { counts }), ...part });
    const longestHead: Partial<EntryDraft> = {
      action: "a".repeat(128),
      actor: {
        kind: "person",
        personId: one,
        deviceId: uuidv7(),
        sessionId: uuidv7(),
        mandateId: uuidv7(),
        ip: "2001:db8:1234:5678:9abc:def0:1234:5678",
        requestId: "r".repeat(128),
        userAgent: "\u0001".repeat(256),
      },
      listedIds: Array.from({ length: 100 }, () => uuidv7()),
    };
    const userAgent = '","counts":{"revealed":100000,"opened":-100000},"x":"{}';
    await ledger.append([
      act(one, { opened: 1 }),
      act(one, { opened: 1 }),
      act(one, { listed: 50, revealed: 2 }, longestHead),
      act(one, { written: 3 }, { actor: { kind: "person", personId: one, userAgent } }),
      act(one, undefined, { actor: { kind: "person", personId: one, userAgent } }),
      act(one, { refused: 1 }, { result: "refused", problem: "forbidden" }),
      act(one, { opened: 100 }, { at: new Date("2026-11-22T23:59:59.999Z") }),
      act(one, { opened: 1000 }, { at: new Date("2026-11-24T00:00:00Z") }),
      act(other, { opened: 4 }, { at: new Date("2026-11-23T00:00:00Z") }),
      ...[2000, 2200, 8192].map((size) => act(one, { written: 20 }, { act: signedWith(size) })),
      readDraft({ at: now, actor: { kind: "system" }, counts: { exported: 9 } }),
    ]);
    await ledger.sequence();
    const meter = await Meter.open(base.db, now, assert.ifError);
    const used = (person: string): number[] =>
      (["listed", "opened", "revealed", "exported", "written"] as const).map(
        (kind) => meter.used(person, kind, now).used,
      );
    assert.deepEqual(used(one), [50, 2, 2, 0, 63]);
    assert.deepEqual(used(other), [0, 4, 0, 0, 0]);
  } finally {
    await close();
  }
});

test("an entry that somebody has spoiled is told of and hides no other", async () => {
  const { base, ledger, close } = await testLedger();
  try {
    const one = uuidv7();
    const actor = { kind: "person", personId: one } as const;
    const drafts = ["a", "b", "c", "d"].map((action) => readDraft({ action, at: now, actor, counts: { revealed: 5 } }));
    await ledger.append(drafts);
    await ledger.sequence();
    const spoil = (action: string, pattern: string, by: string) =>
      base.owner.query("update vault.ledger_entry set body = regexp_replace(body, $2, $3) where action = $1", [
        action,
        pattern,
        by,
      ]);
    await spoil("b", '"revealed":5', '"revealed":');
    await spoil("c", '"revealed":5', '"revealed":-500');
    await spoil("d", '("counts":).*', "\\1");
    let told = 0;
    const meter = await Meter.open(base.db, now, (entries) => {
      told += entries;
    });
    assert.equal(told, 3);
    assert.equal(meter.used(one, "revealed", now).used, 5);
  } finally {
    await close();
  }
});

test("what ends after midnight gives back nothing of the new day, and counts for the day it began on", () => {
  const meter = new Meter();
  const [before, after] = [new Date("2026-11-23T23:59:59.900Z"), new Date("2026-11-24T00:00:05Z")];
  const slow = meter.begin("one", before);
  slow.demand("revealed", 1);
  meter.add("one", { revealed: ceilings.revealed }, after);
  meter.add("one", { revealed: 1 }, before);
  slow.release();
  assert.equal(meter.used("one", "revealed", after).used, ceilings.revealed);
  assert.equal(meter.used("one", "revealed", before).used, 1);
  assert.throws(() => {
    meter.begin("one", after).demand("revealed", 1);
  }, /allowance_used/);
});
