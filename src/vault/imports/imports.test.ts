// Imports over real rooms: what comes in, what is refused and why, who may, what is taken back, and that no stop leaves
// half of anything.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ImportRefusedPage, ImportView } from "../../contract/import-verbs.ts";
import { refusal, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let seller: string;

before(async () => {
  room = await testRoom();
  await room.person("Dustin Brinkmann", ["sales_manager"], "Central");
  seller = await room.person("Anna Snelling", ["salesperson"], "Central", "anna@example.com");
  await room.person("Melvin Marxen", ["salesperson"], "East");
});
after(() => room.close());

async function errorFile(userId: string, { object, id }: ImportView): Promise<string> {
  let csv = "";
  let from: ImportRefusedPage["next"] = null;
  do {
    const page: ImportRefusedPage = await room.do(userId, "import.errors", { object, id, after: from });
    assert.ok(page.csv.length < 1_100_000, "a page is bounded whatever the rows hold");
    csv += page.csv;
    from = page.next;
  } while (from !== null);
  return csv;
}

const accounts = `account,sector,year_established,revenue,employees,office_location,subsidiary_of,sales_agent
Childco,technolgy,1996,1100.04,"2,822",United States,Parentco,Anna Snelling
Parentco,medical,1999,251.41,495,Philipines,,anna@example.com
Grandchild,Retail,1986,647.18,1185,Kenya,Childco,Melvin Marxen
Numbers,retail,1986,12万,1185,Kenya,,
Orphan,retail,1986,1,1,Kenya,Nowhere Inc,
Loop A,retail,1986,1,1,Kenya,Loop B,
Loop B,retail,1986,1,1,Kenya,Loop A,
Self,retail,1986,1,1,Kenya,Self,
Wide,retail,1986,1,1,Kenya,,,too,many
Nobody,retail,1986,1,1,Kenya,,No Such Person
,retail,1986,1,1,Kenya,,
"=cmd|' /C calc'!A0",retail,1986,oops,1,Kenya,,
`;

test("all that is wrong with a row is told at once, with what stands in each cell", async () => {
  const text = "account,sector,revenue,subsidiary_of,sales_agent\n,retail shop,12万,Nowhere Inc,No Such Person\n";
  const job = await room.check(room.owner, "account", text);
  assert.deepEqual(
    job.check?.problems.map((one) => [one.column, one.reason, one.value]),
    [
      ["sector", "not_an_option", "retail shop"],
      ["revenue", "not_a_number", "12万"],
      ["sales_agent", "no_such_record", "No Such Person"],
      ["account", "required", ""],
    ],
  );
  assert.equal(job.check?.bad, 1);
});

test("a list of accounts: dry run with a reason per row, fixes, run, parents in any order, undo", async () => {
  const first = await room.check(room.owner, "account", accounts);
  assert.equal(first.state, "checked", JSON.stringify([first, room.errors]));
  assert.deepEqual(
    first.check?.problems.map((one) => [one.row, one.column, one.reason]),
    [
      [2, "sector", "not_an_option_suggest"],
      [3, "office_location", "not_an_option_suggest"],
      [4, "subsidiary_of", "row_refused"],
      [5, "revenue", "not_a_number"],
      [6, "subsidiary_of", "no_such_record"],
      [7, "subsidiary_of", "circular"],
      [8, "subsidiary_of", "circular"],
      [9, "subsidiary_of", "circular"],
      [10, null, "wrong_columns"],
      [11, "sales_agent", "no_such_record"],
      [12, "account", "required"],
      [13, "revenue", "not_a_number"],
    ],
  );
  assert.deepEqual(
    first.check?.choices.map((one) => [one.field, one.value, one.count, one.suggestion]),
    [
      ["industry", "technolgy", 1, "technology"],
      ["country", "Philipines", 1, "ph"],
    ],
  );
  assert.equal((await room.byName("account")).size, 0, "the dry run wrote something");

  const fixed = await room.check(room.owner, "account", accounts, {
    fixes: { industry: { technolgy: "technology" }, country: { philipines: "ph" } },
  });
  assert.deepEqual([fixed.check?.rows, fixed.check?.create, fixed.check?.bad], [12, 3, 9]);
  const done = await room.run(room.owner, fixed);
  assert.deepEqual(
    [done.state, done.counts, room.errors],
    ["done", { created: 3, updated: 0, skipped: 0, bad: 9 }, []],
  );
  const found = await room.byName("account");
  assert.deepEqual([...found.keys()].toSorted(), ["Childco", "Grandchild", "Parentco"]);
  assert.equal(found.get("Childco")?.values["parent"], found.get("Parentco")?.id);
  assert.equal(found.get("Grandchild")?.values["parent"], found.get("Childco")?.id);
  assert.equal(found.get("Childco")?.owner, seller);
  assert.equal(found.get("Parentco")?.values["country"], "ph");
  assert.equal(found.get("Childco")?.values["employees"], 2822);

  const csv = await errorFile(room.owner, done);
  assert.ok(csv.startsWith("\ufeffRow,Reason,account,sector,"));
  assert.match(csv, /\n5,"Revenue: This is not a number[^"]*",Numbers,retail,1986,12万,/u);
  assert.match(csv, /'=cmd\|' \/C calc'!A0/u);
  assert.equal(csv.trim().split("\r\n").length, 10);
  const [parts] = await room.base.owner
    .query("select count(*)::int as n from vault.import_part where job_id = $1", [done.id])
    .then((answer) => answer.rows);
  assert.equal(parts.n, 0, "the file is kept longer than it is needed");

  const undone = await room
    .do(room.owner, "import.undo", { object: "account", id: done.id })
    .then((job) => room.settled(room.owner, job));
  assert.deepEqual(
    [undone.state, undone.undo, undone.canUndo],
    ["undone", { removed: 3, restored: 0, kept: 0 }, false],
  );
  assert.equal((await room.byName("account")).size, 0);
});

test("upsert by name: creates, updates what differs, skips what does not, takes it back without harming later changes", async () => {
  const run = async (text: string, mode: "insert" | "upsert" | "update"): Promise<ImportView> =>
    room.run(
      room.owner,
      await room.check(room.owner, "account", text, { mode, key: mode === "insert" ? null : "name" }),
    );
  await run("name,employees,phone\nAlpha,10,13800000001\nBeta,20,13800000002\nGamma,30,13800000003\n", "insert");
  const job = await room.check(
    room.owner,
    "account",
    "name,employees,phone\nalpha,11,\nBeta,20,\nDelta,40,\nDelta,41,\n",
    { mode: "upsert", key: "name" },
  );
  assert.deepEqual([job.check?.create, job.check?.update, job.check?.skip, job.check?.bad], [1, 1, 1, 1]);
  assert.deepEqual(job.check?.problems[0], {
    row: 5,
    column: "name",
    field: "name",
    reason: "duplicate_in_file",
    params: { row: 4 },
    value: "Delta",
  });
  const done = await room.run(room.owner, job);
  assert.deepEqual(done.counts, { created: 1, updated: 1, skipped: 1, bad: 1 });
  let found = await room.byName("account");
  assert.deepEqual(
    [
      found.get("Alpha")?.values["employees"],
      found.get("Alpha")?.values["phone"],
      found.get("Delta")?.values["employees"],
    ],
    [11, "+8613800000001", 40],
  );

  const missing = await room.check(room.owner, "account", "name,employees\nAlpha,12\nOmega,1\n", {
    mode: "update",
    key: "name",
  });
  assert.deepEqual([missing.check?.update, missing.check?.problems[0]?.reason], [1, "no_such_record"]);
  await room.run(
    room.owner,
    await room.check(room.owner, "account", "name,note\nDelta,changed since\n", { mode: "update", key: "name" }),
  );
  const undone = await room
    .do(room.owner, "import.undo", { object: "account", id: done.id })
    .then((one) => room.settled(room.owner, one));
  assert.deepEqual(undone.undo, { removed: 0, restored: 1, kept: 1 });
  found = await room.byName("account");
  assert.deepEqual(
    [found.get("Alpha")?.values["employees"], found.get("Delta")?.values["note"]],
    [10, "changed since"],
  );
  assert.deepEqual(room.errors, []);
});

test("contacts: references to accounts by name, restricted keys, ambiguous days", async () => {
  await room.run(room.owner, await room.check(room.owner, "account", "name\nTwin\nTwin\nOnly One\n"));
  const text =
    "姓名,手机,公司名称,下次跟进,主要联系人\n张三,138-0000-1111,only one,23-11-2026,是\n李四,13800002222,Twin,03-04-2026,否\n王五,13800003333,Nowhere,2026/11/23,maybe\n";
  const job = await room.check(room.owner, "contact", text, { language: "zh" });
  assert.deepEqual(
    job.check?.problems.map((one) => [one.row, one.field, one.reason]),
    [
      [3, "account", "several_records"],
      [4, "isPrimary", "not_an_option"],
      [4, "account", "no_such_record"],
    ],
  );
  const done = await room.run(room.owner, job);
  assert.equal(done.counts.created, 1);
  const people = await room.byName("contact");
  assert.deepEqual(
    [
      people.get("张三")?.values["nextFollowUp"],
      people.get("张三")?.values["phone"],
      people.get("张三")?.values["isPrimary"],
    ],
    ["2026-11-23", "+8613800001111", true],
  );
  const again = await room.check(room.owner, "contact", "phone,jobTitle\n+86 138 0000 1111,经理\n", {
    mode: "update",
    key: "phone",
  });
  assert.deepEqual([again.check?.update, again.check?.bad], [1, 0]);
  assert.equal((await room.run(room.owner, again)).counts.updated, 1);
  assert.equal((await room.byName("contact")).get("张三")?.values["jobTitle"], "经理");
  assert.match(await errorFile(room.owner, done), /所属客户：有多条记录名为“Twin”/u);
});

test("people: managers in the same file, departments by name and path, e-mail once only", async () => {
  await room.run(
    room.owner,
    await room.check(room.owner, "department", "name,parent\nShanghai,华东\n华东,总部\nShanghai2,华东\n"),
  );
  const text =
    "name,email,manager,department\nEmployee A,a@example.com,Boss B,华东/Shanghai\nBoss B,b@example.com,Dustin Brinkmann,华东\nCopy,A@example.com,,\nTaken,owner@example.com,,\nLost,l@example.com,,Nowhere\n";
  const job = await room.check(room.owner, "user", text);
  assert.deepEqual(
    job.check?.problems.map((one) => [one.row, one.field, one.reason]),
    [
      [4, "email", "duplicate_in_file"],
      [5, "email", "already_used"],
      [6, "department", "no_such_record"],
    ],
  );
  assert.deepEqual((await room.run(room.owner, job)).counts, { created: 2, updated: 0, skipped: 0, bad: 3 });
  await room.records.directory.ready();
  const people = [...room.records.directory.people];
  const boss = people.find((one) => one.name === "Boss B");
  const employee = people.find((one) => one.name === "Employee A");
  assert.equal(employee?.manager, boss?.id);
  assert.equal(employee?.status, "invited");
  assert.equal(room.records.directory.department(employee?.department ?? "")?.name, "Shanghai");
});

test("bad mappings are refused field by field", async () => {
  const column = (index: number, field: string) => ({ index, field });
  const given = (settings: Parameters<TestRoom["check"]>[3]): Promise<string> =>
    refusal(room.check(room.owner, "account", "a,b\n1,2\n", settings));
  assert.equal(await given({ columns: [column(0, "employees")] }), "invalid name:required");
  assert.equal(await given({ columns: [column(0, "name"), column(1, "nonsense")] }), "invalid nonsense:unknown_field");
  assert.equal(await given({ columns: [column(0, "name"), column(1, "name")] }), "invalid name:already_used");
  assert.equal(await given({ columns: [column(0, "name")], mode: "upsert" }), "invalid key:required");
  assert.equal(
    await given({ columns: [column(0, "name"), column(1, "parent")], mode: "upsert", key: "parent" }),
    "invalid parent:not_writable",
  );
  assert.equal(
    await given({ columns: [column(0, "name"), column(1, "industry")], fixes: { industry: { x: "nonsense" } } }),
    "invalid industry:not_an_option",
  );
});

test("a person may name any character that separates; a header alone has no rows", async () => {
  const { id } = await room.upload(room.owner, "account", "account^employees\nCaret^5\n");
  const { analysis } = await room.do(room.owner, "import.analyse", { object: "account", id, delimiter: "^" });
  assert.deepEqual(
    analysis.columns.map(({ field, samples }) => [field, samples[0]]),
    [
      ["name", "Caret"],
      ["employees", "5"],
    ],
  );
  const bare = await room.check(room.owner, "account", "account,employees\n", { header: true });
  assert.deepEqual([bare.check?.rows, bare.check?.bad], [0, 0]);
});

test("the file of refused rows comes in pages, whatever the rows hold", async () => {
  const cell = "\u0001".repeat(2000);
  const row = ["", cell, cell, cell, cell].join(",");
  const rows = Array.from({ length: 320 }, () => row);
  const checked = await room.check(room.owner, "account", `account,a,b,c,d\n${rows.join("\n")}\n`, { header: true });
  assert.equal(checked.check?.bad, 320);
  const lines = (await errorFile(room.owner, checked)).trimEnd().split("\r\n").slice(1);
  assert.deepEqual(
    lines.map((line) => Number.parseInt(line, 10)),
    rows.map((_, index) => index + 2),
  );
});

test("files that are no tables", async () => {
  const analyse = async (file: Buffer | string): Promise<string> => {
    const { id } = await room.upload(room.owner, "account", file);
    return refusal(room.do(room.owner, "import.analyse", { object: "account", id }));
  };
  assert.equal(await analyse(Buffer.from("PK\u0003\u0004xxxx", "latin1")), "file_unreadable spreadsheet");
  assert.equal(await analyse("\n\n"), "file_unreadable empty");
  const open = await room.check(
    room.owner,
    "account",
    `name,note\n${"Good,x\n".repeat(600)}Bad,"never closed\n${"More,y\n".repeat(600)}`,
  );
  assert.deepEqual([open.state, open.failure, open.failureRow], ["analysed", "file_unreadable", 602]);
  const wrong = await room.check(room.owner, "account", Buffer.from("name\nM\u00fcller\n", "latin1"), {
    encoding: "utf-8",
    columns: [{ index: 0, field: "name" }],
  });
  assert.equal(wrong.failure, "file_unreadable");
  const big = await room.check(
    room.owner,
    "account",
    `name,note\nBefore,x\nHuge,"${"z".repeat(10_000_000)}"\nAfter,y\n`,
  );
  assert.deepEqual(
    [big.check?.create, big.check?.problems.map((one) => [one.row, one.reason])],
    [2, [[3, "too_long"]]],
  );
});

test("hostile texts come in as texts, in every encoding", async () => {
  const names = ["'); drop table vault.record_account;--", "<script>alert(1)</script>", "${7*7}{{7*7}}", "北京𠮷野"];
  const text = `name,note\n${names.map((name) => `"${name}",x`).join("\n")}\n`;
  for (const file of [Buffer.from(text), Buffer.from(`\ufeff${text}`, "utf16le")]) {
    const done = await room.run(room.owner, await room.check(room.owner, "account", file));
    assert.equal(done.counts.created, names.length);
  }
  const found = await room.byName("account");
  for (const name of names) assert.ok(found.has(name), name);
});
