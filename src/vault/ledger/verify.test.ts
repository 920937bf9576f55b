/** The offline verifier names what was touched; that it misses no tampering is test/security/tampering.test.ts. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { ledgerVerify } from "../../cli/ledger-verify.ts";
import type { FindingKind } from "./findings.ts";
import { queryOf, readDraft, testLedger, type ProbeRow, type TestLedger } from "./test-ledger.ts";
import { verifyLedger } from "./verify.ts";

const tables = [{ table: "ledger_probe" }];

let t: TestLedger;
let rows: ProbeRow[];
before(async () => {
  t = await testLedger();
  rows = [await t.write(), await t.write(), await t.write()];
  await t.ledger.append([readDraft(), readDraft({ objectIds: rows.map((row) => row.id) }), readDraft()]);
  await t.ledger.sequence();
});
after(() => t.close());

async function findingsAfter(
  sql: string,
  values: unknown[] = [],
): Promise<[FindingKind, number | undefined, string | undefined][]> {
  const client = await t.base.owner.connect();
  try {
    await client.query("begin");
    await client.query(sql, values);
    const verdict = await verifyLedger({ query: queryOf(client), witnessed: await t.ledger.checkpoint(), tables });
    assert.equal(verdict.ok, verdict.findingCount === 0);
    return verdict.findings.map(({ kind, position, id }) => [kind, position, id]);
  } finally {
    await client.query("rollback");
    client.release();
  }
}

test("findings name the entry, the record, the row", async () => {
  const id = rows[1]?.id;
  assert.deepEqual(await findingsAfter("select 1"), []);
  assert.deepEqual(await findingsAfter("update vault.ledger_entry set ip = '192.0.2.99' where position = 4"), [
    ["entry_column", 4, undefined],
  ]);
  assert.deepEqual(await findingsAfter("delete from vault.ledger_object where position = 5 and object_id = $1", [id]), [
    ["index_row", 5, id],
  ]);
  assert.deepEqual(await findingsAfter("delete from vault.ledger_probe where id = $1", [id]), [
    ["row_missing", undefined, id],
    ["row_root", undefined, undefined],
  ]);
  assert.deepEqual((await findingsAfter("update vault.ledger_probe set version = 9 where id = $1", [id]))[0], [
    "row_version",
    undefined,
    id,
  ]);
  assert.deepEqual((await findingsAfter("update vault.ledger_probe set tag = '\\x00' where id = $1", [id]))[0], [
    "row_tag",
    undefined,
    id,
  ]);
  assert.deepEqual(
    (
      await findingsAfter("insert into vault.ledger_probe values ('01939f00-0000-7000-8000-0000000000ff', 1, '\\x00')")
    )[0],
    ["row_unlogged", undefined, "01939f00-0000-7000-8000-0000000000ff"],
  );
  assert.deepEqual(await findingsAfter("delete from vault.ledger_entry where position = 3"), [
    ["entry_gap", 3, undefined],
    ["index_row", 3, rows[2]?.id],
    ["row_unlogged", undefined, rows[2]?.id],
    ["row_root", undefined, undefined],
  ]);
  assert.ok(
    (await findingsAfter("update vault.ledger_entry set sealed = null where position = 2")).some(
      ([kind, position]) => kind === "entry_sealed" && position === 2,
    ),
  );
});

test("a change that does not follow the change before is named", async () => {
  const [row] = rows;
  assert.ok(row !== undefined);
  const other = await testLedger();
  try {
    const first = await other.write();
    await other.write(first);
    await other.write(first);
    await other.ledger.sequence();
    const verdict = await verifyLedger({ query: queryOf(other.base.owner), tables });
    assert.deepEqual(
      verdict.findings.map(({ kind, position, id }) => [kind, position, id]),
      [
        ["row_chain", 3, first.id],
        ["row_root", undefined, undefined],
      ],
    );
  } finally {
    await other.close();
  }
});

test("rows whose entries still wait in the outbox are in order, and counted", async () => {
  const other = await testLedger();
  try {
    await other.write(await other.write());
    const verdict = await verifyLedger({ query: queryOf(other.base.owner), tables });
    assert.deepEqual([verdict.ok, verdict.pending, verdict.rows, verdict.prefixOnly], [true, 2, 1, true]);
  } finally {
    await other.close();
  }
});

test("an old witnessed checkpoint holds for a ledger that grew, a foreign one does not", async () => {
  const old = await t.ledger.checkpoint();
  await t.ledger.append([readDraft()]);
  await t.ledger.sequence();
  assert.ok(
    (await verifyLedger({ query: queryOf(t.base.owner), witnessed: old, tables, publicKey: t.ledger.verifierKey })).ok,
  );
  const other = await testLedger();
  try {
    const verdict = await verifyLedger({
      query: queryOf(t.base.owner),
      witnessed: await other.ledger.checkpoint(),
      tables,
      publicKey: other.ledger.verifierKey,
    });
    assert.deepEqual(
      new Set(verdict.findings.map((finding) => finding.kind)),
      new Set(["key", "witnessed", "checkpoint_signature", "fork"]),
    );
  } finally {
    await other.close();
  }
});

test("the command says prefix only, verified or not verified, with the exit code", async () => {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-verify-"));
  const file = join(folder, "checkpoint");
  writeFileSync(file, await t.ledger.checkpoint());
  const run = async (...args: string[]): Promise<[number, string]> => {
    const lines: string[] = [];
    const connect = async (): Promise<pg.Client> => {
      const client = new pg.Client(t.base.as("strongroom_audit"));
      await client.connect();
      return client;
    };
    return [await ledgerVerify(args, connect, (line) => lines.push(line)), lines.join("\n")];
  };
  try {
    const [code, text] = await run();
    assert.match(text, /prefix only/);
    assert.equal(code, 0);
    const [witnessedCode, witnessedText] = await run("--witnessed", file, "--key", t.ledger.verifierKey);
    assert.match(witnessedText, /VERIFIED against the checkpoint witnessed at/);
    assert.equal(witnessedCode, 0);
    await t.base.owner.query(
      "insert into vault.ledger_probe values ('01939f00-0000-7000-8000-0000000000ff', 1, '\\x00')",
    );
    const [foundCode, foundText] = await run("--witnessed", file);
    assert.match(
      foundText,
      /FOUND row_unlogged \(table ledger_probe, id 01939f00-0000-7000-8000-0000000000ff\)[^]*NOT VERIFIED/,
    );
    assert.equal(foundCode, 1);
    assert.equal((await run("--nonsense"))[0], 2);
  } finally {
    await t.base.owner.query("delete from vault.ledger_probe where version = 1 and tag = '\\x00'");
    rmSync(folder, { recursive: true });
  }
});
