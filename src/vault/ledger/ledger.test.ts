/** The ledger on a real PostgreSQL: durable order without gaps, restart, what the viewer reads, and who may touch it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { LedgerBroken } from "./ledger-state.ts";
import { parseVerifier } from "./note.ts";
import { queryOf, readDraft, testLedger, type TestLedger } from "./test-ledger.ts";
import { verifyLedger, type LedgerVerdict } from "./verify.ts";

let t: TestLedger;
before(async () => {
  t = await testLedger();
});
after(() => t.close());

async function verify(): Promise<LedgerVerdict> {
  return verifyLedger({
    query: queryOf(t.base.owner),
    witnessed: await t.ledger.checkpoint(),
    tables: [{ table: "ledger_probe" }],
  });
}

test("concurrent reads and writes get positions without gaps, and all verifies", async () => {
  const rows = await Promise.all(Array.from({ length: 20 }, () => t.write()));
  await Promise.all([
    ...Array.from({ length: 200 }, () =>
      t.ledger.append([readDraft(), readDraft({ listedIds: [uuidv7(), uuidv7()], counts: { listed: 2 } })]),
    ),
    ...rows.map((row) => t.write(row)),
    t.ledger.sequence(),
  ]);
  await t.remove(await t.write());
  await t.ledger.sequence();
  const { rows: found } = await t.base.owner.query(
    "select count(*)::int as n, max(position)::int as last from vault.ledger_entry",
  );
  assert.deepEqual(found[0], { n: 443, last: 442 });
  const verdict = await verify();
  assert.deepEqual(verdict.findings, []);
  assert.deepEqual(
    [verdict.ok, verdict.entries, verdict.pending, verdict.rows, verdict.prefixOnly],
    [true, 443, 0, 20, false],
  );
  const checkpoint = openCheckpoint(await t.ledger.checkpoint(), parseVerifier(t.ledger.verifierKey));
  assert.equal(checkpoint.size, 443);
});

test("a transaction that rolls back leaves no entry", async () => {
  const before = (await verify()).entries;
  await assert.rejects(
    t.base.db.tx(systemScope("test"), async (tx) => {
      await t.ledger.insert(tx, [readDraft()]);
      throw new Error("no");
    }),
  );
  await t.ledger.sequence();
  assert.equal((await verify()).entries, before);
});

test("an entry is durable when append resolves, and a ledger opened later sequences it", async () => {
  const personId = uuidv7();
  await t.ledger.append([readDraft({ actor: { kind: "person", personId } })]);
  const { rows } = await t.base.owner.query("select count(*)::int as n from vault.ledger_outbox where body like $1", [
    `%${personId}%`,
  ]);
  assert.equal(rows[0].n, 1);
  const again = await t.reopen();
  assert.equal((await again.list({ person: personId, limit: 10 })).length, 1);
  await again.stop();
  await t.ledger.sequence();
  await t.write();
  await t.ledger.sequence();
  assert.deepEqual((await verify()).findings, []);
});

test("the viewer filters, pages and opens details", async () => {
  const personId = uuidv7();
  const objectId = uuidv7();
  const actor = { kind: "person", personId, ip: "198.51.100.4", userAgent: "browser" } as const;
  for (let i = 0; i < 5; i++) {
    await t.ledger.append([
      readDraft({
        actor,
        at: new Date(1_800_000_000_000 + i * 1000),
        action: i === 4 ? "record.reveal" : "record.read",
        objectIds: [objectId],
        object: "contact",
      }),
    ]);
  }
  await t.ledger.append([
    readDraft({
      actor,
      at: new Date(1_800_000_010_000),
      object: "contact",
      detail: { subjectId: t.subjectId, value: { after: { name: "华信" } } },
    }),
  ]);
  await t.ledger.sequence();
  const all = await t.ledger.list({ person: personId, limit: 100 });
  assert.equal(all.length, 6);
  assert.deepEqual(
    all.map((view) => view.at),
    all
      .map((view) => view.at)
      .toSorted()
      .toReversed(),
  );
  const first = await t.ledger.list({ person: personId, limit: 4 });
  const second = await t.ledger.list({ person: personId, limit: 4, before: first[3]?.position ?? -1 });
  assert.deepEqual([...first, ...second], all);
  const count = async (filter: object): Promise<number> =>
    (await t.ledger.list({ limit: 100, person: personId, ...filter })).length;
  assert.equal(await count({ action: "record.reveal" }), 1);
  assert.equal(await count({ object: "contact" }), 6);
  assert.equal(await count({ object: "account" }), 0);
  assert.equal(await count({ objectId }), 5);
  assert.equal(await count({ ip: "198.51.100.4" }), 6);
  assert.equal(await count({ ip: "198.51.100.5" }), 0);
  assert.equal(await count({ from: new Date(1_800_000_001_000), to: new Date(1_800_000_003_000) }), 2);
  const actions = ["record.read", "record.reveal"];
  assert.equal((await t.ledger.forObject(objectId, { actions: ["record.reveal"], limit: 3 })).length, 1);
  const looked = await t.ledger.forObject(objectId, { actions, limit: 3 });
  assert.deepEqual([looked.length, looked[0]?.action, looked[0]?.actor.userAgent], [3, "record.reveal", "browser"]);
  assert.equal(
    (await t.ledger.forObject(objectId, { actions, limit: 3, before: looked[2]?.position ?? -1 })).length,
    2,
  );
  const position = all[0]?.position ?? -1;
  assert.deepEqual((await t.ledger.openDetails([position])).get(position), {
    state: "open",
    value: { after: { name: "华信" } },
  });
  assert.deepEqual(await t.ledger.openDetails([looked[0]?.position ?? -1]), new Map());
  const stored = await t.base.owner.query("select body, sealed from vault.ledger_entry where position = $1", [
    position,
  ]);
  assert.ok(!JSON.stringify(stored.rows).includes("华信") && !stored.rows[0].sealed.includes("华信"));
});

test("after erasure the detail is gone and the ledger verifies", async () => {
  const subjectId = uuidv7();
  await t.base.db.tx(systemScope("test"), (tx) => t.keyring.createSubject(tx, subjectId));
  await t.ledger.append([readDraft({ detail: { subjectId, value: "gone" } })]);
  await t.ledger.sequence();
  const [view] = await t.ledger
    .list({ limit: 500 })
    .then((views) => views.filter((v) => v.detailSubjectId === subjectId));
  assert.ok(view !== undefined);
  await t.base.db.tx(systemScope("test"), (tx) => t.keyring.destroySubject(tx, subjectId));
  assert.deepEqual((await t.ledger.openDetails([view.position])).get(view.position), { state: "erased" });
  await assert.rejects(t.ledger.append([readDraft({ detail: { subjectId, value: "again" } })]), /no key/);
  assert.ok((await verify()).ok);
});

test("a malformed draft is refused alone: entries beside it in the batch are kept", async () => {
  const results = await Promise.allSettled([
    t.ledger.append([readDraft()]),
    t.ledger.append([readDraft({ action: "free text" })]),
    t.ledger.append([readDraft()]),
  ]);
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
});

test("the loop sequences by itself and counted refusals become one entry at the end", async () => {
  const own = await t.reopen({ intervalMs: 20 });
  own.start();
  const actor = { kind: "anonymous", ip: "203.0.113.77" } as const;
  await Promise.all(
    Array.from({ length: 100 }, () => own.append([readDraft({ actor, result: "refused", problem: "not_signed" })])),
  );
  await own.stop();
  const views = await t.ledger.list({ ip: "203.0.113.77", limit: 500 });
  assert.equal(views.filter((view) => view.action === "record.read").length, 20);
  assert.equal(
    views.reduce((sum, view) => sum + (view.counts.refused ?? 0), 0),
    80,
  );
  await t.ledger.sequence();
  assert.ok((await verify()).ok);
});

test("an entry slipped into the outbox is not signed but reported; one taken out is missed", async () => {
  await t.ledger.append([readDraft()]);
  await t.base.owner.query("update vault.ledger_outbox set body = replace(body, 'record.read', 'record.list')");
  await t.ledger.append([readDraft()]);
  await t.base.owner.query("delete from vault.ledger_outbox where seq = (select max(seq) from vault.ledger_outbox)");
  await t.ledger.sequence();
  const reports = await t.ledger.list({ action: "ledger.tampering", limit: 10 });
  assert.deepEqual(reports.map((view) => [view.problem, view.listedIds.length]).toSorted(), [
    ["outbox_forged", 1],
    ["outbox_missing", 1],
  ]);
  await t.ledger.sequence();
  assert.equal((await t.ledger.list({ action: "ledger.tampering", limit: 10 })).length, 2);
  assert.ok((await verify()).ok);
});

test("an entry put into the outbox again is refused, at once or later", async () => {
  const personId = uuidv7();
  await t.ledger.append([readDraft({ actor: { kind: "person", personId } })]);
  await t.base.owner.query("create table public.kept as select * from vault.ledger_outbox");
  const replay =
    "insert into vault.ledger_outbox (id, body, sealed, tag) select id, body, sealed, tag from public.kept";
  await t.base.owner.query(replay);
  await t.ledger.sequence();
  await t.base.owner.query(replay);
  await t.ledger.sequence();
  const again = await t.reopen();
  await t.base.owner.query(replay);
  await again.sequence();
  await again.stop();
  assert.equal((await t.ledger.list({ person: personId, limit: 10 })).length, 1);
  const reports = await t.ledger.list({ action: "ledger.tampering", limit: 3 });
  assert.deepEqual(
    reports.map((view) => [view.problem, view.listedIds.length]),
    Array.from({ length: 3 }, () => ["outbox_forged", 1]),
  );
  await t.ledger.sequence();
  assert.ok((await verify()).ok);
});

test("the vault may add and read only, nobody without an actor, the auditor reads", async () => {
  const tables = ["outbox", "entry", "object", "tile", "checkpoint", "row_state"].map((name) => `vault.ledger_${name}`);
  const vault = new pg.Client(t.base.as("strongroom_vault"));
  const audit = new pg.Client(t.base.as("strongroom_audit"));
  await Promise.all([vault.connect(), audit.connect()]);
  try {
    assert.equal((await vault.query("select from vault.ledger_entry")).rowCount, 0);
    await assert.rejects(
      vault.query("insert into vault.ledger_row_state values (999999, decode(repeat('00', 2048), 'hex'))"),
      /row-level security/,
    );
    await vault.query("select set_config('strongroom.actor', 'system:test', false)");
    assert.ok(((await vault.query("select from vault.ledger_entry")).rowCount ?? 0) > 400);
    for (const table of tables) {
      const denied = ["update", "truncate", ...(table.endsWith("outbox") ? [] : ["delete"])];
      for (const right of denied) {
        const { rows } = await vault.query("select has_table_privilege($1, $2) as has", [table, right]);
        assert.equal(rows[0].has, false, `${right} on ${table}`);
      }
      await audit.query(`select from ${table}`);
      for (const right of ["insert", "update", "delete", "truncate"]) {
        const { rows } = await audit.query("select has_table_privilege($1, $2) as has", [table, right]);
        assert.equal(rows[0].has, false, `${right} on ${table} for audit`);
      }
    }
    const verdict = await verifyLedger({ query: queryOf(audit), tables: [{ table: "ledger_probe" }] });
    assert.deepEqual([verdict.ok, verdict.prefixOnly], [true, true]);
  } finally {
    await Promise.all([vault.end(), audit.end()]);
  }
});

test("a ledger cut short under a running vault is not signed on: it stops", async () => {
  const client = await t.base.owner.connect();
  const cut = await t.reopen();
  try {
    await client.query("begin");
    const size = (await client.query("select max(size) as size from vault.ledger_checkpoint")).rows[0].size;
    await client.query("delete from vault.ledger_checkpoint where size = $1", [size]);
    await client.query("commit");
    await assert.rejects(cut.sequence(), LedgerBroken);
    await assert.rejects(cut.append([readDraft()]), LedgerBroken);
    await assert.rejects(t.reopen(), LedgerBroken);
  } finally {
    client.release();
    await cut.stop();
  }
});
