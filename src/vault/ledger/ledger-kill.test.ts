/** SIGKILL at any moment: what was acknowledged is in the ledger, once, in a tree that goes on from the last checkpoint. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { Keyring } from "../keys/keyring.ts";
import { testDatabase } from "../../../test/harness/postgres.ts";
import type { KillWriterInput } from "./writer-crash.ts";
import { Ledger } from "./ledger.ts";
import { createProbe, PROBE, queryOf } from "./test-ledger.ts";
import { seededRandom } from "./test-random.ts";
import { verifyLedger } from "./verify.ts";

const ROUNDS = 6;

/** Runs the writer for a while after it started, kills it, and returns what it had acknowledged. */
async function runAndKill(input: KillWriterInput, milliseconds: number): Promise<string[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "writer-crash.ts"), JSON.stringify(input)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  const started = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      resolve();
    });
    child.once("exit", () => reject(new Error("the writer ended by itself")));
  });
  const closed = new Promise((resolve) => child.once("close", resolve));
  await started;
  await wait(milliseconds);
  child.kill("SIGKILL");
  await closed;
  // The last line may be cut by the kill.
  return text.split("\n").slice(1, -1);
}

test(`${ROUNDS} kills: no acknowledged entry lost or doubled, every root consistent`, async (context) => {
  const base = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "strongroom-kill-"));
  const random = seededRandom();
  context.diagnostic(`seed ${random.seed}`);
  try {
    await createProbe(base);
    const rootKey = randomBytes(32);
    const keystoreDir = join(folder, "keystore");
    const { host, port, database, passwords } = base.connection;
    const connection = { host, port, database, user: "strongroom_vault", password: passwords.strongroom_vault };
    const acknowledged: string[] = [];
    let witnessed: string | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      acknowledged.push(
        ...(await runAndKill({ connection, rootKey: rootKey.toString("hex"), keystoreDir }, 30 + random.next(400))),
      );
      const keyring = await Keyring.open({ rootKey, keystoreDir, db: base.db });
      const ledger = await Ledger.open({ db: base.db, keyring });
      const verdict = await verifyLedger({
        query: queryOf(base.owner),
        tables: [{ table: PROBE }],
        ...(witnessed !== undefined && { witnessed }),
      });
      assert.deepEqual(verdict.findings, [], `seed ${random.seed}, round ${round}`);
      assert.equal(verdict.pending, 0);
      witnessed = await ledger.checkpoint();
      await ledger.stop();
    }
    assert.ok(acknowledged.length > ROUNDS * 10, `only ${acknowledged.length} acknowledged`);
    const { rows } = await base.owner.query(
      `select body::json -> 'actor' ->> 'request' as id, count(*)::int as n from vault.ledger_entry group by 1`,
    );
    const counts = new Map(rows.map((row) => [row.id, row.n]));
    assert.deepEqual(
      acknowledged.filter((id) => counts.get(id) !== 1),
      [],
    );
  } finally {
    await base.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
