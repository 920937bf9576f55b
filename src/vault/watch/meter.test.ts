// A start counts the day out of the ledger exactly: no entry is missed however long its head is, and no text that a
// person's browser sends passes for a count.
import assert from "node:assert/strict";
import { test } from "node:test";
import { uuidv7 } from "../db/uuid.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { readDraft, testLedger } from "../ledger/test-ledger.ts";
import { Meter } from "./meter.ts";

const now = new Date("2026-11-23T12:00:00Z");

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
      readDraft({ at: now, actor: { kind: "system" }, counts: { exported: 9 } }),
    ]);
    await ledger.sequence();
    const meter = await Meter.open(base.db, now);
    const used = (person: string): number[] =>
      (["listed", "opened", "revealed", "exported", "written"] as const).map(
        (kind) => meter.used(person, kind, now).used,
      );
    assert.deepEqual(used(one), [50, 2, 2, 0, 3]);
    assert.deepEqual(used(other), [0, 4, 0, 0, 0]);
  } finally {
    await close();
  }
});
