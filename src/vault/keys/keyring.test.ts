// The keyring on a real PostgreSQL: what it keeps, what it refuses, and that neither a rolled back nor an erased key is
// ever found in memory.
import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { inspect } from "node:util";
import { Worker } from "node:worker_threads";
import { type TestDatabase, testDatabase } from "../../../test/harness/postgres.ts";
import { type Queryable, systemScope } from "../db/database.ts";
import { KeysUnusable, TagBroken, WrapBroken } from "./broken.ts";
import { Keyring } from "./keyring.ts";
import { openValue, type SealContext, sealValue } from "./seal.ts";
import { ed25519Verify } from "./signature.ts";

const scope = systemScope("test");
let base: TestDatabase;
let rootKey: Buffer;
let keystoreDir: string;
const open = (): Promise<Keyring> => Keyring.open({ rootKey, keystoreDir, db: base.db, retireAfterMs: 10 });

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
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-keyring-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const read = (keyring: Keyring, ids: string[]) => base.db.tx(scope, (tx) => keyring.subjects(tx, ids));
const create = (keyring: Keyring, ids: string[]) => base.db.tx(scope, (tx) => keyring.createSubjects(tx, ids));

test("the first start makes the keys, every other start finds the same", async () => {
  const [one, id] = [await open(), randomUUID()];
  const keys = (await create(one, [id])).get(id);
  const two = await open();
  assert.deepEqual((await read(two, [id])).get(id), keys);
  assert.deepEqual(two.derive("pepper"), one.derive("pepper"));
  assert.notDeepEqual(two.derive("pepper"), two.derive("channel"));
  assert.deepEqual(two.lookup("phone", "1"), one.lookup("phone", "1"));
  assert.deepEqual(two.signingKey().publicKey, one.signingKey().publicKey);
  assert.ok(ed25519Verify(one.signingKey().publicKey, Buffer.from("x"), two.signingKey().sign(Buffer.from("x"))));
  two.verifyTag("t", ["a"], one.tag("t", ["a"]));
  assert.throws(() => two.verifyTag("t", ["b"], one.tag("t", ["a"])), TagBroken);
  assert.equal(readdirSync(keystoreDir).length, 1);
  const [stored] = (await base.owner.query("select * from keys.subject_key")).rows;
  assert.ok(keys !== undefined && !keys.class2.equals(keys.class3));
  assert.ok(!JSON.stringify(stored).includes(keys.class2.toString("hex")));
  assert.equal(inspect(one, { depth: 9, showHidden: true }) + JSON.stringify(one), 'Keyring [secret]"[secret]"');
});

test("keys that do not fit each other are refused, and nothing is changed", async () => {
  const keyring = await open();
  await create(keyring, [randomUUID()]);
  const [file] = readdirSync(keystoreDir);
  const refused = (other: Partial<Parameters<typeof Keyring.open>[0]>): Promise<void> =>
    assert.rejects(Keyring.open({ rootKey, keystoreDir, db: base.db, ...other }), KeysUnusable);
  await refused({ rootKey: randomBytes(32) });
  await refused({ keystoreDir: freshFolder() });
  await assert.rejects(Keyring.open({ rootKey: randomBytes(31), keystoreDir, db: base.db }), RangeError);
  assert.deepEqual(readdirSync(keystoreDir), [file]);
  await open();
});

test("a key row changed, exchanged, deleted or made younger stops the start", async () => {
  await create(await open(), [randomUUID()]);
  const saved = (await base.owner.query("select * from keys.key_encryption_key")).rows;
  const table = "keys.key_encryption_key";
  const mutations = [
    `update ${table} set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) where purpose = 'tag'`,
    `update ${table} a set wrapped = b.wrapped from ${table} b where a.purpose = 'tag' and b.purpose = 'lookup'`,
    `update ${table} set version = 2 where purpose = 'class2'`,
    `update ${table} set created_at = created_at + interval '1 month' where purpose = 'class3'`,
    `update ${table} set store_key_id = gen_random_uuid() where purpose = 'sign'`,
    `alter table ${table} disable trigger user; delete from ${table} where purpose = 'tag'; alter table ${table} enable trigger user`,
    `alter table ${table} disable trigger user; delete from ${table} where purpose = 'sign'; alter table ${table} enable trigger user`,
    `truncate ${table}`,
  ];
  for (const mutation of mutations) {
    await base.owner.query(mutation);
    await assert.rejects(open(), KeysUnusable, mutation);
    await base.owner.query(`truncate ${table}`);
    for (const row of saved)
      await base.owner.query(`insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [
        asJson(row),
      ]);
    await open();
  }
});

/** A row as jsonb_populate_record reads it back. */
function asJson(row: Record<string, unknown>): string {
  return JSON.stringify(row, (_, value: unknown) => value, 0).replace(
    /\{"type":"Buffer","data":\[([\d,]*)\]\}/g,
    (_, list: string) => `"\\\\x${Buffer.from(list.split(",").map(Number)).toString("hex")}"`,
  );
}

test("an exchanged or changed subject row does not unwrap", async () => {
  const [a, b] = [randomUUID(), randomUUID()];
  await create(await open(), [a, b]);
  const mutations = [
    "update keys.subject_key x set class2_wrapped = y.class2_wrapped from keys.subject_key y where x.subject_id <> y.subject_id",
    "update keys.subject_key set class2_wrapped = class3_wrapped",
    "update keys.subject_key set class3_wrapped = set_byte(class3_wrapped, 5, get_byte(class3_wrapped, 5) # 128)",
  ];
  for (const mutation of mutations) {
    const client = await base.owner.connect();
    const saved = (await client.query("select * from keys.subject_key")).rows;
    await client.query(mutation);
    client.release();
    const keyring = await open();
    await assert.rejects(read(keyring, [a]), WrapBroken, mutation);
    await assert.rejects(read(keyring, [a]), WrapBroken, "again: nothing was kept");
    for (const row of saved) {
      await base.owner.query(
        "update keys.subject_key set class2_wrapped = $2, class3_wrapped = $3 where subject_id = $1",
        [row.subject_id, row.class2_wrapped, row.class3_wrapped],
      );
    }
    await read(keyring, [a]);
  }
});

test("keys of a transaction that was rolled back are nowhere", async () => {
  const [keyring, id] = [await open(), randomUUID()];
  const failed = base.db.tx(scope, async (tx) => {
    const created = await keyring.createSubject(tx, id);
    assert.deepEqual((await keyring.subjects(tx, [id])).get(id), created);
    throw new Error("rolled back");
  });
  await assert.rejects(failed, /rolled back/);
  assert.equal((await read(keyring, [id])).size, 0);
  const again = (await create(keyring, [id])).get(id);
  assert.deepEqual((await read(await open(), [id])).get(id), again);
  await assert.rejects(create(keyring, [id]), { code: "23505" });
  assert.deepEqual((await read(keyring, [id])).get(id), again);
});

test("an erased subject is found neither in the database nor in memory, however late a reader comes", async () => {
  const [keyring, id] = [await open(), randomUUID()];
  await create(keyring, [id]);
  const early = await base.db.tx(scope, (tx) =>
    tx.query("select subject_id, class2_wrapped, class2_version, class3_wrapped, class3_version from keys.subject_key"),
  );
  await base.db.tx(scope, (tx) => keyring.destroySubject(tx, id));
  // A reader that fetched the row before the erasure and comes to its end after it.
  const other = await open();
  let answer: ((rows: unknown[]) => void) | undefined;
  const late: Queryable = { query: () => new Promise((resolve) => (answer = resolve as (rows: unknown[]) => void)) };
  const reading = other.subjects(late, [id]);
  await base.db.tx(scope, (tx) => other.destroySubject(tx, id));
  answer?.(early);
  assert.equal((await reading).size, 1, "it read before");
  assert.equal((await read(other, [id])).size, 0);
  assert.equal((await read(keyring, [id])).size, 0);

  // A reader that comes and goes while the erasure is under way, not yet committed.
  const during = randomUUID();
  await create(keyring, [during]);
  await base.db.tx(scope, async (tx) => {
    await keyring.destroySubject(tx, during);
    assert.equal((await base.db.tx(scope, (reader) => other.subjects(reader, [during]))).size, 1);
    assert.equal((await base.db.tx(scope, (reader) => keyring.subjects(reader, [during]))).size, 1);
  });
  assert.equal((await read(keyring, [during])).size, 0);

  const kept = randomUUID();
  await create(keyring, [kept]);
  const failed = base.db.tx(scope, async (tx) => {
    await keyring.destroySubject(tx, kept);
    throw new Error("rolled back");
  });
  await assert.rejects(failed, /rolled back/);
  assert.equal((await read(keyring, [kept])).size, 1);
});

test("many subjects are made by one INSERT and found by one SELECT, beyond what memory keeps", async () => {
  await open();
  const keyring = await Keyring.open({ rootKey, keystoreDir, db: base.db, cachedSubjects: 100 });
  const ids = Array.from({ length: 1500 }, () => randomUUID());
  let queries = 0;
  const counting = <T>(work: (q: Parameters<typeof keyring.createSubjects>[0]) => Promise<T>): Promise<T> =>
    base.db.tx(scope, (tx) =>
      work({
        scope: tx.scope,
        rescope: (next) => tx.rescope(next),
        afterCommit: (fn) => tx.afterCommit(fn),
        query: (text, values) => {
          queries += 1;
          return tx.query(text, values);
        },
      }),
    );
  const created = await counting((tx) => keyring.createSubjects(tx, ids));
  assert.equal(queries, 1);
  assert.deepEqual(await counting((tx) => keyring.subjects(tx, [...ids, ids[0] ?? "", randomUUID()])), created);
  assert.equal(queries, 2);
  assert.equal((await create(keyring, [])).size, 0);
  await assert.rejects(create(keyring, ["A0000000-0000-4000-8000-000000000000"]), RangeError);
  await assert.rejects(create(keyring, ["1"]), RangeError);
});

test("a worker opens by exported material alone", async () => {
  const [keyring, id] = [await open(), randomUUID()];
  const keys = (await create(keyring, [id])).get(id);
  assert.ok(keys);
  const place: SealContext = { object: "contact", recordId: id, class: 3, sealVersion: 1 };
  const [row] = await base.db.tx(scope, (tx) => tx.query("select * from keys.subject_key"));
  const source = `
    import { workerData, parentPort } from "node:worker_threads";
    const { material, row, sealed, place, code } = workerData;
    const { unwrapSubject } = await import(code + "key-material.ts");
    const { openValue } = await import(code + "seal.ts");
    parentPort.postMessage(openValue(unwrapSubject(material, row).class3, place, sealed));`;
  const workerData = {
    material: keyring.exportMaterial(),
    row,
    place,
    sealed: sealValue(keys.class3, place, { phone: "+8613812345678" }),
    code: new URL("./", import.meta.url).href,
  };
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
  const answer = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  assert.deepEqual(answer, { phone: "+8613812345678" });
  assert.throws(() => openValue(keys.class2, place, workerData.sealed));
});

test("nobody but the vault with an actor reads or writes keys, and a needed key cannot be deleted", async () => {
  const keyring = await open();
  await create(keyring, [randomUUID()]);
  const vault = await base.db.connect();
  try {
    for (const table of ["keys.subject_key", "keys.key_encryption_key"]) {
      await vault.query("select set_config('strongroom.actor', '', false)");
      assert.equal((await vault.query(`select * from ${table}`)).rowCount, 0, "no actor, no rows");
      const [flags] = (
        await base.owner.query(
          "select relrowsecurity and relforcerowsecurity as forced from pg_class where oid = $1::regclass",
          [table],
        )
      ).rows;
      assert.equal(flags.forced, true);
      for (const role of ["strongroom_office", "strongroom_audit"]) {
        const { rows } = await base.owner.query("select has_table_privilege($1, $2, 'select') as may", [role, table]);
        assert.equal(rows[0].may, false);
      }
      await assert.rejects(vault.query(`truncate ${table}`), { code: "42501" });
    }
    await vault.query("select set_config('strongroom.actor', 'system:test', false)");
    await assert.rejects(vault.query("update keys.subject_key set subject_id = subject_id"), { code: "42501" });
    await assert.rejects(vault.query("update keys.key_encryption_key set version = 9"), { code: "42501" });
    for (const purpose of ["class2", "class3", "tag", "lookup", "purpose", "sign"]) {
      await assert.rejects(vault.query("delete from keys.key_encryption_key where purpose = $1", [purpose]), {
        code: "23001",
      });
    }
  } finally {
    await vault.end();
  }
});
