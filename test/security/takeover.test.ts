// The office process in an attacker's hands, Node's restrictions off. With users of their own nothing of the vault,
// the keys, the database or the supervisor is in reach, and a request in his hands serves for nothing but itself, once.
// With one user for all, what remains in reach is exactly the list below.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { contentDigest } from "../../src/contract/http-signature.ts";
import { type Company, startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";
import { removeCheckoutForOthers } from "../harness/reachable-checkout.ts";
import { type System } from "../harness/system.ts";
import type { Captured, Frame } from "./takeover-attacks.ts";
import { type Self, type Takeover, startAsOneUser, takenOver, takeoverOf } from "./takeover.ts";
import { verifySystem } from "./verify-system.ts";

const isRoot = process.getuid?.() === 0;
const parts = ["vault", "supervisor", "postgres"] as const;

let company: Company;
let office: Takeover;
/** Begun first, used last: a handle is good for 30 s. */
let old: { begun: string; at: number };

before(async () => {
  company = await startCompany(takenOver());
  office = takeoverOf(company.system);
  // In its first second the vault refuses what was signed before it started; a client's own request waits until then.
  await company.people.east1.client.request("GET", "/api/session");
  const request = await office.steal(() => company.people.east1.client.send("GET", `/api/records/account/${own().id}`));
  const [, begun = ""] = await office.frames("old", [hello, { do: "begin", handle: 1, request }]);
  old = { begun, at: Date.now() };
});
after(async () => {
  await company.stop();
  removeCheckoutForOthers();
});

const hello: Frame = { do: "hello", secret: "real" };

/** An account of east1, and one he may not see. */
const own = () => company.accounts.find(({ of }) => of === "east1")!; // the company has two of them
const foreign = () => company.accounts.find(({ of }) => of === "west1")!; // as above

/** Tries each path; `{ path: "read write" }` of those that gave way. */
async function openFiles(of: Takeover, paths: readonly string[]): Promise<Record<string, string>> {
  const tried = await of.order<Record<string, { read: string; write: string }>>({ do: "files", paths });
  assert.equal(Object.keys(tried).length, paths.length);
  const open = Object.entries(tried).map(([file, ways]) => [
    path.relative(of.system.folder, file),
    Object.entries(ways).flatMap(([way, result]) => (result === "open" ? [way] : [])),
  ]);
  return Object.fromEntries(open.filter(([, ways]) => ways?.length !== 0).map(([file, ways]) => [file, String(ways)]));
}

/** Every file and folder of the system that matters to an attacker. */
function targets({ system, layout }: Takeover): string[] {
  const inside = (folder: string): string[] => readdirSync(folder).map((name) => path.join(folder, name));
  const found = [
    system.keysDir,
    layout.keyFile,
    layout.keystore,
    ...inside(layout.keystore),
    layout.vault,
    layout.postgres,
    path.join(layout.postgres, "global/pg_control"),
    path.join(layout.postgres, "pg_wal"),
    layout.postgresLog,
    layout.postgresSettings,
    path.join(layout.postgresSettings, "pg_hba.conf"),
    path.join(layout.postgresSettings, "postgresql.conf"),
    layout.runtime,
    path.join(system.dataDir, "lock"),
    system.dataDir,
    path.dirname(layout.controlSocket),
    path.dirname(layout.vaultSocket),
    path.dirname(layout.adminSocket),
    layout.postgresSocket,
  ];
  for (const one of found) assert.ok(existsSync(one), one);
  return found;
}

const memory = ["mem", "mem for writing", "environ", "maps", "fd", "fd/3", "cwd", "root", "auxv"] as const;

/** Ways into a process that gave way, and its command line. */
async function openProcess(of: Takeover, pid: number): Promise<{ open: string[]; cmdline: string }> {
  const tried = await of.order<Record<string, string>>({ do: "process", pid });
  assert.deepEqual(Object.keys(tried), [...memory, "cmdline"]);
  return { open: memory.filter((name) => tried[name] === "open"), cmdline: tried["cmdline"] ?? "" };
}

async function openSockets(of: Takeover): Promise<string[]> {
  const open: string[] = [];
  for (const socket of [of.layout.adminSocket, of.layout.controlSocket]) {
    const result = await of.order<string>({ do: "socket", path: socket, send: "audit\n" });
    if (result.startsWith("open")) open.push(`${path.basename(socket)}: ${result.replace(/\d+ bytes/u, "")}`.trim());
  }
  return open;
}

/** What no separation of users guards: roles and their passwords. The same result in both ways of starting. */
async function refuseDatabase(of: Takeover): Promise<void> {
  const { boot } = await of.order<Self>({ do: "self" });
  assert.equal(boot.database.user, "strongroom_office");
  const golden = readFileSync(path.resolve(import.meta.dirname, "../golden/catalogue.txt"), "utf8");
  const tables = [...golden.matchAll(/^((?:vault|keys)\.\w+) forced,/gmu)].map((match) => match[1] ?? "");
  assert.ok(tables.length >= 28);
  const statements = [
    ...tables.flatMap((table) => [
      `select * from ${table}`,
      `insert into ${table} default values`,
      `delete from ${table}`,
    ]),
    "set role strongroom_vault",
    "set role strongroom_owner",
    "set session authorization strongroom_vault",
    "create table office.own (id int)",
    "select * from pg_authid",
    "select pg_read_file('pg_hba.conf')",
    "copy (select 1) to program 'id'",
    "alter role strongroom_office superuser",
    "alter role strongroom_vault password 'mine'",
  ];
  const tried = await of.order<Record<string, string>>({ do: "sql", login: {}, statements });
  assert.equal(tried["connect"], "open");
  assert.equal(Object.keys(tried).length, statements.length + 1);
  assert.deepEqual(new Set(Object.values(tried)), new Set(["open", "42501"]));
  assert.deepEqual(
    Object.keys(tried).filter((name) => tried[name]?.startsWith("open")),
    ["connect"],
  );
  for (const user of ["strongroom_vault", "strongroom_audit", "strongroom_owner", "postgres"]) {
    for (const password of [boot.database.password, boot.channelSecret, "", "postgres"]) {
      const { connect } = await of.order<{ connect: string }>({ do: "sql", login: { user, password }, statements: [] });
      assert.notEqual(connect, "open", user);
    }
  }
}

async function standing(system: System): Promise<void> {
  const { client } = company.people.owner;
  await client.request("GET", "/api/session");
  assert.deepEqual(
    system.events.filter(({ event, text }) => event === "warning" && String(text).includes("ended")),
    [],
  );
}

test("the process is the office's user, for good, and holds nothing but the office's own", async () => {
  assert.equal(office.separation, isRoot ? "separated users" : "reduced separation");
  const self = await office.order<Self>({ do: "self" });
  assert.equal(self.permission, false, "Node's restrictions are off");
  assert.deepEqual([self.setuid, self.setgid], ["EPERM", "EPERM"]);
  assert.deepEqual(Object.keys(self.boot).toSorted(), [
    "channelSecret",
    "database",
    ...(isRoot ? ["dropTo"] : []),
    "listen",
    "proxyHeader",
    "publicOrigin",
    "socketPath",
    "trustedProxies",
    "webRoot",
  ]);
  const { dataDir, keysDir } = company.system;
  assert.deepEqual(
    self.files.filter((file) => file.startsWith(dataDir) || file.startsWith(keysDir)),
    [],
  );
});

test("the database shows it nothing and takes no other role's login", async () => {
  await refuseDatabase(office);
});

if (isRoot) {
  test("with users of their own: no file, process, signal or socket of another part gives way", async () => {
    // The settings of the database hold no secret; the folders hold names only.
    assert.deepEqual(await openFiles(office, targets(office)), {
      "data/postgres-settings": "read",
      "data/postgres-settings/pg_hba.conf": "read",
      "data/postgres-settings/postgresql.conf": "read",
      "data/runtime": "read",
      data: "read",
      "data/run": "read",
      "data/run/vault": "read",
      "data/run/postgres": "read",
    });
    const secrets = readFileSync(office.layout.keyFile, "utf8").match(/[\w+/=-]{32,}/gu) ?? [];
    assert.ok(secrets.length > 0);
    for (const part of parts) {
      const pid = company.system.pids[part];
      const { open, cmdline } = await openProcess(office, pid);
      assert.deepEqual(open, [], part);
      assert.ok(cmdline.length > 0 && !secrets.some((secret) => cmdline.includes(secret)), part);
      for (const signal of [0, "SIGUSR1", "SIGUSR2", "SIGSTOP", "SIGTERM", "SIGKILL"] as const)
        assert.equal(await office.order({ do: "signal", pid, signal }), "EPERM", `${signal} to ${part}`);
    }
    assert.deepEqual(await openSockets(office), []);
    await standing(company.system);
  });
}

test("with one user: the start says so, and exactly this remains in reach", async () => {
  const system = await startAsOneUser();
  try {
    const taken = takeoverOf(system);
    assert.equal(taken.separation, "reduced separation");
    assert.ok(system.events.some(({ text }) => String(text).startsWith("reduced separation")));
    const self = await taken.order<Self>({ do: "self" });
    assert.deepEqual([self.setuid, self.setgid], ["EPERM", "EPERM"]);
    const paths = targets(taken);
    assert.deepEqual(
      await openFiles(taken, paths),
      Object.fromEntries(paths.map((file) => [path.relative(system.folder, file), "read,write"])),
    );
    for (const part of parts) {
      const pid = system.pids[part];
      assert.deepEqual((await openProcess(taken, pid)).open, remaining(), part);
      assert.equal(await taken.order({ do: "signal", pid, signal: 0 }), "open", part);
    }
    // The auditor's way in: ids, versions, tags and the ledger, no customer value. And the console of locked-out owners,
    // which is no more than the root key's file gives that stands open as well.
    const consoles = ["admin.sock: open, answered", "supervisor.sock: open, answered"];
    assert.deepEqual(await openSockets(taken), consoles);
    // What still holds: roles, and no debugger by signal.
    await refuseDatabase(taken);
    await taken.order({ do: "signal", pid: system.pids.vault, signal: "SIGUSR1" });
    // The vault has answered since, and nothing in it listens to that signal: no debugger opens, now or later.
    assert.deepEqual(await openSockets(taken), consoles);
    assert.equal(handles(process.pid, constants.signals.SIGUSR1), true, "a process without the vault's flags");
    assert.equal(handles(system.pids.vault, constants.signals.SIGUSR1), false);
    await assert.rejects(fetch("http://127.0.0.1:9229/json/list"));
  } finally {
    await system.stop();
  }
});

/** Whether this process has a handler of its own for a signal: proc(5), SigCgt. */
function handles(pid: number, signal: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  assert.ok(caught !== undefined);
  return (BigInt(`0x${caught}`) & (1n << BigInt(signal - 1))) !== 0n;
}

/** Where the Yama module is on, only a parent may touch the memory of a process. */
function remaining(): string[] {
  const yama = "/proc/sys/kernel/yama/ptrace_scope";
  const restricted = existsSync(yama) && readFileSync(yama, "utf8").trim() !== "0";
  return memory.filter((name) => !restricted || !name.startsWith("mem"));
}

test("the vault's socket speaks only to who knows the channel's secret of this start", async () => {
  const request = await office.steal(() => company.people.east1.client.send("GET", "/api/session"));
  const begin: Frame = { do: "begin", handle: 1, request };
  assert.deepEqual(await office.frames("no hello", [begin]), ["closed"]);
  assert.deepEqual(await office.frames("no hello, a call", [{ do: "call", handle: 1, verb: "session.me" }]), [
    "closed",
  ]);
  for (const secret of ["", "AAAA", Buffer.alloc(32).toString("base64")])
    assert.deepEqual(await office.frames(`wrong ${secret}`, [{ do: "hello", secret }, begin]), ["closed", "closed"]);
  const garbage = [Buffer.alloc(8, 255), frameOf("null"), frameOf('{"do":"begin","id":1,"handle":1}'), frameOf("[")];
  for (const [index, bytes] of garbage.entries()) {
    const frame: Frame = { do: "bytes", base64: bytes.toString("base64") };
    assert.deepEqual(await office.frames(`garbage ${index}`, [hello, frame]), ["ok", "closed"], bytes.toString());
  }
  await standing(company.system);
});

function frameOf(text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(text.length);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** Begins each of these on a line of its own; the answers. */
async function beginAll(line: string, requests: readonly Captured[]): Promise<string[]> {
  const frames = requests.map((request, index): Frame => ({ do: "begin", handle: index + 1, request }));
  return (await office.frames(line, [hello, ...frames])).slice(1);
}

test("a request that was answered opens nothing a second time", async () => {
  const { east1 } = company.people;
  const used = [await office.watch(() => east1.client.send("GET", `/api/records/account/${own().id}`))];
  used.push(await office.watch(() => east1.client.send("POST", "/api/records/account/query", {})));
  used.push(
    await office.watch(() => east1.client.send("POST", `/api/records/account/${own().id}/reveal`, { field: "phone" })),
  );
  assert.deepEqual(
    await beginAll("replay", used),
    used.map(() => "signature_replayed"),
  );
});

test("a signature fits no other path, body, endpoint, method, host, device or time", async () => {
  const { east1, owner } = company.people;
  const path = `/api/records/account/${own().id}`;
  const request = await office.steal(() => east1.client.send("GET", path));
  const with_ = (change: Partial<Captured["envelope"]>, body = request.body): Captured => ({
    envelope: { ...request.envelope, ...change },
    body,
  });
  const input = request.envelope.headers["signature-input"] ?? "";
  const headers = (from: RegExp, to: string): Captured => {
    const changed = input.replace(from, to);
    assert.notEqual(changed, input);
    return with_({ headers: { ...request.envelope.headers, "signature-input": changed } });
  };
  const altered: readonly (readonly [Captured, string])[] = [
    [with_({ target: `/api/records/account/${foreign().id}` }), "signature_invalid"],
    [with_({ target: `/api/records/contact/${own().id}` }), "signature_invalid"],
    [with_({ target: `${path}/history` }), "signature_invalid"],
    [with_({ target: "/api/schema" }), "signature_invalid"],
    [with_({ target: path.toUpperCase().replace("API", "api") }), "not_found"],
    [with_({ target: `${path}/` }), "not_found"],
    [with_({ target: `/api/records/account/%2e%2e/${own().id}` }), "not_found"],
    [with_({ target: `/x/..${path}` }), "not_found"],
    [with_({ target: `${path}?object=user` }), "malformed"],
    [with_({ target: `${path}?` }), "malformed"],
    [with_({ method: "PATCH" }), "signature_invalid"],
    [with_({ method: "get" }), "not_found"],
    [with_({ authority: "evil.example" }), "signature_invalid"],
    [with_({ authority: `127.0.0.1:${company.system.port}` }), "signature_invalid"],
    [with_({}, Buffer.from("{}").toString("base64")), "signature_invalid"],
    [headers(/keyid="[^"]+"/u, `keyid="${owner.client.deviceId}"`), "signature_invalid"],
    [headers(/keyid="[^"]+"/u, `keyid="${owner.client.thumbprint}"`), "device_unknown"],
    [headers(/created=\d+/u, `created=${Math.floor(Date.now() / 1000) + 30}`), "signature_invalid"],
    [headers(/nonce="[^"]+"/u, 'nonce="AAAAAAAAAAAAAAAAAAAAAA"'), "signature_invalid"],
    [headers(/"@path" /u, ""), "signature_invalid"],
    [headers(/^sig1=/u, 'sig2=("@method");created=1, sig1='), "signature_invalid"],
    [with_({ headers: {} }), "signature_missing"],
    [
      with_({ headers: { ...request.envelope.headers, signature: `sig1=:${Buffer.alloc(64).toString("base64")}:` } }),
      "signature_invalid",
    ],
    [
      with_({
        headers: { ...request.envelope.headers, signature: `sig1=:${Buffer.alloc(64, 255).toString("base64")}:` },
      }),
      "signature_invalid",
    ],
  ];
  assert.deepEqual(
    await beginAll(
      "altered",
      altered.map(([one]) => one),
    ),
    altered.map(([, code]) => code),
  );

  // The body and its digest: a filter widened, a value changed.
  const post = await office.steal(() => east1.client.send("PATCH", path, { version: 1, values: { note: "mine" } }));
  const evil = new TextEncoder().encode(JSON.stringify({ version: 1, values: { owner: foreign().id } }));
  const digest = { ...post.envelope.headers, "content-digest": await contentDigest(evil) };
  const body = Buffer.from(evil).toString("base64");
  const none = Object.fromEntries(Object.entries(post.envelope.headers).filter(([name]) => name !== "content-digest"));
  assert.deepEqual(
    await beginAll("body", [
      { envelope: post.envelope, body },
      { envelope: { ...post.envelope, headers: digest }, body },
      { envelope: { ...post.envelope, headers: none }, body },
      { envelope: { ...post.envelope, headers: none }, body: "" },
      { envelope: { ...post.envelope, target: `/api/records/account/${foreign().id}` }, body: post.body },
      { envelope: { ...post.envelope, target: `/api/records/account` }, body: post.body },
    ]),
    [
      "signature_invalid",
      "signature_invalid",
      "signature_invalid",
      "signature_invalid",
      "signature_invalid",
      "not_found",
    ],
  );

  // None of the forgeries used up the real one, which serves its person once.
  assert.deepEqual(await beginAll("real", [request, request]), ["begun openRecord", "signature_replayed"]);
});

test("a handle runs the verbs of its row, once, on what was signed", async () => {
  const { east1 } = company.people;
  const request = await office.steal(() => east1.client.send("GET", `/api/records/account/${own().id}`));
  const call = (verb: string, computed: Record<string, unknown> = {}, handle = 5): Frame => ({
    do: "call",
    handle,
    verb,
    computed,
  });
  const others = [
    "record.reveal",
    "record.list",
    "record.update",
    "record.delete",
    "record.commit",
    "record.history",
    "search.everything",
    "role.assign",
    "invitation.create",
    "ledger.list",
    "session.me",
    "constructor",
    "__proto__",
    "toString",
    "",
  ];
  const computed = { id: foreign().id, object: "contact", fields: ["phone"] };
  const [, begun, ...answers] = await office.frames("verbs", [
    hello,
    { do: "begin", handle: 5, request },
    ...others.map((verb) => call(verb, computed)),
    call("record.open", computed),
    call("record.open"),
    call("record.open", {}, 6),
    { do: "begin", handle: 5, request: await office.steal(() => east1.client.send("GET", "/api/session")) },
  ]);
  assert.equal(begun, "begun openRecord");
  assert.deepEqual(
    answers.slice(0, others.length),
    others.map(() => "not_bound"),
  );
  const [opened = "", again, unknown, taken] = answers.slice(others.length);
  // The one thing an attacker gets: what this person asked for, once, counted as his.
  assert.ok(opened.startsWith("ok ") && opened.includes(own().id) && !opened.includes(foreign().id), opened);
  assert.deepEqual([again, unknown, taken], ["not_bound", "not_bound", "unavailable"]);

  // What is written is what was signed, whatever is said to be computed.
  const change = await office.steal(() =>
    east1.client.send("PATCH", `/api/records/account/${own().id}`, { version: 1, values: { note: "as signed" } }),
  );
  const written = await office.frames("verbs", [
    { do: "begin", handle: 8, request: change },
    call("record.update", { id: foreign().id, values: { owner: foreign().id, note: "forged" } }, 8),
    call("record.update", {}, 8),
  ]);
  assert.equal(written[0], "begun updateRecord");
  assert.ok(written[1]?.startsWith("ok "), String(written[1]));
  assert.equal(written[2], "not_bound");
  const { record } = await east1.client.request<{ record: { owner: string; values: { note: string } } }>(
    "GET",
    `/api/records/account/${own().id}`,
  );
  assert.deepEqual([record.owner, record.values.note], [east1.id, "as signed"]);
});

test("a handle belongs to its connection and is gone when it ends", async () => {
  const { east1 } = company.people;
  const request = await office.steal(() => east1.client.send("GET", `/api/records/account/${own().id}`));
  const open: Frame = { do: "call", handle: 9, verb: "record.open" };
  assert.deepEqual(await office.frames("first", [hello, { do: "begin", handle: 9, request }]), [
    "ok",
    "begun openRecord",
  ]);
  const guesses = Array.from({ length: 40 }, (_, handle): Frame => ({ do: "call", handle, verb: "record.open" }));
  const answers = (await office.frames("second", [hello, ...guesses])).slice(1);
  assert.deepEqual(new Set(answers), new Set(["not_bound"]));
  // The end of a handle has no answer.
  assert.deepEqual(await office.frames("first", [{ do: "end", handle: 9 }, open]), ["silent", "not_bound"]);
});

test("nobody's rights grow: a salesperson's request reaches no administration, no colleague's customer, no other key", async () => {
  const { east1, nobody } = company.people;
  // Without one the clients send the acts themselves at once, unsigned.
  east1.client.approver = undefined;
  const steal = async (who: typeof east1, method: string, target: string, body?: unknown): Promise<Captured> =>
    office.steal(() => who.client.send(method, target, body));
  assert.deepEqual(
    await beginAll("rights", [
      await steal(east1, "POST", "/api/ledger/query", {}),
      await steal(east1, "POST", `/api/people/${east1.id}/roles`, { roles: ["owner"] }),
      await steal(east1, "POST", "/api/invitations", { userId: east1.id }),
      await steal(nobody, "POST", "/api/records/account/query", {}),
    ]),
    ["not_allowed", "not_allowed", "not_allowed", "not_found"],
  );
  const [, begun, answer] = await office.frames("colleague", [
    hello,
    { do: "begin", handle: 1, request: await steal(east1, "GET", `/api/records/account/${foreign().id}`) },
    { do: "call", handle: 1, verb: "record.open" },
  ]);
  assert.deepEqual([begun, answer], ["begun openRecord", "not_found"]);
});

test("a handle is dead after 30 seconds", async () => {
  assert.equal(old.begun, "begun openRecord");
  await sleep(Math.max(0, old.at + 30_200 - Date.now()));
  const answers = await office.frames("old", [{ do: "call", handle: 1, verb: "record.open" }]);
  assert.deepEqual(answers, ["handle_expired"]);
});

test("every refusal stands in the ledger, which verifies", async () => {
  const { client } = company.people.owner;
  await eventually("an entry of every refusal", async () => {
    const filter = { result: "refused", limit: 200 };
    const { entries } = await client.request<{ entries: { problem: string | null }[] }>(
      "POST",
      "/api/ledger/query",
      filter,
    );
    const problems = new Set(entries.map(({ problem }) => problem));
    return ["signature_replayed", "signature_invalid", "not_bound", "not_allowed", "handle_expired"].every((code) =>
      problems.has(code),
    );
  });
  const verdict = await verifySystem(company.system);
  assert.equal(verdict.ok, true, JSON.stringify(verdict.findings));
});
