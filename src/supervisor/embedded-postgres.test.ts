// The embedded server keeps every value out of its log, also when statements fail, and nobody comes in without SCRAM.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import pg from "pg";
import { asSuperuser, clientConfig, type OwnTestServer, startTestServer } from "../../test/harness/server.ts";

const canary = "CanaryValue-7f3a91";

test("no value of a statement reaches the log", async () => {
  const server = await startTestServer();
  try {
    await misuse(server);
    assert.ok(readLog(server).length > 100, "the log was written");
    assert.doesNotMatch(readLog(server), new RegExp(canary));
  } finally {
    await server.stop();
  }
});

test("the same misuse does reach the log with PostgreSQL's own settings", async () => {
  const chatty = { log_min_messages: "warning", log_min_error_statement: "error", log_error_verbosity: "default" };
  const server = await startTestServer({ settings: chatty });
  try {
    await misuse(server);
    assert.match(readLog(server), new RegExp(canary));
  } finally {
    await server.stop();
  }
});

test("a wrong secret, no secret and an unknown role are refused, and nothing listens on TCP", async () => {
  const server = await startTestServer();
  try {
    const good = clientConfig(server, "postgres", "strongroom_vault");
    for (const wrong of [{ password: "x" }, { password: "" }, { user: "strongroom_owner" }, { user: "nobody" }]) {
      await assert.rejects(connectOnce({ ...good, ...wrong }), JSON.stringify(wrong));
    }
    await asSuperuser(server, "postgres", async (admin) => {
      const found = await admin.query(
        `select current_setting('listen_addresses') as tcp, current_setting('data_checksums') as checksums,
           (select string_agg(distinct type || ' ' || auth_method, ',') from pg_hba_file_rules) as rules`,
      );
      assert.deepEqual(found.rows, [{ tcp: "", checksums: "on", rules: "local scram-sha-256" }]);
    });
  } finally {
    await server.stop();
  }
});

function readLog(server: OwnTestServer): string {
  return readFileSync(server.logFile, "utf8");
}

/** Every way in which a statement's value could be quoted: in a text, as a parameter, in a conflict, in a crash. */
async function misuse(server: OwnTestServer): Promise<void> {
  await asSuperuser(server, "postgres", async (admin) => {
    await admin.query("create table probe (name text primary key, amount int check (amount > 0))");
    await admin.query("insert into probe values ($1, 1)", [canary]);
    const failing: readonly (readonly [string, unknown[]])[] = [
      [`select ${canary}`, []],
      [`select '${canary}'::uuid`, []],
      ["select $1::uuid", [canary]],
      ["select $1::int", [canary]],
      ["insert into probe values ($1, 1)", [canary]],
      ["insert into probe values ($1, -1)", [`${canary}-2`]],
      [`do $$ begin raise exception '${canary}'; end $$`, []],
      [`do $$ begin raise warning '${canary}'; end $$`, []],
    ];
    for (const [text, values] of failing) await admin.query(text, values).catch(() => undefined);
  });
  // A backend that is killed in the midst of a statement makes the server report what it was doing.
  const victim = new pg.Client(clientConfig(server, "postgres", "postgres"));
  victim.on("error", () => undefined);
  await victim.connect();
  const pid = (await victim.query<{ pid: number }>("select pg_backend_pid() as pid")).rows[0]?.pid ?? 0;
  const running = victim.query(`select pg_sleep(30), '${canary}'`).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 200));
  process.kill(pid, "SIGKILL");
  await running;
  await victim.end().catch(() => undefined);
  await until(() => /terminated by signal 9|server process/.test(readLog(server)));
}

async function connectOnce(config: pg.ClientConfig): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  await client.end();
}

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !holds() && Date.now() < end;) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
