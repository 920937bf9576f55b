// Whose imports are whose, that no stop leaves half of anything, and that no row is written twice.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { StoredField } from "../../contract/field.ts";
import { systemScope } from "../db/database.ts";
import { Jobs } from "./jobs.ts";
import { openImports } from "./open-imports.ts";
import { ImportRunner } from "./runner.ts";
import { refusal, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let manager: string;
let seller: string;

before(async () => {
  room = await testRoom();
  manager = await room.person("Dustin Brinkmann", ["sales_manager"], "Central");
  seller = await room.person("Anna Snelling", ["salesperson"], "Central", "anna@example.com");
  await room.person("Melvin Marxen", ["salesperson"], "East");
});
after(() => room.close());

test("rights hold: own rows only, nobody else's job, nothing without the right", async () => {
  const job = await room.check(seller, "account", "name,owner\nMine,\nTheirs,Melvin Marxen\n");
  assert.deepEqual(
    job.check?.problems.map((one) => [one.row, one.reason]),
    [[3, "not_yours"]],
  );
  const team = await room.check(manager, "account", "name,owner\nTeam,Anna Snelling\nOther,Melvin Marxen\n");
  assert.deepEqual(
    team.check?.problems.map((one) => [one.row, one.reason]),
    [[3, "not_yours"]],
  );
  await room.run(room.owner, await room.check(room.owner, "account", "name\nAlpha\nOnly One\n"));
  const own = await room.check(room.owner, "account", "name,employees\nAlpha,1\n", { mode: "upsert", key: "name" });
  assert.deepEqual([own.check?.create, own.check?.update], [0, 1]);
  // What the owner's records are called is nothing a salesperson learns by trying.
  const probe = await room.check(seller, "account", "name,employees\nAlpha,1\n", { mode: "upsert", key: "name" });
  assert.deepEqual([probe.check?.create, probe.check?.bad], [1, 0]);
  const reference = await room.check(seller, "contact", "name,account\nX,Only One\n");
  assert.equal(reference.check?.problems[0]?.reason, "no_such_record");
  for (const verb of ["import.status", "import.undo", "import.cancel"] as const)
    assert.equal(await refusal(room.do(manager, verb, { object: "account", id: job.id })), "not_found");
  assert.equal(
    await refusal(room.do(room.owner, "import.errors", { object: "account", id: job.id, after: null })),
    "not_found",
  );
  assert.equal(await refusal(room.do(seller, "import.status", { object: "contact", id: job.id })), "not_found");
  assert.equal(
    await refusal(room.do(seller, "import.create", { object: "user", fileName: "x", size: 1 })),
    "not_allowed",
  );
});

test("a start needs the very check that was seen; a job in motion takes no second order", async () => {
  const job = await room.check(room.owner, "account", "name\nOnce\n");
  assert.equal(
    await refusal(room.do(room.owner, "import.start", { object: "account", id: job.id, version: job.version - 1 })),
    "conflict",
  );
  await room.run(room.owner, job);
  assert.equal(
    await refusal(room.do(room.owner, "import.start", { object: "account", id: job.id, version: job.version })),
    "conflict",
  );
  assert.equal(
    await refusal(
      room.do(room.owner, "import.check", {
        object: "account",
        id: job.id,
        settings: {
          mode: "insert",
          key: null,
          encoding: "utf-8",
          delimiter: ",",
          header: true,
          columns: [{ index: 0, field: "name" }],
          fixes: {},
          language: "en",
          utcOffset: 0,
        },
      }),
    ),
    "conflict",
  );
  const fresh = await room.upload(room.owner, "account", "name\nX\n");
  const cancelled = await room.do(room.owner, "import.cancel", { object: "account", id: fresh.id });
  assert.equal(cancelled.state, "cancelled");
  assert.equal(
    await refusal(
      room.do(room.owner, "import.part", {
        object: "account",
        id: fresh.id,
        index: "0",
        data: Buffer.from("name\nY\n"),
      }),
    ),
    "conflict",
  );
  const listed = await room.do(room.owner, "import.list", { object: "account" });
  assert.ok(listed.imports.some((one) => one.id === job.id && one.fileName === "list.csv"));
});

test("rows that refer to each other in any order, in thousands", async () => {
  const size = 3000;
  const chain = Array.from(
    { length: size },
    (_, index) => `Chain ${index},${index + 1 < size ? `Chain ${index + 1}` : ""}`,
  );
  const done = await room.run(
    room.owner,
    await room.check(room.owner, "account", `name,parent\n${chain.join("\n")}\n`),
  );
  assert.deepEqual([done.counts, room.errors], [{ created: size, updated: 0, skipped: 0, bad: 0 }, []]);
  const found = await room.byName("account");
  for (let index = 0; index + 1 < size; index++)
    assert.equal(found.get(`Chain ${index}`)?.values["parent"], found.get(`Chain ${index + 1}`)?.id);
});

test("a run that is stopped and started again writes every row once", async () => {
  const size = 8000;
  // Every seventh row refers to one further down, every eleventh is bad.
  const line = (index: number): string =>
    `Stop ${index},${index % 7 === 0 && index + 900 < size ? `Stop ${index + 900}` : ""},${index % 11 === 0 ? "12万" : index}`;
  const job = await room.check(
    room.owner,
    "account",
    `name,parent,employees\n${Array.from({ length: size }, (_, index) => line(index)).join("\n")}\n`,
  );
  const expectedBad = job.check?.bad ?? 0;
  const count = async (): Promise<number> =>
    Number(
      (
        await room.records.db.read<{ n: number }>(systemScope("test"), "select count(*) as n from vault.record_account")
      )[0]?.n,
    );
  const before = await count();
  const { object, id, version } = job;
  await room.do(room.owner, "import.start", { object, id, version });
  for (let round = 0; round < 6; round++) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    await room.imports.close();
    room.imports = openImports(room.records, room.importOptions);
    await room.imports.resume();
  }
  const done = await room.settled(room.owner, job);
  assert.equal(done.state, "done", JSON.stringify([done, room.errors.map(String)]));
  assert.deepEqual(done.counts, { created: size - expectedBad, updated: 0, skipped: 0, bad: expectedBad });
  const written = await room.records.db.read<{ n: number }>(
    systemScope("test"),
    "select sum(cardinality(record_ids)) as n from vault.import_written where job_id = $1",
    [id],
  );
  assert.equal(Number(written[0]?.n), size - expectedBad);
  const names = await room.byName("account");
  assert.equal((await count()) - before, size - expectedBad);
  for (let index = 0; index < size; index++) {
    const above = names.get(`Stop ${index + 900}`);
    if (index % 7 === 0 && index % 11 !== 0 && above)
      assert.equal(names.get(`Stop ${index}`)?.values["parent"], above.id);
  }
  assert.deepEqual(room.errors, []);
});

test("a row that only the database refuses costs that row, not its batch", async () => {
  const job = await room.check(
    room.owner,
    "account",
    `name,employees\n${Array.from({ length: 1200 }, (_, index) => `Split ${index},${index}`).join("\n")}\n`,
  );
  await room.base.owner.query(`create function vault.test_refuse() returns trigger language plpgsql as $$
      begin if new.f_employees in (13, 14, 700) then raise unique_violation; end if; return new; end $$;
    create trigger test_refuse before insert on vault.record_account for each row execute function vault.test_refuse()`);
  try {
    const done = await room.run(room.owner, job);
    assert.deepEqual(done.counts, { created: 1197, updated: 0, skipped: 0, bad: 3 });
    const { csv } = await room.do(room.owner, "import.errors", { object: "account", id: job.id, after: null });
    assert.deepEqual(csv.trim().split("\r\n").slice(1), [
      "15,Already in use.,Split 13,13",
      "16,Already in use.,Split 14,14",
      "702,Already in use.,Split 700,700",
    ]);
  } finally {
    await room.base.owner.query("drop trigger test_refuse on vault.record_account; drop function vault.test_refuse()");
  }
  assert.deepEqual(room.errors, []);
});

test("what was kept of old imports is destroyed with its key", async () => {
  const job = await room.run(room.owner, await room.check(room.owner, "account", "name,employees\nKept,1\nBad,x\n"));
  const abandoned = await room.upload(room.owner, "account", "name\nNobody ran this\n");
  const runner = new ImportRunner(
    { records: room.records, jobs: new Jobs(room.records.keyring), deviceRevoked: room.deviceRevoked },
    () => undefined,
  );
  const day = 24 * 60 * 60 * 1000;
  const state = async (id: string) => {
    const { rows } = await room.base.owner.query<{ parts: number; errors: number; written: number; keys: number }>(
      `select (select count(*)::int from vault.import_part where job_id = $1) as parts, (select count(*)::int from vault.import_row_error where job_id = $1) as errors,
        (select count(*)::int from vault.import_written where job_id = $1) as written, (select count(*)::int from keys.subject_key where subject_id = $1) as keys`,
      [id],
    );
    return rows[0];
  };
  assert.deepEqual(await state(job.id), { parts: 0, errors: 1, written: 1, keys: 1 });
  assert.deepEqual(await state(abandoned.id), { parts: 1, errors: 0, written: 0, keys: 1 });
  while ((await runner.sweep(new Date(Date.now() + 2 * day))) > 0);
  assert.deepEqual(await state(job.id), { parts: 0, errors: 1, written: 1, keys: 1 });
  assert.deepEqual(await state(abandoned.id), { parts: 0, errors: 0, written: 0, keys: 0 });
  while ((await runner.sweep(new Date(Date.now() + 31 * day))) > 0);
  assert.deepEqual(await state(job.id), { parts: 0, errors: 0, written: 0, keys: 0 });
  const view = await room.do(room.owner, "import.status", { object: "account", id: job.id });
  assert.deepEqual([view.state, view.fileName, view.canUndo, view.keptUntil], ["done", "", false, null]);
  assert.equal(await refusal(room.do(room.owner, "import.undo", { object: "account", id: job.id })), "conflict");
  assert.equal(
    await refusal(room.do(room.owner, "import.errors", { object: "account", id: job.id, after: null })),
    "not_found",
  );
});

test("the account of an import cannot be made to undo anything else", async () => {
  const job = await room.run(room.owner, await room.check(room.owner, "account", "name\nHonest\n"));
  const victim = (await room.byName("account")).get("Alpha");
  assert.ok(victim);
  await room.base.owner.query("update vault.import_written set record_ids = array[$2::uuid] where job_id = $1", [
    job.id,
    victim.id,
  ]);
  const undone = await room.settled(
    room.owner,
    await room.do(room.owner, "import.undo", { object: "account", id: job.id }),
  );
  assert.deepEqual([undone.state, undone.failure], ["failed", "damaged"]);
  assert.equal((await room.byName("account")).get("Alpha")?.version, victim.version);
  room.errors.length = 0;
});

test("a field that the company made required is asked of new records only", async () => {
  const field: StoredField = {
    key: "costCentre",
    type: "text",
    class: 2,
    labels: { zh: "成本中心", en: "Cost centre" },
    purpose: "selling",
    retention: "with_record",
    required: true,
    custom: true,
    storage: { in: "sealed2" },
  };
  const { records, owner } = room;
  const old = await room.run(owner, await room.check(owner, "department", "Name\nFrom before\n"));
  assert.equal(old.counts.created, 1);
  records.schema.add("department", field);
  await records.search.addField("department", field);
  assert.equal(
    await refusal(room.check(owner, "department", "Name\nWithout a column\n")),
    "invalid costCentre:required",
  );
  const file = "Name,Cost centre\nFrom before,\nNew,\nComplete,4711\n";
  const job = await room.check(owner, "department", file, { mode: "upsert", key: "name" });
  assert.deepEqual(
    job.check?.problems.map((one) => [one.row, one.column, one.field, one.reason]),
    [[3, "Cost centre", "costCentre", "required"]],
  );
  const done = await room.run(owner, job);
  assert.deepEqual(done.counts, { created: 1, updated: 0, skipped: 1, bad: 1 });
});
