// `strongroom doctor` on a real installation: running, stopped, and with one thing after the other made wrong.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openSuperuser } from "../security/superuser.ts";
import { startSystem, type System } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";

const root = path.resolve(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
const folder = makeFolder();
let system: System;

before(async () => {
  system = await startSystem({ folder });
});
after(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function doctor(
  language: "zh" | "en",
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; output: string }> {
  const script = path.join(root, "src/cli/strongroom.ts");
  const child = spawn(process.execPath, [script, "doctor", "--language", language], {
    env: { ...system.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const [code] = await once(child, "close");
  return { code, output };
}

test("a running installation is well, in both languages", async () => {
  const english = await doctor("en");
  assert.equal(english.code, 0, english.output);
  for (const said of [
    /\[ok\] root key: .*root\.key is whole/u,
    /\[ok\] data folder: .* is closed to others/u,
    /\[warning\] place of the key: keys and data lie under one folder/u,
    /\[ok\] database: PostgreSQL \d+/u,
    /\[ok\] clock: /u,
    /\[ok\] audit log: all \d+ entries verify/u,
    /what to do: set STRONGROOM_KEYS to another place/u,
    /, 0 wrong\./u,
  ])
    assert.match(english.output, said);
  const chinese = await doctor("zh");
  assert.equal(chinese.code, 0, chinese.output);
  assert.match(chinese.output, /\[正常\] 审计日志: \d+ 条记录全部通过校验/u);
  assert.match(chinese.output, /怎么办：/u);
});

test("what was changed in the log is found while the product runs", async (t) => {
  const admin = await openSuperuser(system);
  t.after(() => admin.end());
  const set =
    "update vault.ledger_entry set action = $1 where position = (select min(position) from vault.ledger_entry)";
  const first = "select action from vault.ledger_entry order by position limit 1";
  const { rows } = await admin.query<{ action: string }>(first);
  await admin.query(set, ["something.else"]);
  const { code, output } = await doctor("en");
  await admin.query(set, [rows[0]?.action]);
  assert.equal(code, 1, output);
  assert.match(output, /\[WRONG\] audit log: \d+ findings/u);
});

test("settings, modes and keys that are wrong are named with the remedy, and each makes the exit code 1", async () => {
  await system.stop();
  assert.equal((await doctor("en")).code, 0, "the embedded database is started for it");
  const key = path.join(system.keysDir, "root.key");
  const withMode = async (file: string, mode: number, expected: RegExp): Promise<void> => {
    const before = statSync(file).mode & 0o777;
    chmodSync(file, mode);
    const { code, output } = await doctor("en");
    chmodSync(file, before);
    assert.equal(code, 1, output);
    assert.match(output, expected);
  };
  await withMode(key, 0o644, /\[WRONG\] root key: .*\n.*chmod 600 /u);
  await withMode(system.dataDir, 0o755, /\[WRONG\] data folder: .* has mode 755.*\n.*chmod 7[05]0 /u);
  await withMode(path.join(system.dataDir, "keystore"), 0o750, /\[WRONG\] data folder: .*keystore has mode 750/u);
  await withMode(path.join(system.dataDir, "run"), 0o777, /\[WRONG\] sockets: .*may be changed by other users/u);

  renameSync(key, `${key}.away`);
  const lost = await doctor("zh");
  renameSync(`${key}.away`, key);
  assert.equal(lost.code, 1);
  assert.match(lost.output, /\[有问题\] 根密钥: .*不存在[^]*kit restore/u);

  const inside = path.join(system.dataDir, "keys");
  renameSync(system.keysDir, inside);
  const within = await doctor("en", { STRONGROOM_KEYS: inside });
  renameSync(inside, system.keysDir);
  assert.equal(within.code, 1);
  assert.match(within.output, /\[WRONG\] place of the key: it lies in the data folder/u);

  for (const [env, expected] of [
    [{ STRONGROOM_HOST: "0.0.0.0" }, /\[WRONG\] settings: [^]*TLS only/u],
    [{ STRONGROOM_TRUSTED_PROXIES: "10.0.0.1" }, /\[WRONG\] settings: [^]*STRONGROOM_ORIGIN as well/u],
    [{ DATABASE_URL: "postgres://u:p@127.0.0.1:1/none" }, /\[WRONG\] database: does not answer: .*ECONNREFUSED/u],
  ] as const) {
    const { code, output } = await doctor("en", env);
    assert.equal(code, 1, output);
    assert.match(output, expected);
  }
  const proxied = await doctor("en", { STRONGROOM_ORIGIN: "https://crm.example.com" });
  assert.equal(proxied.code, 0, "a thing to look at is not wrong");
  assert.match(proxied.output, /\[warning\] proxies: .*\n.*STRONGROOM_TRUSTED_PROXIES=127\.0\.0\.1/u);
  assert.equal((await doctor("en")).code, 0, "nothing of it was left behind");
});

test("another user's data is left alone", { skip: !isRoot }, async () => {
  const { uid, gid } = statSync(system.dataDir);
  chownSync(system.dataDir, 65_534, gid);
  const { code, output } = await doctor("en");
  assert.deepEqual([statSync(system.dataDir).uid, code], [65_534, 1]);
  assert.match(output, /belongs to user 65534, this command runs as 0[^]*run it as user 65534/u);
  assert.doesNotMatch(output, /database: PostgreSQL/u);
  chownSync(system.dataDir, uid, gid);
});
