// Rebuilding from sealed rows: out of PostgreSQL with a real keyring, with writes meanwhile, with rows tampered with,
// with keys rotated, with the worker dying.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { testDatabase } from "../../../test/harness/postgres.ts";
import { contact } from "../../contract/objects/contact.ts";
import { systemScope } from "../db/database.ts";
import { Keyring } from "../keys/keyring.ts";
import { sealClass, tagFields } from "../records/row.ts";
import type { RebuildPass } from "./rebuild-page.ts";
import { startOpener } from "./rebuild.ts";
import type { UpsertRow } from "./search-index.ts";
import { tableSource } from "./table-source.ts";
import { type Sealed, ask, material, people, refill, seal, source, start, upsertRow } from "./test-index.ts";
import { testId } from "./test-rows.ts";
import { type PlainRecord, insertSealed, sealRecord, testMaterial } from "./test-sealed.ts";

test("sealed rows come out of PostgreSQL, under the keyring's keys, page by page", async () => {
  const database = await testDatabase();
  const keystoreDir = mkdtempSync(path.join(tmpdir(), "strongroom-search-"));
  try {
    const keyring = await Keyring.open({ rootKey: randomBytes(32), keystoreDir, db: database.db });
    const records = people(4100);
    await database.db.tx(systemScope("test"), async (tx) => {
      const keys = await keyring.createSubjects(
        tx,
        records.map((record) => record.id),
      );
      const rows = records.map((record) => {
        const own = keys.get(record.id);
        assert.ok(own);
        const pick = (level: 2 | 3) =>
          Object.fromEntries(
            contact.fields.flatMap((field) =>
              field.class === level ? [[field.key, record.values[field.key] ?? null]] : [],
            ),
          );
        const sealed = sealRecord(material, contact, record).row;
        const row = {
          ...sealed,
          sealed2: sealClass(contact, record.id, own, 2, 1, pick(2)),
          sealed3: sealClass(contact, record.id, own, 3, 1, pick(3)),
        };
        return { ...row, tag: keyring.tag(contact.key, tagFields(row)) };
      });
      await insertSealed(tx, contact, rows, []);
    });
    const index = await start();
    const result = await refill(index, {
      object: "contact",
      source: tableSource(database.db, contact),
      material: () => keyring.exportMaterial(),
    });
    assert.deepEqual(result, { rows: 4100, erased: 0, broken: [] });
    const last = records.at(-1);
    assert.ok(last);
    const held = (await index.columns("contact", [last.id], ["name", "role", "phone", "nextFollowUp", "note"])).get(
      last.id,
    );
    assert.deepEqual(
      [...(held?.values.values() ?? [])],
      [last.values["name"], last.values["role"], "138****4099", "2026-11-23", last.values["note"]],
    );
    // A row whose digest was made to look like two rows is one damaged row.
    await database.owner.query("update vault.record_contact set facts = e'a\\tb\\n\\nc' where id = $1", [last.id]);
    const again = await refill(index, {
      object: "contact",
      source: tableSource(database.db, contact),
      material: () => keyring.exportMaterial(),
    });
    assert.deepEqual([again.rows, again.broken], [4100, [last.id]]);
    await database.owner.query("update vault.record_contact set updated_at = 'infinity' where id = $1", [last.id]);
    const third = await refill(index, {
      object: "contact",
      source: tableSource(database.db, contact),
      material: () => keyring.exportMaterial(),
    });
    assert.deepEqual(third.broken, [last.id]);
  } finally {
    await database.close();
    rmSync(keystoreDir, { recursive: true });
  }
});

test("a rebuild cut off by the worker's death fails and can be repeated", async () => {
  const index = await start();
  const sealed = seal(people(600));
  const cut = refill(index, {
    object: "contact",
    source: source(sealed, 100, (_, batch) => (batch === 3 ? index.restart() : undefined)),
    material: () => material,
  });
  await assert.rejects(cut);
  assert.equal(index.ready("contact").ready, false);
  assert.equal(
    (await refill(index, { object: "contact", source: source(sealed), material: () => material })).rows,
    600,
  );
});

test("an opener that has ended before a rebuild fails it", async () => {
  const index = await start();
  const opener = startOpener();
  await opener.terminate();
  const options = { object: "contact", opener, source: source(seal(people(1))), material: () => material };
  await assert.rejects(index.rebuild(options), /opener thread ended/u);
});

test("writes during a rebuild win by version, removed rows stay removed", async () => {
  const index = await start();
  const records = people(800);
  const [first, middle, last, gone, partly] = [records[0], records[400], records[799], records[700], records[10]];
  assert.ok(first && middle && last && gone && partly);
  const change = (record: PlainRecord, name: string): UpsertRow =>
    upsertRow({ ...record, values: { ...record.values, name } }, 2);
  const told: Promise<unknown>[] = [];
  let stale: string[] = [];
  const meanwhile = async (pass: RebuildPass, batch: number): Promise<void> => {
    if (pass === "rows" && batch === 1) {
      // One row already stored, one still to come, one of a record that did not exist when the pages were read.
      told.push(
        index.upsert("contact", [
          change(first, "改一"),
          change(last, "改二"),
          upsertRow({ ...middle, id: testId(5000), values: { name: "新来的" } }),
        ]),
      );
      told.push(index.remove("contact", [gone.id]));
    }
    if (pass === "restricted" && batch === 0) {
      assert.deepEqual(index.ready("contact"), { ready: true, complete: false, rows: 800 });
      assert.equal((await ask(index, "改一")).length, 1, "names are found before the numbers are there");
      assert.equal((await index.columns("contact", [first.id], ["name"])).size, 1);
      assert.equal(
        (await index.columns("contact", [first.id], ["name", "phone"])).size,
        0,
        "no list shows a number as empty",
      );
      stale = await index.upsert("contact", [{ ...upsertRow(partly, 2), base: 1, values: { jobTitle: "董事" } }]);
      await index.upsert("contact", [{ ...upsertRow(partly, 2), values: { ...partly.values, jobTitle: "董事" } }]);
    }
  };
  await refill(index, { object: "contact", source: source(seal(records), 200, meanwhile), material: () => material });
  await Promise.all(told);
  assert.deepEqual(stale, [partly.id], "a part over a row not yet whole is refused");
  const names = [
    ...(await index.columns("contact", [first.id, last.id, testId(5000), gone.id], ["name", "phone"])).values(),
  ].map((row) => [row.version, row.values.get("name")]);
  assert.deepEqual(names, [
    [2, "改一"],
    [2, "改二"],
    [1, "新来的"],
  ]);
  const whole = (await index.columns("contact", [partly.id], ["jobTitle", "phone"])).get(partly.id);
  assert.deepEqual(
    [whole?.version, whole?.values.get("jobTitle"), whole?.values.get("phone")],
    [2, "董事", "138****0010"],
  );
  assert.equal((await ask(index, "138 1000 0010")).length, 1);
  assert.deepEqual(await ask(index, "138 1000 0700"), []);
});

test("rows that were tampered with are left out and named; erased subjects have no values", async () => {
  const index = await start();
  const sealed = seal(people(10));
  const row = (place: number): Sealed => sealed[place] as Sealed; // ten were made
  const taken = { ...row(1), row: { ...row(1).row, owner_id: testId(999) } };
  const swapped = { ...row(2), row: { ...row(2).row, sealed2: row(3).row.sealed2 ?? null } };
  const swappedPhone = { ...row(4), row: { ...row(4).row, sealed3: row(5).row.sealed3 ?? null } };
  const foreignKey = { ...row(6), key: { ...row(7).key, subject_id: row(6).key.subject_id } };
  const erased = { row: row(9).row };
  const rows = [row(0), taken, swapped, row(3), swappedPhone, row(5), foreignKey, row(7), row(8), erased];
  const result = await refill(index, { object: "contact", source: source(rows), material: () => material });
  assert.deepEqual(
    result.broken.toSorted(),
    [taken, swapped, swappedPhone, foreignKey].map((one) => one.row.id).toSorted(),
  );
  assert.equal(result.erased, 1);
  const held = await index.columns(
    "contact",
    rows.map((one) => one.row.id),
    ["name", "phone"],
  );
  for (const one of [taken, swapped, swappedPhone, foreignKey]) assert.equal(held.has(one.row.id), false);
  assert.deepEqual(
    [held.get(erased.row.id)?.values.get("name"), held.get(erased.row.id)?.values.get("phone")],
    [null, null],
  );
});

test("keys rotated during a rebuild are asked for", async () => {
  const index = await start();
  const [one] = people(1);
  assert.ok(one);
  const rotated = {
    ...material,
    class2: new Map([...material.class2, ...testMaterial(2).class2]),
    class3: new Map([...material.class3, ...testMaterial(2).class3]),
  };
  const sealed = [...seal(people(3, 10)), sealRecord(rotated, contact, one, 2)];
  let asked = 0;
  const newest = () =>
    asked++ === 0
      ? material
      : { ...rotated, class2: new Map([...rotated.class2].slice(1)), class3: new Map([...rotated.class3].slice(1)) };
  const result = await refill(index, { object: "contact", source: source(sealed, 2), material: newest });
  assert.deepEqual(result, { rows: 4, erased: 0, broken: [] });
  assert.equal(asked, 2);
});
