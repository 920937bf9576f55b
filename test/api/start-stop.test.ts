// The whole product from outside: start, stop, refusals, and recovery after any of its processes is killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { isAlive, userIds } from "../../src/supervisor/process-table.ts";
import { eventually } from "../harness/eventually.ts";
import { freePort, type ProcessName, startSystem, type System } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";

const root = path.resolve(import.meta.dirname, "../..");
const isRoot = process.getuid?.() === 0;
const folder = makeFolder();
after(() => rmSync(folder, { recursive: true, force: true }));
const parts: readonly ProcessName[] = ["supervisor", "postgres", "vault", "office"];

test("a first start makes key and data, a stop leaves no process, a later start finds them again", async () => {
  const first = await startSystem({ folder });
  assert.match(first.enrolmentCode ?? "", /^[0-9A-Z-]{12,}$/);
  assert.equal(await status(first), 200);
  const key = path.join(first.keysDir, "root.key");
  assert.deepEqual([mode(key), mode(first.keysDir)], [0o600, 0o700]);
  const text = readFileSync(key, "utf8");
  const pids = Object.values(first.pids);
  assert.equal(await first.stop(), 0);
  assert.deepEqual(pids.filter(isAlive), []);
  const second = await startSystem({ folder });
  assert.equal(await status(second), 200);
  assert.equal(readFileSync(key, "utf8"), text);
  // One Ctrl-C arrives twice under npm: from the terminal, and passed on.
  const running = Object.values(second.pids);
  process.kill(second.pids.supervisor, "SIGINT");
  assert.equal(await second.stop(), 0);
  assert.deepEqual(running.filter(isAlive), []);
});

test("the processes run as users of their own, or the start says that they do not", async (t) => {
  const system = await startSystem({ folder });
  t.after(() => system.stop());
  const ready = await system.waitFor(({ event }) => event === "ready");
  assert.equal(ready["separation"], isRoot ? "separated users" : "reduced separation");
  if (!isRoot) return;
  const ids = (["postgres", "vault", "office"] as const).map((name) => userIds(system.pids[name])?.[0]);
  assert.equal(new Set([0, ...ids]).size, 4);
});

test("nothing secret stands in arguments or environments, and no process dumps core", async (t) => {
  const system = await startSystem({ folder });
  t.after(() => system.stop());
  const secret = /key ([\w-]{43})/.exec(readFileSync(path.join(system.keysDir, "root.key"), "utf8"))?.[1] ?? "missing";
  for (const name of parts) {
    const seen = ["cmdline", "environ"].map((file) => readFileSync(`/proc/${system.pids[name]}/${file}`, "latin1"));
    assert.ok(seen.join().length > 20, "there was something to read");
    assert.doesNotMatch(seen.join(), /password|SCRAM-SHA|postgres:\/\//i, name);
    assert.ok(!seen.join().includes(secret), name);
    if (name === "supervisor") continue;
    const limits = readFileSync(`/proc/${system.pids[name]}/limits`, "utf8");
    assert.match(limits, /Max core file size\s+0\s+0/, name);
  }
});

test("a second start on the same data folder is told who runs there", async (t) => {
  const system = await startSystem({ folder });
  t.after(() => system.stop());
  const { code, output } = await runToEnd({ ...system.env, STRONGROOM_PORT: String(await freePort()) });
  assert.equal(code, 1);
  assert.match(output, new RegExp(`already running on .* \\(process ${system.pids.supervisor}\\)`));
  assert.equal(await status(system), 200, "the first one still serves");
});

test("a taken port, a lost key and TLS left out are refused with the remedy, and nothing stays behind", async () => {
  const port = await freePort();
  const taken = createServer().listen(port, "127.0.0.1");
  await once(taken, "listening");
  const env = { STRONGROOM_DATA: path.join(folder, "data"), STRONGROOM_KEYS: path.join(folder, "keys") };
  const busy = await runToEnd({ ...env, STRONGROOM_PORT: String(port) });
  taken.close();
  assert.match(busy.output, /taken by another program.*STRONGROOM_PORT/);
  const elsewhere = path.join(folder, "other-keys");
  const lost = await runToEnd({ ...env, STRONGROOM_KEYS: elsewhere, STRONGROOM_PORT: String(port) });
  assert.match(lost.output, /root key .* is missing.*\n.*STRONGROOM_KEYS.*recovery kit/);
  assert.deepEqual(readdirSync(elsewhere), [], "no new key was made in its place");
  const open = await runToEnd({ ...env, STRONGROOM_HOST: "0.0.0.0", STRONGROOM_PORT: String(port) });
  assert.match(open.output, /TLS only/);
  assert.deepEqual([busy.code, lost.code, open.code], [1, 1, 1]);
});

test("a data folder that other users cannot reach is refused when started as root", { skip: !isRoot }, async (t) => {
  const closed = mkdtempSync(path.join(tmpdir(), "strongroom-closed-"));
  t.after(() => rmSync(closed, { recursive: true }));
  chmodSync(closed, 0o700);
  mkdirSync(path.join(closed, "keys"));
  const env = { STRONGROOM_DATA: path.join(closed, "data"), STRONGROOM_KEYS: path.join(closed, "keys") };
  const { code, output } = await runToEnd({ ...env, STRONGROOM_PORT: String(await freePort()) });
  assert.equal(code, 1);
  assert.match(output, /closed to other users.*\n.*chmod o\+x/);
});

test("a killed vault, office or database is started again and the product serves", async (t) => {
  const system = await startSystem({ folder });
  t.after(() => system.stop());
  for (const name of ["office", "vault", "postgres"] as const) {
    const before = system.pids[name];
    system.kill(name);
    await eventually(`${name} is started again`, () => system.pids[name] !== before);
    await eventually(`it serves after ${name} was killed`, async () => (await status(system)) === 200);
    assert.ok(isAlive(system.pids[name]));
  }
});

test("a killed supervisor takes vault and office along, and the next start recovers", async () => {
  for (let round = 0; round < 3; round += 1) {
    const system = await startSystem({ folder });
    const { vault, office, postgres, supervisor } = system.pids;
    system.kill("supervisor");
    await eventually(
      "vault and office end by themselves",
      () => !isAlive(vault) && !isAlive(office) && !isAlive(supervisor),
    );
    assert.ok(isAlive(postgres), "the database was left behind, which the next start must deal with");
    const next = await startSystem({ folder });
    assert.equal(isAlive(postgres), false);
    assert.equal(await status(next), 200);
    assert.equal(await next.stop(), 0);
  }
});

test("when all are killed at once the next start recovers", async () => {
  const system = await startSystem({ folder });
  for (const name of parts) system.kill(name);
  const next = await startSystem({ folder });
  assert.equal(await status(next), 200);
  assert.equal(await next.stop(), 0);
});

test("the command line verifies the ledger while the product runs and while it does not", async () => {
  const system = await startSystem({ folder });
  const running = await runToEnd(system.env, "src/cli/strongroom.ts", "ledger", "verify");
  await system.stop();
  const stopped = await runToEnd(system.env, "src/cli/strongroom.ts", "ledger", "verify");
  for (const { code, output } of [running, stopped]) {
    assert.equal(code, 0, output);
    assert.match(output, /^VERIFIED/m);
  }
});

test("the recovery kit brings the key file back, and a wrong word is named", async () => {
  const env = { STRONGROOM_DATA: path.join(folder, "data"), STRONGROOM_KEYS: path.join(folder, "keys") };
  const { output } = await runToEnd(env, "src/cli/strongroom.ts", "kit", "print", "--language", "en");
  const installation = /Installation\s+(\S+)/.exec(output)?.[1] ?? "";
  const check = /Check code\s+(\S+)/.exec(output)?.[1] ?? "";
  const words = [...output.matchAll(/\b(\d+)\. ([a-z]{3,8})\b/g)]
    .filter(([, number]) => Number(number) >= 1 && Number(number) <= 24)
    .sort((a, b) => Number(a[1]) - Number(b[1]))
    .map(([, , word]) => word ?? "")
    .slice(0, 24);
  assert.equal(words.length, 24, output);
  const restored = path.join(folder, "restored-keys");
  const restore = (typed: readonly string[]) =>
    runWithInput(
      `${installation}\n${typed.join(" ")}\n${check}\n`,
      { ...env, STRONGROOM_KEYS: restored },
      "kit",
      "restore",
    );
  const wrong = await restore(words.with(4, "zzzzz"));
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.output, /words 5/);
  const right = await restore(words);
  assert.equal(right.code, 0, right.output);
  const file = (keys: string): string => readFileSync(path.join(keys, "root.key"), "utf8");
  assert.equal(file(restored), file(env.STRONGROOM_KEYS));
});

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

async function status(system: System): Promise<number> {
  try {
    return (await fetch(`${system.origin}/`, { signal: AbortSignal.timeout(5000) })).status;
  } catch {
    return 0;
  }
}

function runToEnd(
  env: Readonly<Record<string, string>>,
  script = "src/supervisor/main.ts",
  ...args: readonly string[]
): Promise<{ code: number | null; output: string }> {
  return runScript("", env, script, ...args);
}

function runWithInput(
  input: string,
  env: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<{ code: number | null; output: string }> {
  return runScript(input, env, "src/cli/strongroom.ts", ...args);
}

async function runScript(
  input: string,
  env: Readonly<Record<string, string>>,
  script: string,
  ...args: readonly string[]
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: folder, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, output };
}
