// Types canaries into every field, search and failing request of a running system and looks for them everywhere the
// system leaves bytes. Then the same values are written in plain into the same PostgreSQL, and must be found.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/totp.ts";
import { type DebianPostgres, startDebianPostgres } from "../harness/debian-postgres.ts";
import { importFile } from "../harness/import-file.ts";
import { childrenOf } from "../harness/process-tree.ts";
import { type System, makeFolder, startSystem } from "../harness/system.ts";
import { CanaryScanner, gb18030 } from "./canary-scanner.ts";
import { CanaryValues } from "./canary-values.ts";
import { openSuperuser } from "./superuser.ts";

const webFolder = path.resolve(import.meta.dirname, "../../dist/web");

export interface CanaryResult {
  readonly values: number;
  readonly patterns: number;
  readonly requests: number;
  readonly refused: number;
  readonly files: number;
  readonly megabytes: number;
  readonly openFiles: number;
  readonly tables: number;
  readonly dumps: number;
  /** Found although sealed: must be empty. */
  readonly hits: readonly string[];
  /** Core dumps not switched off: must be empty. */
  readonly coreDumps: readonly string[];
  /** Of the values written in plain: in table files, WAL, COPY, dumps. All must be found. */
  readonly control: Readonly<Record<string, number>>;
}

/** `debian`: on Debian's PostgreSQL through DATABASE_URL, with its pg_dump. */
export async function runCanaries(seed: number, rounds: number, debian: boolean): Promise<CanaryResult> {
  const values = new CanaryValues(seed);
  const server = debian ? await startDebianPostgres() : undefined;
  const folder = makeFolder();
  const temporary = path.join(folder, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o777);
  const env = { TMPDIR: temporary, ...(server && { DATABASE_URL: server.url }) };
  let system = await startSystem({ folder, env });
  try {
    const typist = await Typist.enrol(system, values);
    for (let round = 0; round < rounds; round += 1) await typist.type(round);
    await typist.imports();
    typist.close();
    const scanner = new CanaryScanner(values.all);
    // How Debian starts its server is not ours to say.
    const coreDumps = limits(server ? Object.values(system.pids).filter((pid) => pid > 0) : pidsOf(system, server));
    const running = await lookEverywhere(scanner, system, server);
    for (const event of system.events) scanner.scan(Buffer.from(JSON.stringify(event)), "what the supervisor said");
    await system.stop();
    scanner.scanFolder(folder);
    if (server) scanner.scanFolder(path.dirname(server.dataDir));
    if (existsSync(webFolder)) scanner.scanFolder(webFolder);
    system = await startSystem({ folder, env, port: system.port });
    const control = await plain(values.all, system, server);
    return {
      values: values.all.length,
      patterns: scanner.patterns,
      requests: typist.requests,
      refused: typist.refused,
      files: scanner.files,
      megabytes: Math.round(scanner.bytes / 1e6),
      ...running,
      hits: scanner.hits.slice(0, 50).map(({ value, form, where }) => `${value} as ${form} in ${where}`),
      coreDumps,
      control,
    };
  } finally {
    await system.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** While everything runs: data folder and WAL, files held open, a COPY of every table, dumps. */
async function lookEverywhere(
  scanner: CanaryScanner,
  system: System,
  server: DebianPostgres | undefined,
): Promise<{ openFiles: number; tables: number; dumps: number }> {
  scanner.scanFolder(system.folder);
  if (server) scanner.scanFolder(path.dirname(server.dataDir));
  const openFiles = scanner.scanOpenFiles(pidsOf(system, server));
  const { tables, folder } = await copyEverything(system, server);
  scanner.scanFolder(folder);
  rmSync(folder, { recursive: true });
  const dumps = server ? dump(server, system.folder) : [];
  for (const file of dumps) {
    scanner.scanFile(file);
    rmSync(file);
  }
  return { openFiles, tables, dumps: dumps.length };
}

function pidsOf(system: System, server: DebianPostgres | undefined): number[] {
  const { supervisor, vault, office, postgres } = system.pids;
  const postmaster = server
    ? Number(readFileSync(path.join(server.dataDir, "postmaster.pid"), "utf8").split("\n", 1)[0])
    : postgres;
  return [supervisor, vault, office, postmaster, ...childrenOf(postmaster).map(({ pid }) => pid)];
}

/** Processes that could leave their memory on the disk. */
function limits(pids: readonly number[]): string[] {
  return pids.flatMap((pid) => {
    let text: string;
    try {
      text = readFileSync(`/proc/${pid}/limits`, "utf8");
    } catch {
      return [];
    }
    const size = /^Max core file size\s+(\S+)\s+(\S+)/mu.exec(text);
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return size?.[1] === "0" && size[2] === "0" ? [] : [`${command}: ${size?.[0] ?? "unknown"}`];
  });
}

/** COPY of every table by the server itself: text, also of the system's tables, where statistics lie; ours binary too. */
async function copyEverything(
  system: System,
  server: DebianPostgres | undefined,
): Promise<{ tables: number; folder: string }> {
  const folder = path.join(system.folder, "copy");
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const admin = server ? new pg.Pool({ connectionString: server.url }) : await openSuperuser(system);
  await admin.query("analyze");
  const { rows } = await admin.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm', 'p') order by 1`,
  );
  for (const { name } of rows)
    for (const format of name.startsWith("pg_catalog.") ? ["text"] : ["text", "binary"])
      await admin.query(
        `copy (select * from ${name}) to '${path.join(folder, `${name}.${format}`)}' (format ${format})`,
      );
  await admin.end();
  return { tables: rows.length, folder };
}

/** Plain, as one compressed file, and as a folder. */
function dump(server: DebianPostgres, folder: string): string[] {
  return [["--format=plain"], ["--format=plain", "--inserts"], ["--format=custom"], ["--format=tar"]].map(
    (args, index) => {
      const file = path.join(folder, `dump-${index}`);
      execFileSync(path.join(server.programs, "pg_dump"), [...args, `--file=${file}`, server.url]);
      return file;
    },
  );
}

/** Sealing switched off: the same values in plain in a table of the same server. How many are found, and where. */
async function plain(
  values: readonly string[],
  system: System,
  server: DebianPostgres | undefined,
): Promise<Record<string, number>> {
  const admin = server ? new pg.Pool({ connectionString: server.url }) : await openSuperuser(system);
  await admin.query("create table public.unsealed (value text)");
  await admin.query("insert into public.unsealed select unnest($1::text[])", [values]);
  await admin.query("checkpoint");
  await admin.end();
  const dataDir = server?.dataDir ?? path.join(system.dataDir, "postgres");
  const tables = new CanaryScanner(values);
  tables.scanFolder(path.join(dataDir, "base"));
  const wal = new CanaryScanner(values);
  wal.scanFolder(path.join(dataDir, "pg_wal"));
  const copy = new CanaryScanner(values);
  const { folder } = await copyEverything(system, server);
  copy.scanFolder(folder);
  rmSync(folder, { recursive: true });
  const found: Record<string, number> = { tables: tables.found.size, WAL: wal.found.size, COPY: copy.found.size };
  if (server)
    for (const file of dump(server, system.folder)) {
      const dumped = new CanaryScanner(values);
      dumped.scanFile(file);
      found[`${path.basename(file)}`] = dumped.found.size;
      rmSync(file);
    }
  return found;
}

/** Somebody who types all day: every field, every search, every mistake. */
class Typist {
  requests = 0;
  refused = 0;
  readonly #client: DeviceClient;
  readonly #stranger: DeviceClient;
  readonly #values: CanaryValues;

  private constructor(client: DeviceClient, stranger: DeviceClient, values: CanaryValues) {
    this.#client = client;
    this.#stranger = stranger;
    this.#values = values;
  }

  static async enrol(system: System, values: CanaryValues): Promise<Typist> {
    const client = await DeviceClient.create(system.origin);
    await client.enrolOwner({
      code: system.enrolmentCode ?? "",
      company: `${values.chinese()}有限公司`,
      name: values.chinese(),
      email: values.email(),
      password: `${values.latin()} ${values.latin()}`,
      totp: (setup) => {
        values.all.push(setup.secret);
        return totpAt(setup.secret, new Date());
      },
    });
    const typist = new Typist(client, await DeviceClient.create(system.origin), values);
    for (const [key, level] of [
      ["licence", 2],
      ["hobby", 2],
      ["passport", 3],
    ] as const)
      await typist.#ask("POST", "/api/fields", {
        object: "account",
        key,
        type: key === "hobby" ? "long_text" : "text",
        class: level,
        labels: { zh: key, en: key },
        purpose: "selling",
        retention: "with_record",
      });
    return typist;
  }

  close(): void {
    this.#client.close();
    this.#stranger.close();
  }

  async type(round: number): Promise<void> {
    const account = await this.#account();
    const contact = await this.#contact(account.id);
    await this.#search(account, contact);
    await this.#fail(account, contact);
    if (round % 3 === 0) await this.#people();
    await this.#strangers();
  }

  async #account(): Promise<Typed> {
    const v = this.#values;
    const values = {
      name: `${v.chinese()}科技`,
      phone: v.phone(),
      email: v.email(),
      website: `https://${v.latin().toLowerCase()}.example/`,
      address: `北京市朝阳区${v.chinese()}路 7 号 ${v.latin()}`,
      bankAccount: v.bankAccount(),
      note: `说过 ${v.chinese()} and ${v.latin()}`,
      licence: v.latin(),
      hobby: v.chinese(),
      passport: v.latin(),
    };
    return { ...(await this.#ask<{ id: string }>("POST", "/api/records/account", { values })), values };
  }

  async #contact(account: string): Promise<Typed> {
    const v = this.#values;
    const values = {
      account,
      name: v.chinese(),
      jobTitle: `${v.latin()} 总监`,
      phone: `+86 ${v.phone()}`,
      email: v.email(),
      wechat: v.latin(),
      idNumber: v.idNumber(),
      address: v.chinese(),
      note: v.chinese(),
    };
    return { ...(await this.#ask<{ id: string }>("POST", "/api/records/contact", { values })), values };
  }

  async #search(account: Typed, contact: Typed): Promise<void> {
    const v = this.#values;
    const query = (object: string, body: unknown): Promise<unknown> =>
      this.#ask("POST", `/api/records/${object}/query`, body);
    await this.#ask("GET", `/api/records/account/${account.id}`);
    for (const text of [account.values["name"], contact.values["phone"], v.chinese(), v.latin(), v.phone(), v.email()])
      await this.#ask("POST", "/api/search", { text });
    await query("account", { search: v.chinese(), count: true });
    await query("contact", { filter: { field: "name", op: "contains", value: v.chinese() } });
    await query("contact", { filter: { any: [{ field: "phone", op: "eq", value: v.phone() }] } });
    await query("account", {
      filter: { field: "licence", op: "eq", value: v.latin() },
      sort: [{ field: "name", direction: "asc" }],
    });
    await this.#ask("POST", "/api/records/account/suggest", { text: v.latin(), limit: 5 });
    await this.#ask("POST", `/api/records/contact/${contact.id}/reveal`, {
      field: "phone",
      purpose: `回电 ${v.chinese()}`,
    });
    await this.#ask("PATCH", `/api/records/account/${account.id}`, {
      version: 1,
      values: { note: v.chinese(), phone: v.phone() },
    });
    await this.#ask("PATCH", `/api/records/contact/${contact.id}`, {
      version: 1,
      values: { note: v.latin(), wechat: v.latin() },
    });
    await this.#ask("GET", `/api/records/account/${account.id}/history`);
    await this.#ask("POST", `/api/records/contact/${contact.id}/delete`, { version: 2 });
    await query("contact", { deleted: true, search: v.chinese() });
    await this.#ask("POST", `/api/records/contact/${contact.id}/restore`);
  }

  /** Each is a mistake; what was typed must not stay behind in a log, an entry or an error. */
  async #fail(account: Typed, contact: Typed): Promise<void> {
    const v = this.#values;
    const create = (values: Record<string, unknown>): Promise<void> =>
      this.#wrong("POST", "/api/records/contact", { values });
    await create({ name: v.chinese(), email: v.latin() });
    await create({ name: v.chinese(), phone: v.chinese() });
    await create({ name: v.chinese(), role: v.latin(), isPrimary: v.latin(), nextFollowUp: v.chinese() });
    await create({ name: v.chinese(), [v.latin()]: v.chinese() });
    await create({ name: v.latin().repeat(12) });
    await create({ name: "x", account: v.latin() });
    await create({ name: `${v.latin()}\u0000${v.chinese()}` });
    await this.#wrong("POST", "/api/records/account", {
      values: { name: "x", employees: v.latin(), annualRevenue: v.phone() },
    });
    await this.#wrong("PATCH", `/api/records/account/${account.id}`, { version: 1, values: { note: v.chinese() } });
    await this.#wrong("PATCH", `/api/records/contact/${contact.id}`, { version: 99, values: { note: v.chinese() } });
    await this.#wrong("POST", `/api/records/${v.latin()}`, { values: {} });
    await this.#wrong("GET", `/api/records/account/${encodeURIComponent(v.chinese())}`);
    await this.#wrong("GET", `/api/records/account/${account.id}?name=${encodeURIComponent(v.chinese())}`);
    await this.#wrong("GET", `/api/${v.latin()}/${encodeURIComponent(v.chinese())}`);
    await this.#wrong("POST", "/api/commit", {
      operations: [
        { op: "create", object: "contact", values: { name: v.chinese(), phone: v.phone(), note: v.latin() } },
        { op: "create", object: "contact", values: { name: v.chinese(), account: crypto.randomUUID() } },
      ],
    });
    await this.#wrong("POST", "/api/records/contact/query", {
      filter: { field: "phone", op: "contains", value: v.phone() },
    });
    await this.#wrong("POST", "/api/records/contact/query", {
      filter: { field: v.latin(), op: "eq", value: v.chinese() },
    });
    await this.#wrong("POST", "/api/search", { text: v.chinese(), more: v.latin() });
    await this.#wrong("POST", "/api/step-up", { password: v.latin(), totpCode: "000000" });
    const broken = new TextEncoder().encode(`{"values":{"name":"${v.chinese()}","note":"${v.latin()}`);
    this.#count((await this.#client.send("POST", "/api/records/contact", broken)).status);
  }

  async #people(): Promise<void> {
    const v = this.#values;
    const email = v.email();
    const values = { name: v.chinese(), email, phone: v.phone(), jobTitle: v.latin() };
    const { id } = await this.#ask<{ id: string }>("POST", "/api/records/user", { values });
    await this.#ask("POST", "/api/records/department", { values: { name: `${v.chinese()}部` } });
    await this.#wrong("POST", "/api/records/user", { values: { name: v.chinese(), email } });
    const { code } = await this.#ask<{ code: string }>("POST", "/api/invitations", { userId: id });
    v.all.push(code);
    const password = `${v.latin()} ${v.latin()}`;
    const joined = await DeviceClient.create(this.#client.origin);
    const { totp } = await joined.acceptInvitation({
      code,
      password,
      totp: ({ secret }) => totpAt(secret, new Date()),
    });
    v.all.push(totp.secret);
    joined.close();
    this.requests += 1;
  }

  /** People who are not signed in type too. */
  async #strangers(): Promise<void> {
    const v = this.#values;
    const key = async (target: string, body: Record<string, unknown>): Promise<void> => {
      await this.#stranger.requestWithKey(target, body).then(
        () => (this.requests += 1),
        (error: unknown) => {
          if (!(error instanceof RequestRefused)) throw error;
          this.#count(error.status);
        },
      );
    };
    await key("/api/password-check", { password: v.latin(), personal: [v.latin(), v.email()] });
    await key("/api/sign-in/password", { email: v.email(), password: v.latin() });
    await key("/api/invitations/inspect", { code: v.latin() });
    await key("/api/enrolment/begin", { code: v.latin(), email: v.email() });
  }

  /** A file in each encoding, with good rows and bad ones; the second is taken back. */
  async imports(): Promise<void> {
    const v = this.#values;
    for (const encoding of ["utf-8", "gb18030"] as const) {
      const lines = Array.from({ length: 12 }, (_, row) => {
        const phone = row % 4 === 3 ? v.latin() : v.phone();
        return [
          v.chinese(),
          phone,
          v.email(),
          v.latin(),
          `"客户希望下周再联系，电话里说过：${v.chinese()}, ""${v.latin()}"""`,
        ].join(",");
      });
      const text = ["name,phone,email,wechat,note", ...lines, ""].join("\r\n");
      const content = encoding === "utf-8" ? text : Uint8Array.from(gb18030(text));
      const { done } = await importFile(this.#client, {
        object: "contact",
        fileName: `${v.latin()} ${v.chinese()}.csv`,
        content,
        map: { name: "name", phone: "phone", email: "email", wechat: "wechat", note: "note" },
      });
      if (done.state !== "done" || done.counts.created !== 9 || done.counts.bad !== 3)
        throw new Error(`The import is ${done.state}: ${JSON.stringify(done.counts)}`);
      await this.#ask("POST", `/api/imports/contact/${done.id}/errors`, { after: 0 });
      if (encoding === "gb18030") await this.#ask("POST", `/api/imports/contact/${done.id}/undo`);
      this.requests += 6;
    }
  }

  async #ask<T>(method: string, target: string, body?: unknown): Promise<T> {
    this.requests += 1;
    return this.#client.request<T>(method, target, body);
  }

  async #wrong(method: string, target: string, body?: unknown): Promise<void> {
    const { status } = await this.#client.send(method, target, body);
    if (status >= 500) throw new Error(`${method} ${target} ${JSON.stringify(body)}: ${status}`);
    this.#count(status);
  }

  #count(status: number): void {
    this.requests += 1;
    if (status >= 400) this.refused += 1;
    else throw new Error(`a mistake was answered with ${status}`);
  }
}

interface Typed {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}
