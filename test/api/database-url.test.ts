// The product on a PostgreSQL of the system, version 15 or newer, through DATABASE_URL.
import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { findDebianPostgres, startDebianPostgres } from "../harness/debian-postgres.ts";
import { startSystem } from "../harness/system.ts";

const skip = findDebianPostgres() === undefined ? "no PostgreSQL of the system is installed" : false;

test("it starts twice on the system's PostgreSQL; its users without rights get the remedy", { skip }, async () => {
  const server = await startDebianPostgres();
  try {
    const first = await startSystem({ env: { DATABASE_URL: server.url }, keep: true });
    assert.equal((await fetch(first.origin)).status, 200);
    assert.equal(first.pids.postgres, 0, "the embedded server was not started");
    assert.equal(await first.stop(), 0);
    const second = await startSystem({ folder: first.folder, env: { DATABASE_URL: server.url } });
    assert.equal((await fetch(second.origin)).status, 200);
    assert.equal(await second.stop(), 0);

    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    await admin.query("create role weak login password 'weak'");
    await admin.query("create database weakly owner weak");
    await admin.end();
    const weak = server.url.replace("postgres:throwaway", "weak:weak").replace(/crm$/, "weakly");
    await assert.rejects(
      startSystem({ env: { DATABASE_URL: weak } }),
      /weak.*may not do what a start needs.*createrole/s,
    );
    const gone = server.url.replace(/:\d+\/crm$/, ":1/crm");
    await assert.rejects(startSystem({ env: { DATABASE_URL: gone } }), /cannot be reached/);
  } finally {
    await server.stop();
  }
});
