// The whole company to a file and back, as its owner and its operator do it: what was acknowledged is in it, nobody reads
// anything in it, a wrong kit or a damaged file is told and leaves nothing, and a kill at any point leaves nothing half.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { BackupProblem } from "../../src/continuity/backup-problem.ts";
import type { BackupManifest } from "../../src/continuity/backup-format.ts";
import { verifyBackup } from "../../src/continuity/read-backup.ts";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { restorePartBytes } from "../../src/contract/restore-verbs.ts";
import type { RecordView } from "../../src/contract/record-verbs.ts";
import { newRootKey, readKeyFile, type RootKeyFile } from "../../src/vault/keys/key-file.ts";
import { recoveryKit } from "../../src/vault/keys/recovery-kit.ts";
import { type Company, refusal, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";
import { loadDevice, saveDevice } from "../harness/saved-device.ts";
import { freePort, startSystem } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";
import { totpOf } from "../harness/totp.ts";
import { verifySystem } from "../security/verify-system.ts";

const cli = path.resolve(import.meta.dirname, "../../src/cli/strongroom.ts");

interface State {
  readonly folders: readonly {
    readonly folder: string;
    readonly sharesDisk: boolean;
    readonly freeBytes: number | null;
  }[];
  readonly running: { readonly share: number } | null;
  readonly last: {
    readonly folder: string;
    readonly file: string;
    readonly records: number;
    readonly bytes: number;
  } | null;
  readonly failure: { readonly problem: string } | null;
}

interface Entry {
  readonly action: string;
  readonly result: string;
}

let company: Company;
let key: RootKeyFile;
let folder: string;
let file: string;
let manifest: BackupManifest;
const made: string[] = [];

before(async () => {
  company = await startCompany({ admin: true });
  key = readKeyFile(path.join(company.system.keysDir, "root.key"));
});
after(async () => {
  await company.stop();
  for (const one of made) rmSync(one, { recursive: true, force: true });
});

function state(): Promise<State> {
  return company.people.owner.client.request<State>("GET", "/api/backups");
}

/** Presses the button and waits until it is made. */
async function backUp(to = folder): Promise<string> {
  const before = (await state()).last?.file;
  await company.people.owner.client.request("POST", "/api/backups", { folder: to });
  await eventually("the backup is made", async () => {
    const { running, last, failure } = await state();
    assert.equal(failure, null);
    return running === null && last !== null && last.file !== before;
  });
  const { last } = await state();
  return path.join(last?.folder ?? "", last?.file ?? "");
}

describe("a backup", () => {
  const late = crypto.randomUUID();

  test("is made by a button, of all that was acknowledged before, while people work", async () => {
    const { owner, east1 } = company.people;
    const { folders, last } = await state();
    assert.equal(last, null);
    folder = folders[0]?.folder ?? "";
    assert.equal(folder, `${company.system.dataDir}-backups`);
    assert.equal(folders[0]?.sharesDisk, true);
    await east1.client.request("POST", "/api/records/account", { id: late, values: { name: "最后一刻有限公司" } });
    let writing = true;
    const work = (async () => {
      let written = 0;
      for (; writing; written += 1)
        await east1.client.request("POST", "/api/records/account", { values: { name: `while ${written}` } });
      return written;
    })();
    file = await backUp();
    writing = false;
    assert.ok((await work) > 0);
    ({ manifest } = await verifyBackup(file, key));
    await eventually("the log tells of both", async () => {
      const { entries } = await owner.client.request<{ entries: Entry[] }>("POST", "/api/ledger/query", { limit: 50 });
      const acts = new Set(entries.map(({ action, result }) => `${action} ${result}`));
      return acts.has("backup.make ok") && acts.has("backup.finish ok");
    });
  });

  test("holds every table of the product, and says how many rows each has", async () => {
    const again = await verifyBackup(await backUp(), key);
    const { rows: tables } = await company.admin!.query<{ name: string }>(
      "select schemaname || '.' || tablename as name from pg_tables where schemaname in ('vault', 'keys', 'office')",
    );
    const told = new Map(again.manifest.parts.map(({ name, rows }) => [name, rows]));
    assert.deepEqual(
      tables.map(({ name }) => name).filter((name) => !told.has(name)),
      [],
    );
    // Tables that nobody writes to while this test looks.
    for (const name of [
      "vault.record_account",
      "vault.record_user",
      "vault.device",
      "vault.role",
      "keys.subject_key",
    ]) {
      const { rows } = await company.admin!.query<{ count: string }>(`select count(*) from ${name}`);
      assert.equal(told.get(name), Number(rows[0]?.count), name);
    }
    assert.equal([...told.keys()].filter((name) => name.startsWith("keystore/")).length, 1);
  });

  test("shows nobody's name or number, and its own name shows none", () => {
    const bytes = readFileSync(file);
    const values = [...company.accounts, ...company.contacts].flatMap(({ name, phone }) => [
      name,
      phone,
      phone.slice(3),
    ]);
    for (const value of [...values, "王小明", "北京金库科技有限公司", "owner@company.example", "salesperson"])
      for (const encoding of ["utf8", "utf16le"] as const)
        assert.equal(bytes.indexOf(Buffer.from(value, encoding)), -1, `${value} in ${encoding}`);
    assert.match(path.basename(file), /^strongroom-[0-9a-f]{8}-\d{8}T\d{9}Z\.backup$/);
  });

  test("is nothing to who may not, and goes nowhere but to the folders of the settings", async () => {
    for (const person of [company.people.east1, company.people.manager, company.people.auditor]) {
      assert.equal((await refusal(person.client.request("POST", "/api/backups", { folder }))).code, "not_allowed");
      assert.equal((await refusal(person.client.request("GET", "/api/backups"))).code, "not_allowed");
    }
    const elsewhere = company.people.owner.client.request("POST", "/api/backups", { folder: "/tmp" });
    assert.equal((await refusal(elsewhere)).code, "backup_folder");
    assert.ok(await company.people.administrator.client.request("GET", "/api/backups"));
  });

  test("is refused when any byte is another, when it ends early or goes on, and under another key", async () => {
    const bytes = readFileSync(file);
    const copy = `${file}.changed`;
    const refused = async (content: Uint8Array, what: string): Promise<void> => {
      writeFileSync(copy, content);
      await assert.rejects(verifyBackup(copy, key), BackupProblem, what);
    };
    // All of the lines and the header, then some of everything.
    const places = [
      ...Array(260).keys(),
      ...Array.from({ length: 200 }, () => Math.floor(Math.random() * bytes.length)),
    ];
    for (const at of places) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await refused(changed, `byte ${at}`);
    }
    for (let part = 0; part < 50; part += 1)
      await refused(bytes.subarray(0, (bytes.length * part) / 50), `part ${part}`);
    await refused(bytes.subarray(0, -1), "without its last byte");
    await refused(Buffer.concat([bytes, Buffer.alloc(1)]), "with one byte more");
    rmSync(copy);
    const foreign = { ...newRootKey(key.installationId) };
    await assert.rejects(verifyBackup(file, foreign), { fault: "wrong_kit" });
  });

  test("that is killed leaves nothing that passes for one, and the next one clears up", async () => {
    const held = await company.admin!.connect();
    await held.query("begin; lock table vault.session in access exclusive mode");
    const unfinished = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".unfinished"));
    const before = readdirSync(folder).length;
    const asked = run(["backup", "now"], company.system.env);
    await eventually("it is being written", () => unfinished().length === 1);
    company.system.kill("vault");
    await held.query("rollback");
    held.release();
    assert.notEqual(await asked.code, 0);
    assert.equal(readdirSync(folder).length, before + 1);
    await eventually("the vault is back", () =>
      state().then(
        () => true,
        () => false,
      ),
    );
    await backUp();
    assert.deepEqual(unfinished(), []);
  });
});

describe("the command line", () => {
  const elsewhere = makeFolder();
  made.push(elsewhere);

  test("makes one in a folder of the operator's choice, and says in both languages what is wrong", async () => {
    const { env } = company.system;
    const to = path.join(elsewhere, "usb");
    const done = await run(["backup", "now", "--to", to, "--language", "zh"], env).done;
    assert.equal(done.code, 0, done.text);
    assert.match(done.text, /条记录.*已通过完整性检查/);
    assert.equal(readdirSync(to).length, 1);
    for (const [language, text] of [
      ["zh", /没有写入权限/],
      ["en", /may not write/],
    ] as const) {
      const refused = await run(["backup", "now", "--to", "/proc/nowhere", "--language", language], env).done;
      assert.equal(refused.code, 1);
      assert.match(refused.text, text);
    }
  });

  test("verifies with the key that lies there, and with the kit's words where none does", async () => {
    const there = await run(["backup", "verify", file, "--language", "en"], company.system.env).done;
    assert.equal(there.code, 0, there.text);
    assert.match(there.text, new RegExp(`${manifest.records} records`));
    const away = { ...company.system.env, STRONGROOM_KEYS: path.join(elsewhere, "no-keys") };
    const words = recoveryKit(key).words.join(" ");
    assert.equal((await run(["backup", "verify", file], away, `${words}\n`).done).code, 0);
    const other = recoveryKit(newRootKey(crypto.randomUUID())).words.join("\n");
    for (const [language, text] of [
      ["zh", /恢复套件与这份备份不符/],
      ["en", /belongs to another installation/],
    ] as const) {
      const refused = await run(["backup", "verify", file, "--language", language], away, `${other}\n`).done;
      assert.equal(refused.code, 1);
      assert.match(refused.text, text);
    }
    const mistyped = await run(
      ["backup", "verify", file, "--language", "en"],
      away,
      `${words.replace(/^\w+/u, "zzzzz")}\n`,
    );
    assert.match((await mistyped.done).text, /not on the list of recovery words \(1\)/);
  });
});

describe("a restore", () => {
  let home: string;
  let devices: { owner: object; east1: object } | undefined;
  let env: Record<string, string>;
  const words = (): string =>
    `${recoveryKit(key)
      .words.map((word) => word.slice(0, 4))
      .join("\n")}\n`;

  before(async () => {
    home = makeFolder();
    made.push(home);
    const { PATH = "", HOME = "" } = company.system.env;
    env = {
      PATH,
      HOME,
      STRONGROOM_DATA: path.join(home, "data"),
      STRONGROOM_KEYS: path.join(home, "keys"),
      STRONGROOM_PORT: String(await freePort()),
    };
  });

  /** Nothing of a company: no database, no key. */
  function assertEmpty(): void {
    const data = path.join(home, "data");
    const found = existsSync(data) ? readdirSync(data) : [];
    assert.deepEqual(
      found.filter((name) => ["postgres", "restoring"].includes(name)),
      [],
    );
    assert.deepEqual(existsSync(path.join(home, "keys")) ? readdirSync(path.join(home, "keys")) : [], []);
  }

  test("of a damaged file, under another kit or into a folder with data changes nothing", async () => {
    const changed = path.join(home, "changed.backup");
    const bytes = readFileSync(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    writeFileSync(changed, bytes);
    const damaged = await run(["restore", changed, "--language", "zh"], env, words()).done;
    assert.equal(damaged.code, 1);
    assert.match(damaged.text, /已损坏或不完整/);
    assertEmpty();
    const other = recoveryKit(newRootKey(key.installationId)).words.join(" ");
    assert.match(
      (await run(["restore", file, "--language", "en"], env, `${other}\n`).done).text,
      /another installation/,
    );
    assertEmpty();
    const full = await run(["restore", file, "--language", "zh"], { ...env, STRONGROOM_DATA: company.system.dataDir })
      .done;
    assert.match(full.text, /已有数据/);
    assert.match((await run(["restore", `${file}.none`, "--language", "en"], env).done).text, /no such file/);
  });

  test("that is killed leaves nothing half, wherever it was", async () => {
    const staging = path.join(home, "data/restoring");
    for (const reached of ["postgres/PG_VERSION", "postgres/postmaster.pid", "keystore"]) {
      const restoring = run(["restore", file], env, words());
      await eventually(reached, () => existsSync(path.join(staging, reached)));
      restoring.child.kill("SIGKILL");
      await restoring.done;
      assert.equal(existsSync(path.join(home, "data/postgres")), false);
      assert.equal(existsSync(path.join(home, "keys/root.key")), false);
    }
  });

  test("gives the same company on another machine, with the words of the kit alone", async () => {
    const { owner, east1 } = company.people;
    devices = { owner: await saveDevice(owner.client), east1: await saveDevice(east1.client) };
    const read = async (client: typeof owner.client, id: string, object = "account"): Promise<RecordView> =>
      (await client.request<{ record: RecordView }>("GET", `/api/records/${object}/${id}`)).record;
    const wanted = [company.accounts[2]!, company.contacts[2]!];
    const before = [await read(east1.client, wanted[0]!.id), await read(east1.client, wanted[1]!.id, "contact")];
    await company.system.stop();

    const restored = await run(["restore", file, "--language", "en"], env, words()).done;
    assert.equal(restored.code, 0, restored.text);
    assert.deepEqual(
      readdirSync(path.join(home, "data")).filter((name) => name === "restoring"),
      [],
    );
    const witnessed = path.join(home, "checkpoint");
    mkdirSync(home, { recursive: true });
    writeFileSync(witnessed, manifest.ledger?.note ?? "");

    const system = await startSystem({ folder: home });
    try {
      assert.equal(system.enrolmentCode, undefined);
      const verdict = await verifySystem(system, ["--witnessed", witnessed]);
      assert.deepEqual(verdict.findings, []);
      assert.equal(verdict.witnessedSize, manifest.ledger?.size);
      const client = await loadDevice(devices!.east1, system.origin);
      assert.equal((await refusal(read(client, wanted[0]!.id))).code, "session_ended");
      const { deviceId } = client;
      await client.signIn({ email: east1.email, password: east1.password, totp: totpOf(east1.totpSecret) });
      assert.equal(client.deviceId, deviceId);
      const now = [await read(client, wanted[0]!.id), await read(client, wanted[1]!.id, "contact")];
      assert.deepEqual(now, before);
      const phone = { field: "phone" };
      assert.deepEqual(await client.request("POST", `/api/records/account/${wanted[0]!.id}/reveal`, phone), {
        value: wanted[0]!.phone,
      });
      await system.waitFor(({ event }) => event === "search-ready", 60_000);
      const { groups } = await client.request<{ groups: { items: unknown[] }[] }>("POST", "/api/search", {
        text: "最后一刻",
      });
      assert.equal(groups.flatMap(({ items }) => items).length, 1);
      const ownersOwn = await loadDevice(devices!.owner, system.origin);
      await ownersOwn.signIn({ email: owner.email, password: owner.password, totp: totpOf(owner.totpSecret) });
      const { entries } = await ownersOwn.request<{ entries: { action: string }[] }>("POST", "/api/ledger/query", {
        action: "backup.restored",
        limit: 10,
      });
      assert.equal(entries.length, 1);
      assert.ok(await client.request("POST", "/api/records/account", { values: { name: "life goes on" } }));
      ownersOwn.close();
      client.close();
    } finally {
      await system.stop();
    }
  });

  test("from the browser, under the console's code, takes the place of an installation without a company", async () => {
    const { east1 } = company.people;
    const device = devices!.east1;
    const system = await startSystem();
    try {
      const code = system.enrolmentCode ?? "";
      const stranger = await DeviceClient.create(system.origin);
      const ask = <T>(what: string, body: object): Promise<T> =>
        stranger.requestWithKey<T>(`/api/restore/${what}`, { code, ...body });
      const send = async (bytes: Buffer): Promise<void> => {
        for (let index = 0; index * restorePartBytes < bytes.length; index += 1) {
          const part = bytes.subarray(index * restorePartBytes, (index + 1) * restorePartBytes);
          await ask("part", { index, data: part.toString("base64") });
        }
      };
      const bytes = readFileSync(file);
      const right = recoveryKit(key).words.join(" ");
      const data = Buffer.from("x").toString("base64");
      for (const body of [{ code: "AAAA-AAAA-AAAA-AAAA", index: 0, data }])
        assert.equal((await refusal(ask("part", body))).code, "code_invalid");
      assert.equal((await refusal(ask("part", { index: 3, data }))).code, "conflict");
      assert.equal((await refusal(ask("begin", { words: right }))).code, "backup_unknown");
      await send(Buffer.from("PK no backup at all"));
      assert.equal((await refusal(ask("begin", { words: right }))).code, "backup_unknown");
      const damaged = Buffer.from(bytes);
      damaged[damaged.length - 100] = (damaged[damaged.length - 100] ?? 0) ^ 1;
      await send(damaged);
      assert.equal((await refusal(ask("begin", { words: "one two three" }))).code, "kit_words");
      const other = recoveryKit(newRootKey(crypto.randomUUID())).words.join(" ");
      assert.equal((await refusal(ask("begin", { words: other }))).code, "backup_wrong_kit");
      await ask("begin", { words: right });
      const failed = await eventually("it is read", async () => {
        const told = await ask<{ stage: string; problem: string | null }>("state", {});
        return told.stage === "failed" && told;
      });
      assert.equal(failed.problem, "backup_damaged");

      await send(bytes);
      await ask("begin", { words: right });
      await system.waitFor(({ event }) => event === "restored", 60_000);
      await eventually(
        "it has started again",
        () => system.events.filter(({ event }) => event === "ready").length === 2,
      );
      assert.equal(JSON.stringify(system.events).includes(key.rootKey.toString("base64")), false);
      assert.equal((await refusal(ask("state", {}))).code, "code_invalid");
      stranger.close();
      const client = await loadDevice(device, system.origin);
      await client.signIn({ email: east1.email, password: east1.password, totp: totpOf(east1.totpSecret) });
      assert.ok(await client.request("GET", `/api/records/account/${company.accounts[2]!.id}`));
      client.close();
      assert.deepEqual(readKeyFile(path.join(system.keysDir, "root.key")).rootKey, key.rootKey);
      assert.equal((await verifySystem(system)).ok, true);
      assert.equal(existsSync(path.join(system.dataDir, "vault/incoming.backup")), false);
    } finally {
      await system.stop();
    }
  });
});

interface Run {
  readonly child: ChildProcess;
  readonly code: Promise<number>;
  readonly done: Promise<{ readonly code: number; readonly text: string }>;
}

function run(args: readonly string[], env: Readonly<Record<string, string>>, input = ""): Run {
  const child = spawn(process.execPath, [cli, ...args], { env: { ...env }, stdio: ["pipe", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  child.stdin.on("error", () => undefined).end(input);
  const done = once(child, "close").then(([code]) => ({ code: Number(code ?? -1), text }));
  return { child, code: done.then(({ code }) => code), done };
}
