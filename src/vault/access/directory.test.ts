// Rights fail closed: what could not be loaded anew is not what was known before.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemScope } from "../db/database.ts";
import { type TestRoom, testRoom } from "../imports/test-room.ts";

let room: TestRoom;
let seller: string;

before(async () => {
  room = await testRoom();
  seller = await room.person("小王", ["salesperson"], "销售部");
});
after(() => room.close());

const mayView = (): boolean | undefined => room.records.directory.access(seller, true)?.can("account", "view");

test("a load that fails leaves the rights unknown until one succeeds", async () => {
  const { directory, db } = room.records;
  assert.equal(mayView(), true);
  const [role] = (
    await room.base.owner.query<{ name: string }>(
      "select grantee as name from information_schema.role_table_grants where table_schema = 'vault' and table_name = 'record_department' and privilege_type = 'SELECT' and grantee = 'strongroom_vault'",
    )
  ).rows;
  assert.ok(role, "the vault reads departments by a grant of its own");
  await room.base.owner.query("revoke select on vault.record_department from strongroom_vault");
  await db.tx(systemScope("test"), async (tx) => {
    await directory.writeMember(tx, seller, [], null, new Date());
  });
  const denied = { code: "42501" };
  await assert.rejects(directory.ready(), denied);
  // The requests after the one that saw the failure must not be judged by the old rights either.
  await assert.rejects(directory.ready(), denied);
  await assert.rejects(Promise.all([directory.ready(), directory.ready()]), denied);
  await room.base.owner.query("grant select on vault.record_department to strongroom_vault");
  await directory.ready();
  assert.equal(mayView(), false);
});

test("a change while a load is under way is in memory once ready", async () => {
  const { directory, db } = room.records;
  for (const roles of [["salesperson"], [], ["salesperson"]]) {
    directory.changed();
    await db.tx(systemScope("test"), async (tx) => {
      await directory.writeMember(tx, seller, roles, null, new Date());
    });
    await directory.ready();
    assert.equal(mayView(), roles.length > 0);
  }
});
