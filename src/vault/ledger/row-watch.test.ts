// Rows put back whole to an older state, invented or taken away: each is found by the next check, entered in the ledger
// once, and its genuine tag is refused from then on.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { TagBroken } from "../keys/broken.ts";
import { LedgerBroken } from "./ledger-state.ts";
import { RowWatch, type RowWatchOptions } from "./row-watch.ts";
import { PROBE, testLedger, type ProbeRow, type TestLedger } from "./test-ledger.ts";

async function scene(
  t: TestContext,
): Promise<{ world: TestLedger; folder: string; watch: (ledger?: RowWatchOptions["ledger"]) => RowWatch }> {
  const world = await testLedger();
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-watch-"));
  t.after(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });
  const { base, keyring, ledger } = world;
  const tables = { [PROBE]: `vault.${PROBE}` };
  const report = (entries: Parameters<typeof ledger.append>[0]): Promise<void> => ledger.append(entries);
  return {
    world,
    folder,
    watch: (from = ledger) => new RowWatch({ db: base.db, keyring, ledger: from, report, folder, tables }),
  };
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

test("a database put back with its whole ledger is older than what the vault remembers outside of it", async (t) => {
  const { world, folder, watch } = await scene(t);
  const { owner } = world.base;
  const row = await world.write();
  await world.ledger.sequence();
  const tables = ["ledger_entry", "ledger_object", "ledger_tile", "ledger_checkpoint", "ledger_row_state", PROBE];
  for (const table of tables) await owner.query(`create table public.kept_${table} as table vault.${table}`);
  await world.write(row);
  const later = watch();
  assert.deepEqual(await later.check(), []);
  await later.stop();
  for (const table of tables) {
    await owner.query(`delete from vault.${table}`);
    await owner.query(`insert into vault.${table} select * from public.kept_${table}`);
  }
  const ledger = await world.reopen();
  const found = await watch(ledger).check();
  assert.deepEqual(
    found.map(({ table, what }) => [table, what]),
    [["ledger_entry", "older"]],
  );
  // A strange file is no file: everything is read anew, and fits.
  const file = path.join(folder, "seen-rows");
  writeFileSync(file, readFileSync(file, "utf8").replace('"size":', '"size": '));
  assert.deepEqual(await watch(ledger).check(), []);
  await ledger.stop();
});

test("an entry that was made to tell of an older row is not believed: nothing is accepted any more", async (t) => {
  const { world, watch } = await scene(t);
  const { owner } = world.base;
  const row = await world.write();
  await world.write(row);
  const now = watch();
  assert.deepEqual(await now.check(), []);
  await world.write();
  await world.ledger.sequence();
  await putBack(world, row);
  const [{ body }] = (await owner.query("select body from vault.ledger_entry order by position desc limit 1")).rows as [
    { body: string },
  ];
  const told = `"rows":[["${PROBE}","${row.id}",null,null,${row.version},"${row.tag.toString("base64")}"],`;
  await owner.query(
    "update vault.ledger_entry set body = $1 where position = (select max(position) from vault.ledger_entry)",
    [body.replace('"rows":[', told)],
  );
  await assert.rejects(now.check(), LedgerBroken);
  await assert.rejects(world.ledger.append([]), LedgerBroken);
});

test("a line slipped into the outbox is not believed", async (t) => {
  const { world, watch } = await scene(t);
  const { owner } = world.base;
  const row = await world.write();
  await world.write(row);
  await world.ledger.sequence();
  const { rows } = await owner.query<{ id: string; body: string }>(
    "select id, body from vault.ledger_entry where body like $1 order by position limit 1",
    [`%${row.id}%`],
  );
  const now = watch({
    // Between the step before a check and the check itself.
    between: (work) =>
      world.ledger.between(async (tree) => {
        await putBack(world, row);
        await owner.query("insert into vault.ledger_outbox (id, body, tag) values ($1, $2, $3)", [
          rows[0]?.id,
          rows[0]?.body,
          row.tag,
        ]);
        return work(tree);
      }),
  });
  assert.deepEqual(await now.check(), [{ table: PROBE, id: row.id, what: "changed" }]);
});
