// Someone who can write to the database, but holds no keys, changes identity rows: none of it is believed.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { uuidv7 } from "../db/uuid.ts";
import { SealBroken, TagBroken } from "../keys/broken.ts";
import { type Browser, enrolOwner, invite, type TestPerson, type TestRoom, testRoom } from "./test-room.ts";

const identityTables = ["person_credential", "device", "session", "invitation"] as const;

let room: TestRoom;
let owner: TestPerson;
let person: TestPerson;

before(async () => {
  room = await testRoom();
  room.clock.now += 1000;
  owner = await enrolOwner(room);
  person = await invite(room, owner, "李强", "li@example.com");
  await room.identity.save();
});
after(() => room.close());

/** Changes rows, lets a fresh vault read them, and puts everything back. */
async function afterwards(change: string, values: unknown[], look: () => Promise<void>): Promise<void> {
  const copies = [...identityTables, "presence"];
  for (const table of copies) await room.base.owner.query(`create table public.copy_${table} as table vault.${table}`);
  try {
    const changed = await room.base.owner.query(change, values);
    assert.ok((changed.rowCount ?? 0) > 0, `${change} changed nothing`);
    await room.restart();
    room.clock.now += 1000;
    await look();
  } finally {
    await room.base.owner.query(
      "begin; set constraints all deferred; delete from vault.presence; delete from vault.session; delete from vault.device; delete from vault.invitation; delete from vault.person_credential; commit",
    );
    for (const table of ["person_credential", "invitation", "device", "session", "presence"])
      await room.base.owner.query(`insert into vault.${table} select * from public.copy_${table}`);
    for (const table of copies) await room.base.owner.query(`drop table public.copy_${table}`);
    await room.restart();
    room.clock.now += 1000;
  }
}

const me = (browser: Browser): Promise<unknown> => browser.call("currentSession");

test("every column of every tagged table is covered", async () => {
  const { rows } = await room.base.owner.query<{ table: string; column: string; type: string; nullable: string }>(
    `select table_name as table, column_name as column, data_type as type, is_nullable as nullable from information_schema.columns
     where table_schema = 'vault' and table_name = any($1) and column_name not in ('id', 'tag') order by 1, 2`,
    [["device", "session"]],
  );
  const tried: string[] = [];
  for (const { table, column, type } of rows) {
    const other: Record<string, string> = {
      integer: `coalesce(${column}, 0) + 1`,
      text: `case when $1::text is null then ${column} end`,
      uuid: `'${uuidv7()}'::uuid`,
      "timestamp with time zone": `coalesce(${column}, now()) + interval '1 ms'`,
    };
    // Ended or revoked rows are not looked at, and constraints forbid free text: these are tried below in other ways.
    if (type === "text" || ["ended_at", "revoked_at", "device_id", "replaced_by"].includes(column)) continue;
    await afterwards(
      `update vault.${table} set ${column} = ${other[type]} where user_id = $1`,
      [person.userId],
      async () => {
        await assert.rejects(me(person.browser), TagBroken, `${table}.${column}`);
      },
    );
    tried.push(`${table}.${column}`);
  }
  const expected = ["confirmed_by", "created_at", "user_id", "version"].map((column) => `device.${column}`);
  expected.push(
    ...["expires_at", "locked_at", "mfa_at", "started_at", "user_id", "version"].map((column) => `session.${column}`),
  );
  assert.deepEqual(tried, expected);
});

const { x, y } = (await crypto.subtle.exportKey(
  "jwk",
  (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"])).publicKey,
)) as { x: string; y: string };

test("a device that was confirmed, re-keyed, handed over or revived by hand", async () => {
  const id = person.browser.signedIn?.deviceId;
  const changes: [string, unknown[]][] = [
    ["update vault.device set confirmed_how = 'manager' where id = $1", [id]],
    ["update vault.device set key_x = $2, key_y = $3 where id = $1", [id, x, y]],
    ["update vault.device set thumbprint = 'other' where id = $1", [id]],
    ["update vault.device set family = 'Safari · macOS' where id = $1", [id]],
    ["update vault.device set user_id = $2 where id = $1", [id, owner.userId]],
    ["update vault.device set tag = $2 where id = $1", [id, randomBytes(32)]],
    [
      "update vault.device set tag = (select tag from vault.device where user_id = $2) where id = $1",
      [id, owner.userId],
    ],
    ["update vault.session set assurance = 'passkey' where device_id = $1", [id]],
    ["update vault.session set expires_at = expires_at + interval '1 year' where device_id = $1", [id]],
    ["update vault.session set user_id = $2 where device_id = $1", [id, owner.userId]],
    ["update vault.presence set active_at = now() + interval '1 year' where device_id = $1", [id]],
  ];
  for (const [sql, values] of changes)
    await afterwards(sql, values, async () => assert.rejects(me(person.browser), TagBroken, sql));
  await me(person.browser);
});

test("a revoked device and an ended session do not come back", async () => {
  const guest = await invite(room, owner, "孙洋", "sun@example.com");
  await guest.browser.call("signOut");
  const id = guest.browser.signedIn?.deviceId;
  await afterwards("update vault.session set ended_at = null, ended_why = null where device_id = $1", [id], async () =>
    assert.rejects(me(guest.browser), TagBroken),
  );
  await owner.browser.call("revokePersonDevice", {}, { userId: guest.userId, id: id ?? "" });
  await afterwards("update vault.device set revoked_at = null where id = $1", [id], async () =>
    assert.rejects(me(guest.browser), TagBroken),
  );
});

test("an inserted device key opens nothing", async () => {
  const thief = await room.browser();
  const id = uuidv7();
  await afterwards(
    `insert into vault.device (id, version, user_id, key_x, key_y, thumbprint, family, confirmed_how, created_at, tag)
     select $1, 1, user_id, $2, $3, $4, family, confirmed_how, created_at, tag from vault.device where user_id = $5`,
    [id, thief.jwk.x, thief.jwk.y, thief.thumbprint, owner.userId],
    async () => {
      const envelope = await thief.envelope("currentSession", {}, {}, id);
      await assert.rejects(room.identity.authenticate(envelope, "device"), TagBroken);
    },
  );
});

test("swapped and edited credentials are not believed", async () => {
  const swap = `update vault.person_credential c set secret = o.secret from vault.person_credential o where c.kind = $2 and o.kind = $2 and c.user_id = $1 and o.user_id <> $1`;
  const signIn = (): Promise<unknown> =>
    person.browser.call("signInPassword", { email: person.email, password: owner.password });
  await afterwards(swap, [person.userId, "password"], async () => assert.rejects(signIn(), TagBroken));
  const whole = `update vault.person_credential c set secret = o.secret, tag = o.tag from vault.person_credential o where c.kind = $2 and o.kind = $2 and c.user_id = $1 and o.user_id <> $1`;
  await afterwards(whole, [person.userId, "password"], async () => assert.rejects(signIn(), TagBroken));
  await afterwards(
    "update vault.person_credential set last_totp_step = 0 where kind = 'totp' and user_id = $1",
    [person.userId],
    async () => assert.rejects(signIn(), TagBroken),
  );
  const moved = uuidv7();
  await afterwards(
    "update vault.person_credential set user_id = $1 where kind = 'password' and user_id = $2",
    [moved, owner.userId],
    async () => {
      await assert.rejects(
        room.base.db.tx({ actor: "system:test", all: true, owners: [], departments: [] }, async (tx) => {
          const { Credentials } = await import("./credentials.ts");
          const { openTables } = await import("./tables.ts");
          const credentials = new Credentials(room.keyring, openTables(room.keyring));
          await credentials.load(tx, moved);
        }),
        (error) => error instanceof TagBroken || error instanceof SealBroken,
      );
    },
  );
});

test("an invitation's date or person cannot be changed", async () => {
  const userId = room.people.add("陈静", "chen@example.com");
  const { code } = await owner.browser.call<"invitation.create">("createInvitation", { userId });
  const look = async (): Promise<void> => {
    const browser = await room.browser();
    await assert.rejects(browser.call("inspectInvitation", { code }), TagBroken);
  };
  await afterwards(
    "update vault.invitation set expires_at = expires_at + interval '1 year' where user_id = $1",
    [userId],
    look,
  );
  await afterwards("update vault.invitation set user_id = $2 where user_id = $1", [userId, owner.userId], look);
});

test("without an actor row-level security shows nothing", async () => {
  const pg = await import("pg");
  const client = new pg.default.Client(room.base.as("strongroom_vault"));
  await client.connect();
  try {
    for (const table of [...identityTables, "presence", "guess_count"]) {
      const { rows } = await client.query(`select from vault.${table}`);
      assert.equal(rows.length, 0, table);
    }
  } finally {
    await client.end();
  }
});
