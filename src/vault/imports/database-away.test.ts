// A database that goes away delays imports and the filling of the search projection, and stops neither for good.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openImports } from "./open-imports.ts";
import { SearchFilling } from "../records/search-filling.ts";
import { type TestRoom, testRoom } from "./test-room.ts";

const pauses = { first: 10, longest: 50 };
let room: TestRoom;
before(async () => {
  room = await testRoom();
  await room.imports.close();
  room.imports = openImports(room.records, { ...room.importOptions, pauses });
});
after(() => room.close());

/** Waits for a state, not for time. */
async function until(fits: () => boolean): Promise<void> {
  while (!fits()) await sleep(10);
}

test("an import whose failure cannot even be written down goes on when the database is back", async () => {
  const size = 3000;
  const lines = Array.from({ length: size }, (_, index) => `Away ${index}`);
  const job = await room.check(room.owner, "account", `name\n${lines.join("\n")}\n`);
  const { object, id, version } = job;
  await room.do(room.owner, "import.start", { object, id, version });
  const before = room.errors.length;
  // Five tries that fail for a reason nobody foresaw, and the sixth failure is that of recording it.
  await room.base.away(() => until(() => room.errors.length >= before + 6));
  const done = await room.settled(room.owner, job);
  assert.deepEqual([done.state, done.counts], ["done", { created: size, updated: 0, skipped: 0, bad: 0 }]);
  assert.equal((await room.byName("account")).size, size);
});

test("interrupted imports are asked for until the database answers", async () => {
  const job = await room.check(room.owner, "account", "name\nLater 1\nLater 2\n");
  const { object, id, version } = job;
  await Promise.all([room.do(room.owner, "import.start", { object, id, version }), room.imports.close()]);
  assert.equal((await room.do(room.owner, "import.status", { object, id })).state, "running");
  room.imports = openImports(room.records, { ...room.importOptions, pauses });
  const before = room.errors.length;
  let resumed: Promise<void> | undefined;
  await room.base.away(async () => {
    resumed = room.imports.resume();
    await until(() => room.errors.length > before);
  });
  await resumed;
  assert.equal((await room.settled(room.owner, job)).state, "done");
});

test("a search projection that could not be filled is filled when the database is back", async () => {
  const failures: unknown[] = [];
  const results: { rows: number; broken: number }[] = [];
  const filling = new SearchFilling({
    records: room.records,
    done: (result) => results.push(result),
    failed: (error) => failures.push(error),
  });
  await room.records.search.restart();
  assert.equal(room.records.search.ready("account").ready, false);
  let filled: Promise<void> | undefined;
  await room.base.away(async () => {
    filled = filling.fill();
    await until(() => failures.length > 1);
  });
  await filled;
  assert.equal(results.length, 1);
  assert.equal(results[0]?.broken, 0);
  assert.deepEqual(
    [room.records.search.ready("account").ready, room.records.search.ready("contact").ready],
    [true, true],
  );
  filling.close();
});
