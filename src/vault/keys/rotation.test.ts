// Rotation on a real PostgreSQL: under load, cut off at every step by a real SIGKILL, and with transactions that end
// late. Nothing sealed may be lost, and nothing old may open afterwards.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { systemScope } from "../db/database.ts";
import { KeysUnusable, KeyVersionUnknown } from "./broken.ts";
import { type SubjectKeyRow, unwrapSubject } from "./key-material.ts";
import { Keyring } from "./keyring.ts";
import { openValue, type SealContext, sealValue } from "./seal.ts";

const scope = systemScope("test");
const day = 24 * 60 * 60 * 1000;
let base: TestDatabase;
let rootKey: Buffer;
let keystoreDir: string;
const open = (retireAfterMs = 10): Promise<Keyring> =>
  Keyring.open({ rootKey, keystoreDir, db: base.db, retireAfterMs });

before(async () => {
  base = await testDatabase();
});
after(() => base.close());
beforeEach(async () => {
  await base.owner.query("delete from keys.subject_key");
  await base.owner.query("truncate keys.key_encryption_key");
  rootKey = randomBytes(32);
  keystoreDir = freshFolder();
});

function freshFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-rotation-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const read = (keyring: Keyring, ids: string[]) => base.db.tx(scope, (tx) => keyring.subjects(tx, ids));
const create = (keyring: Keyring, ids: string[]) => base.db.tx(scope, (tx) => keyring.createSubjects(tx, ids));
const newIds = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

/** Versions of a class in the tables: of the class key, and of subject rows. */
async function versions(level: 2 | 3): Promise<{ keys: number[]; rows: number[] }> {
  const keys = await base.owner.query("select version from keys.key_encryption_key where purpose = $1 order by 1", [
    `class${level}`,
  ]);
  const rows = await base.owner.query(
    `select distinct class${level}_version as version from keys.subject_key order by 1`,
  );
  return { keys: keys.rows.map((row) => row.version), rows: rows.rows.map((row) => row.version) };
}

test("a rotation under 200 concurrent seals and opens loses nothing", async () => {
  const keyring = await Keyring.open({ rootKey, keystoreDir, db: base.db, retireAfterMs: 50, cachedSubjects: 64 });
  const ids = newIds(4500);
  await create(keyring, ids);
  const sealed = new Map<string, Buffer>();
  const place = (recordId: string): SealContext => ({ object: "contact", recordId, class: 2, sealVersion: 1 });
  const erased = new Set<string>();
  let [running, opened, erasures] = [true, 0, 0];
  const work = async (worker: number): Promise<void> => {
    for (let round = 0; running; round += 1) {
      if (round % 2 === 0) {
        const id = randomUUID();
        const keys = await base.db.tx(scope, (tx) => keyring.createSubject(tx, id));
        sealed.set(id, sealValue(keys.class2, place(id), id));
      } else if (worker % 20 === 0) {
        const id = ids[Math.floor(Math.random() * ids.length)] ?? "";
        erased.add(id);
        await base.db.tx(scope, (tx) => keyring.destroySubject(tx, id));
        erasures += 1;
      }
      const known = [...sealed.keys()];
      const some = [0, 1, 2].map(() => known[Math.floor(Math.random() * known.length)] ?? "");
      const keys = await read(keyring, some);
      for (const id of some) {
        const found = keys.get(id);
        assert.ok(found);
        assert.equal(openValue(found.class2, place(id), sealed.get(id) ?? Buffer.alloc(0)), id);
        opened += 1;
      }
      const [old] = [ids[Math.floor(Math.random() * ids.length)] ?? ""];
      assert.ok((await read(keyring, [old])).size === 1 || erased.has(old));
    }
  };
  const workers = Promise.all(Array.from({ length: 200 }, (_, worker) => work(worker)));
  const progress: [number, number][] = [];
  await wait(50);
  await Promise.all([keyring.rotate(2, (done, total) => progress.push([done, total])), keyring.rotate(3)]);
  await keyring.rotateStoreKey();
  await keyring.rotate(2);
  await wait(100);
  running = false;
  await workers;
  assert.ok(sealed.size > 100 && opened > 300 && erasures > 0, `${sealed.size} seals, ${opened} opens`);
  assert.ok(progress.length >= 4);
  assert.deepEqual(await versions(2), { keys: [3], rows: [3] });
  assert.deepEqual(await versions(3), { keys: [2], rows: [2] });
  const again = await open();
  const all = await read(again, [...sealed.keys()]);
  for (const [id, seal] of sealed)
    assert.equal(openValue(all.get(id)?.class2 ?? Buffer.alloc(32), place(id), seal), id);
  assert.equal((await read(again, ids)).size, ids.length - erased.size);
});

test("a key wrapped under the old version by a transaction that ends late survives", async () => {
  const keyring = await open();
  await create(keyring, newIds(10));
  const id = randomUUID();
  let rotation: Promise<void> | undefined;
  let retired = false;
  const keys = await base.db.tx(scope, async (tx) => {
    const created = await keyring.createSubject(tx, id);
    rotation = keyring.rotate(2).then(() => {
      retired = true;
    });
    await wait(300);
    assert.equal(retired, false, "the rotation waits for this transaction");
    assert.deepEqual((await versions(2)).keys, [1, 2]);
    // Meanwhile others wrap under the newest version.
    const other = randomUUID();
    await create(keyring, [other]);
    const { rows } = await base.owner.query("select class2_version from keys.subject_key where subject_id = $1", [
      other,
    ]);
    assert.equal(rows[0].class2_version, 2);
    return created;
  });
  await rotation;
  assert.deepEqual(await versions(2), { keys: [2], rows: [2] });
  assert.deepEqual((await read(await open(), [id])).get(id), keys);
});

test("a keyring that did not rotate itself keeps up with the tables", async () => {
  const [one, two] = [await open(), await open()];
  const ids = newIds(5);
  const keys = await create(one, ids);
  for (const level of [2, 3] as const) await two.rotate(level);
  await two.rotateStoreKey();
  const later = newIds(1);
  await create(one, later);
  assert.deepEqual(await versions(2), { keys: [2], rows: [2] });
  const third = await open();
  await third.rotate(2);
  assert.deepEqual(await read(two, ids), keys);
  assert.equal((await read(two, later)).size, 1);
});

test("material of before a rotation opens no row after it; new material does", async () => {
  const keyring = await open(30);
  const ids = newIds(3);
  await create(keyring, ids);
  const stale = keyring.exportMaterial();
  await keyring.rotate(2);
  await wait(80);
  assert.deepEqual([...keyring.exportMaterial().class2.keys()], [2]);
  const rows = await base.db.tx(scope, (tx) =>
    tx.query<SubjectKeyRow & Record<string, unknown>>("select * from keys.subject_key"),
  );
  const [row] = rows;
  assert.ok(row);
  assert.throws(() => unwrapSubject(stale, row), KeyVersionUnknown);
  assert.deepEqual(
    unwrapSubject(keyring.exportMaterial(), row),
    (await read(keyring, [row.subject_id])).get(row.subject_id),
  );
});

test("a class rotation killed at any moment is finished by the next", async () => {
  const keyring = await open();
  const ids = newIds(2500);
  const keys = await create(keyring, ids);
  for (const at of ["prepared", "batch"]) {
    await crash(at);
    const next = await open();
    assert.deepEqual(await read(next, ids), keys);
    assert.equal(next.rotationDue(new Date()).class2, true, "unfinished");
    assert.equal(next.rotationDue(new Date()).class3, false);
    const before = (await versions(2)).keys;
    assert.equal(before.length, 2);
    assert.equal((await versions(2)).rows.length, at === "batch" ? 2 : 1);
    await create(next, newIds(3));
    await next.rotateDue(new Date());
    assert.deepEqual(await versions(2), { keys: before.slice(1), rows: before.slice(1) });
    assert.equal(next.rotationDue(new Date()).class2, false);
    assert.deepEqual(await read(await open(), ids), keys);
  }
});

test("a rotation of the store key killed at any step recovers", async () => {
  const keyring = await open();
  const ids = newIds(5);
  const keys = await create(keyring, ids);
  for (const [at, files] of [
    ["locked", 1],
    ["written", 2],
    ["rewrapped", 2],
    ["destroyed", 1],
  ] as const) {
    const [before] = readdirSync(keystoreDir);
    await crash(at);
    assert.equal(readdirSync(keystoreDir).length, files, at);
    const next = await open();
    const left = readdirSync(keystoreDir);
    assert.equal(left.length, 1);
    assert.equal(left[0] === before, at === "locked" || at === "written", at);
    assert.deepEqual(await read(next, ids), keys);
    assert.deepEqual(next.derive("x"), keyring.derive("x"));
    await next.rotateStoreKey();
    assert.notEqual(readdirSync(keystoreDir)[0], left[0]);
    assert.deepEqual(await read(await open(), ids), keys);
  }
});

/** Runs rotation-crash.ts, which kills itself at the step; resolves when the server has noticed. */
async function crash(at: string): Promise<void> {
  const order = { connection: base.as("strongroom_vault"), rootKey: rootKey.toString("hex"), keystoreDir, at };
  const file = path.join(import.meta.dirname, "rotation-crash.ts");
  const env = { ...process.env, STRONGROOM_CRASH: JSON.stringify(order) };
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const signal = await new Promise((resolve) => child.once("exit", (_, by) => resolve(by)));
  assert.equal(signal, "SIGKILL", errors);
}

test("an older copy of the key tables opens nothing after a rotation", async () => {
  const keyring = await open();
  const id = randomUUID();
  await create(keyring, [id]);
  const copy = ["key_encryption_key", "subject_key"];
  for (const table of copy) await base.owner.query(`create table public.old_${table} as table keys.${table}`);
  await base.db.tx(scope, (tx) => keyring.destroySubject(tx, id));
  assert.deepEqual(await keyring.rotateDue(new Date()), { class2: false, class3: false, storeKey: false });
  const later = new Date(Date.now() + 31 * day);
  assert.deepEqual(await keyring.rotateDue(later), { class2: true, class3: true, storeKey: true });
  await base.owner.query("truncate keys.key_encryption_key");
  for (const table of copy) await base.owner.query(`insert into keys.${table} table public.old_${table}`);
  await assert.rejects(open(), KeysUnusable);
});

test("a rotation is due after 30 days", async () => {
  const keyring = await open();
  assert.deepEqual(keyring.rotationDue(new Date(Date.now() + 29.9 * day)), {
    class2: false,
    class3: false,
    storeKey: false,
  });
  assert.deepEqual(keyring.rotationDue(new Date(Date.now() + 30 * day)), {
    class2: true,
    class3: true,
    storeKey: true,
  });
  await keyring.rotate(3);
  assert.equal((await open()).rotationDue(new Date()).class3, false);
});
