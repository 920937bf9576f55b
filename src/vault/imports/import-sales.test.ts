// Files of opportunities and follow-ups: stages and products by what the file calls them, one name in several pipelines,
// what a row inherits and tells, and taking back what made a record somebody else's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { commitRecords } from "../records/commit.ts";
import { type Checked, type TestRoom, testRoom } from "./test-room.ts";

let room: TestRoom;
let anna: string;

before(async () => {
  room = await testRoom();
  anna = await room.person("Anna Snelling", ["salesperson"], "Central");
});
after(() => room.close());

async function make(object: string, values: Readonly<Record<string, unknown>>): Promise<string> {
  const operations = [{ op: "create" as const, object, values: { ...values } }];
  const { written } = await commitRecords(room.records, room.call(room.owner), { operations, guards: [] });
  return written[0]?.id ?? "";
}

function problemsOf({ check }: Checked): unknown[] {
  return (check?.problems ?? []).map(({ row, field, reason }) => [row, field, reason]);
}

test("what a file calls stages and products is suggested, or chosen once; a stage is looked for in the row's pipeline", async () => {
  const product = await make("product", { name: "GTX Pro" });
  const own = await make("pipeline", { name: "Key accounts" });
  const theirs = await make("stage", { name: "赢单", pipeline: own, kind: "won", position: 1 });
  const usual = [...(await room.byName("pipeline")).values()].find(({ id }) => id !== own);
  const rows = [
    "Deal 1,GTXPro,Won,",
    "Deal 2,GTX Pro,赢单,",
    "Deal 3,,赢单,Key accounts",
    "Deal 4,,初步接触,Key accounts",
  ];
  const file = `name,product,stage,pipeline\n${rows.join("\n")}\n`;
  const dry = await room.check(room.owner, "opportunity", file);
  assert.deepEqual(problemsOf(dry), [
    [2, "product", "no_such_record"],
    [2, "stage", "no_such_record"],
    [5, "stage", "other_pipeline"],
  ]);
  const choices = new Map(dry.check?.choices.map(({ field, value, suggestion }) => [`${field} ${value}`, suggestion]));
  assert.equal(choices.get("product GTXPro"), product);
  const meant = choices.get("stage Won") ?? "";
  const fixes = { product: { GTXPro: product }, stage: { Won: meant } };
  const checked = await room.check(room.owner, "opportunity", file, { fixes });
  assert.deepEqual([checked.check?.create, problemsOf(checked)], [3, [[5, "stage", "other_pipeline"]]]);
  await room.run(room.owner, checked);
  const deals = await room.byName("opportunity");
  assert.equal(deals.get("Deal 1")?.values["product"], product);
  assert.deepEqual(
    ["Deal 2", "Deal 3"].map((name) => deals.get(name)?.values["pipeline"]),
    [usual?.id, own],
  );
  assert.equal(deals.get("Deal 3")?.values["stage"], theirs);
  assert.ok(["Deal 1", "Deal 2", "Deal 3"].every((name) => deals.get(name)?.values["state"] === "won"));
  for (const wrong of [{ account: { x: product } }, { stage: { x: "nonsense" } }])
    await assert.rejects(room.check(room.owner, "opportunity", "name,account,stage\nx,y,z\n", { fixes: wrong }), {
      code: "invalid",
    });
});

test("a row without a name or without anything it is about is told in the dry run", async () => {
  await make("account", { name: "Cancity", owner: anna });
  const unnamed = await room.check(anna, "opportunity", "opportunity id,account,amount\nA1,Cancity,5\nA2,,6\n");
  assert.deepEqual(problemsOf(unnamed), [[3, "name", "required"]]);
  await room.run(anna, unnamed);
  assert.equal((await room.byName("opportunity")).get("Cancity")?.values["externalId"], "A1");
  const about = await room.check(
    anna,
    "activity",
    "content,account,happened at\nCalled,Cancity,2026-11-02 10:00\nAlone,,\n",
  );
  assert.deepEqual(problemsOf(about), [[3, null, "about_nothing"]]);
  await room.run(anna, about);
  const account = (await room.byName("account")).get("Cancity");
  assert.equal(account?.values["lastFollowUp"], "2026-11-02T10:00:00.000Z", "the file's follow-up is told");
  const { records } = room;
  const [row] = await records.db.read<{ owner_id: string; subject_id: string }>(
    { actor: "system:test", all: true, owners: [], departments: [] },
    "select owner_id, subject_id from vault.record_activity",
  );
  assert.deepEqual(row, { owner_id: anna, subject_id: account?.id });
});

test("an import that gives an opportunity its account can be taken back, though another key seals it since", async () => {
  const account = await make("account", { name: "Betatech", owner: anna });
  await make("opportunity", { name: "Nobody's yet", externalId: "B1", amount: 1, owner: anna });
  const checked = await room.check(anna, "opportunity", "opportunity id,account,amount\nB1,Betatech,7\n", {
    mode: "upsert",
    key: "externalId",
  });
  assert.equal(checked.check?.update, 1);
  const done = await room.run(anna, checked);
  const now = (await room.byName("opportunity")).get("Nobody's yet");
  assert.deepEqual([now?.values["account"], now?.values["amount"], now?.subject], [account, 7, account]);
  await room.do(anna, "import.undo", { object: "opportunity", id: done.id });
  await room.settled(anna, done);
  const back = (await room.byName("opportunity")).get("Nobody's yet");
  assert.deepEqual([back?.values["account"], back?.values["amount"]], [undefined, 1]);
  assert.notEqual(back?.subject, account);
});
