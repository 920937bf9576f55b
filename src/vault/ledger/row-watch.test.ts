// Rows put back whole to an older state, invented or taken away: each is found by the next check, entered in the ledger
// once, and its genuine tag is refused from then on.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { TagBroken } from "../keys/broken.ts";
import { RowWatch } from "./row-watch.ts";
import { PROBE, testLedger, type ProbeRow, type TestLedger } from "./test-ledger.ts";

async function scene(t: TestContext): Promise<{ world: TestLedger; folder: string; watch: () => RowWatch }> {
  const world = await testLedger();
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-watch-"));
  t.after(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });
  const { base, keyring, ledger } = world;
  const tables = { [PROBE]: `vault.${PROBE}` };
  const report = (entries: Parameters<typeof ledger.append>[0]): Promise<void> => ledger.append(entries);
  return { world, folder, watch: () => new RowWatch({ db: base.db, keyring, report, folder, tables }) };
}

/** As the superuser of the database does it. */
async function putBack({ base }: TestLedger, { id, version, tag }: ProbeRow): Promise<void> {
  await base.owner.query(`update vault.${PROBE} set version = $2, tag = $3 where id = $1`, [id, version, tag]);
}

async function reported({ ledger }: TestLedger): Promise<[string | undefined, readonly string[] | undefined][]> {
  await ledger.sequence();
  const found = await ledger.list({ action: "ledger.tampering", limit: 50 });
  return found.map(({ problem, listedIds }) => [problem, listedIds]);
}

for (const restart of [false, true])
  test(`a row put back to an older state is found and no longer believed${restart ? " after a restart" : ""}`, async (t) => {
    const { world, watch } = await scene(t);
    const row = await world.write();
    const other = await world.write();
    const newest = await world.write(row);
    await world.ledger.sequence();
    const before = watch();
    assert.deepEqual(await before.check(), []);
    await putBack(world, row);
    if (restart) await before.stop();
    const now = restart ? watch() : before;
    assert.deepEqual(await now.check(), [{ table: PROBE, id: row.id, what: "changed" }]);
    const { keyring } = world;
    assert.throws(() => keyring.verifyTag(PROBE, [row.id, row.version], row.tag), TagBroken);
    keyring.verifyTag(PROBE, [other.id, other.version], other.tag);
    keyring.verifyTag(PROBE, [newest.id, newest.version], newest.tag);
    // Once is enough.
    assert.deepEqual(await now.check(), []);
    assert.deepEqual(await reported(world), [["rows_changed", [row.id]]]);
  });

test("a row nobody wrote and one that is gone are found; what waits in the outbox counts", async (t) => {
  const { world, watch } = await scene(t);
  const gone = await world.write();
  await world.ledger.sequence();
  const now = watch();
  assert.deepEqual(await now.check(), []);
  await world.write();
  await world.base.owner.query(`delete from vault.${PROBE} where id = $1`, [gone.id]);
  const invented = "01890a5d-ac96-774b-bcce-b302099a8057";
  await world.base.owner.query(`insert into vault.${PROBE} values ($1, 1, $2)`, [invented, gone.tag]);
  assert.deepEqual(await now.check(), [
    { table: PROBE, id: invented, what: "changed" },
    { table: PROBE, id: gone.id, what: "missing" },
  ]);
});

test("a ledger put back with all its rows is older than what the vault remembers outside the database", async (t) => {
  const { world, folder, watch } = await scene(t);
  const row = await world.write();
  await world.ledger.sequence();
  const early = watch();
  await early.check();
  await early.stop();
  const file = path.join(folder, "seen-rows");
  const older = readFileSync(file);
  await world.write(row);
  await world.ledger.sequence();
  const later = watch();
  assert.deepEqual(await later.check(), []);
  await later.stop();
  const { owner } = world.base;
  await owner.query("delete from vault.ledger_entry where position = (select max(position) from vault.ledger_entry)");
  const [found] = await watch().check();
  assert.deepEqual([found?.table, found?.what], ["ledger_entry", "older"]);
  // A strange file is no file: everything is read anew.
  writeFileSync(file, Buffer.concat([older.subarray(0, -3), Buffer.from("x}\n")]));
  const [changed] = await watch().check();
  assert.deepEqual([changed?.table, changed?.what], [PROBE, "changed"]);
});
