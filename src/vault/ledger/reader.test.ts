// Entries that a superuser of the database rewrote are not believed when they are read: nothing of what they say is shown,
// and the ledger itself reports them, once.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { uuidv7 } from "../db/uuid.ts";
import type { LedgerView } from "./entry-view.ts";
import { leafHash } from "./merkle.ts";
import { readDraft, testLedger, type TestLedger } from "./test-ledger.ts";

const person = uuidv7();
const other = uuidv7();
const record = uuidv7();

async function scene(t: TestContext, entries = 3): Promise<TestLedger> {
  const world = await testLedger();
  t.after(() => world.close());
  const draft = readDraft({ actor: { kind: "person", personId: person }, action: "record.open", objectIds: [record] });
  for (let written = 0; written < entries; written += 300)
    await world.ledger.append(Array.from({ length: Math.min(300, entries - written) }, () => draft));
  await world.ledger.sequence();
  return world;
}

/** The body says that somebody else did it; all that stands beside it in the database is made to fit. Gives the leaf of before. */
async function rewrite({ base: { owner } }: TestLedger, position: number): Promise<Buffer> {
  const { rows } = await owner.query<{ body: string; leaf: Buffer }>(
    "select body, leaf from vault.ledger_entry where position = $1",
    [position],
  );
  const body = (rows[0]?.body ?? assert.fail()).replace(person, other);
  await owner.query("update vault.ledger_entry set body = $2, person_id = $3, leaf = $4 where position = $1", [
    position,
    body,
    other,
    leafHash(body),
  ]);
  await owner.query(
    "update vault.ledger_tile set hashes = overlay(hashes placing $2 from $3 for 32) where level = 0 and index = $1",
    [Math.floor(position / 256), leafHash(body), (position % 256) * 32 + 1],
  );
  return rows[0]?.leaf ?? assert.fail();
}

async function reports({ ledger }: TestLedger): Promise<[string | undefined, number][]> {
  await ledger.sequence();
  const found = await ledger.list({ action: "ledger.tampering", limit: 50 });
  return found.map(({ problem, listedIds }) => [problem, listedIds.length]);
}

const actions = (views: readonly LedgerView[]): string[] => views.map(({ action }) => action);

test("of a rewritten entry nothing is shown, and it is reported once, also after a restart", async (t) => {
  const world = await scene(t);
  const leaf = await rewrite(world, 2);
  assert.deepEqual(actions(await world.ledger.list({ person: other, limit: 10 })), ["ledger.altered"]);
  const looked = await world.ledger.forObject(record, { actions: ["record.open"], limit: 10 });
  assert.deepEqual(actions(looked), ["record.open", "ledger.altered", "record.open"]);
  assert.ok(!JSON.stringify(looked).includes(other));
  assert.deepEqual(await reports(world), [["entry_altered", 1]]);
  // With the leaf as it was, the ledger opens again.
  await world.base.owner.query("update vault.ledger_entry set leaf = $1 where position = 2", [leaf]);
  const again = await world.reopen();
  await again.list({ limit: 10 });
  await again.stop();
  assert.deepEqual(await reports(world), [["entry_altered", 1]]);
});

test("a detail is not opened by what a rewritten entry says", async (t) => {
  const world = await scene(t);
  await world.ledger.append([readDraft({ detail: { subjectId: world.subjectId, value: "kept" } })]);
  await world.ledger.sequence();
  const [{ position } = assert.fail()] = await world.ledger.list({ limit: 1 });
  assert.equal((await world.ledger.openDetails([position])).size, 1);
  await world.base.owner.query("update vault.ledger_entry set body = replace(body, 'ok', 'no') where position = $1", [
    position,
  ]);
  assert.equal((await world.ledger.openDetails([position])).size, 0);
});

test("entries in full tiles hold, and whoever rewrites a tile with an entry does not reach the root", async (t) => {
  const world = await scene(t, 700);
  const all = await world.ledger.list({ limit: 500 });
  assert.deepEqual(new Set(actions(all)), new Set(["record.open"]));
  assert.deepEqual(await reports(world), []);
  const again = await world.reopen();
  await rewrite(world, 10);
  // Who has read the tile before still knows the others of it.
  const page = await world.ledger.list({ person, limit: 500, before: all.at(-1)?.position ?? -1 });
  assert.deepEqual(new Set(actions(page)), new Set(["record.open"]));
  assert.deepEqual(actions(await again.list({ person: other, limit: 10 })), ["ledger.altered"]);
  await again.stop();
});

test("a changed search column finds the entry by what it says, and is reported", async (t) => {
  const world = await scene(t);
  const { owner } = world.base;
  await owner.query("update vault.ledger_entry set person_id = $1, at = 'infinity' where position = 2", [other]);
  const [found] = await world.ledger.list({ person: other, limit: 10 });
  assert.deepEqual([found?.action, found?.actor.personId], ["record.open", person]);
  assert.deepEqual(await reports(world), [["entry_altered", 1]]);
});

test("an index row that is gone is reported when its entry is read", async (t) => {
  const world = await scene(t);
  await world.base.owner.query("delete from vault.ledger_object where position = 2");
  assert.equal((await world.ledger.list({ person, limit: 10 })).length, 3);
  assert.deepEqual(await reports(world), [["index_missing", 1]]);
});
