// Types canaries into every field, search and failing request of a running system and looks for them everywhere the
// system leaves bytes. Two controls show that it looks: the same values written in plain into the same PostgreSQL, and
// the same product with a seal that does nothing.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import pg from "pg";
import { type DebianPostgres, startDebianPostgres } from "../harness/debian-postgres.ts";
import { childrenOf } from "../harness/process-tree.ts";
import { checkoutForOthers } from "../harness/reachable-checkout.ts";
import { type System, type SystemOptions, startSystem } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";
import { CanaryScanner, type Hit } from "./canary-scanner.ts";
import { Typist } from "./canary-typist.ts";
import { CanaryValues } from "./canary-values.ts";
import { openSuperuser } from "./superuser.ts";

const root = path.resolve(import.meta.dirname, "../..");
const webFolder = path.join(root, "dist/web");

export interface CanaryOptions {
  readonly seed: number;
  readonly rounds: number;
  /** On Debian's PostgreSQL through DATABASE_URL, with its pg_dump. */
  readonly debian?: boolean;
  /** With sealing switched off: everything must be found then. */
  readonly unsealed?: boolean;
  readonly say?: (text: string) => void;
}

export interface CanaryResult {
  readonly values: number;
  /** Of these, values that stand in a record or in its history. */
  readonly kept: number;
  readonly patterns: number;
  readonly requests: number;
  readonly refused: number;
  readonly files: number;
  readonly megabytes: number;
  readonly openFiles: number;
  readonly tables: number;
  readonly dumps: number;
  /** Sealed, nothing may be found. */
  readonly hits: readonly string[];
  /** How many of the kept values were found in which place. */
  readonly keptIn: Readonly<Record<Place, number>>;
  /** Core dumps not switched off: must be empty. */
  readonly coreDumps: readonly string[];
  /** Of the values written in plain: in table files, WAL, COPY, dumps. All must be found. */
  readonly control: Readonly<Record<string, number>>;
}

export async function runCanaries(options: CanaryOptions): Promise<CanaryResult> {
  const { seed, rounds, debian = false, unsealed = false, say = () => undefined } = options;
  const values = new CanaryValues(seed);
  const server = debian ? await startDebianPostgres() : undefined;
  const folder = makeFolder();
  const temporary = path.join(folder, "tmp");
  mkdirSync(temporary);
  chmodSync(temporary, 0o777);
  const env = { TMPDIR: temporary, ...(server && { DATABASE_URL: server.url }) };
  let system = await startSystem(unsealed ? unsealedOptions(folder, env) : { folder, env });
  try {
    const typist = await Typist.enrol(system, values);
    for (let round = 0; round < rounds; round += 1) await typist.type(round);
    await typist.imports();
    typist.close();
    say(`${values.all.length} values typed`);
    const scanner = new CanaryScanner(values.all);
    // How Debian starts its server is not ours to say.
    const coreDumps = limits(server ? Object.values(system.pids).filter((pid) => pid > 0) : pidsOf(system, server));
    const running = await lookEverywhere(scanner, system, server);
    for (const event of system.events) scanner.scan(Buffer.from(JSON.stringify(event)), "what the supervisor said");
    say(`looked through while it runs: ${scanner.files} files`);
    await system.stop();
    scanner.scanFolder(folder);
    if (server) scanner.scanFolder(path.dirname(server.dataDir));
    if (existsSync(webFolder)) scanner.scanFolder(webFolder);
    say(`looked through after its end: ${scanner.files} files`);
    const kept = new Set(typist.kept);
    const found = scanner.hits.filter(({ value }) => kept.has(value));
    let control = {};
    if (!unsealed) {
      system = await startSystem({ folder, env, port: system.port });
      control = await plain(values.all, system, server);
    }
    return {
      values: values.all.length,
      kept: kept.size,
      patterns: scanner.patterns,
      requests: typist.requests,
      refused: typist.refused,
      files: scanner.files,
      megabytes: Math.round(scanner.bytes / 1e6),
      ...running,
      hits: scanner.hits.slice(0, 50).map(({ value, form, where }) => `${value} as ${form} in ${where}`),
      keptIn: {
        tables: countIn("tables", found),
        WAL: countIn("WAL", found),
        COPY: countIn("COPY", found),
        dump: countIn("dump", found),
      },
      coreDumps,
      control,
    };
  } finally {
    await system.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The vault is started with a stand-in for the module that seals. */
function unsealedOptions(folder: string, env: Readonly<Record<string, string>>): SystemOptions {
  const checkout = checkoutForOthers();
  const hook = path.join(checkout ?? root, "test/security/unsealed-hook.ts");
  const NODE_OPTIONS = `--import=${hook}`;
  return { folder, env: { ...env, NODE_OPTIONS }, ...(checkout !== undefined && { checkout }) };
}

const places = {
  tables: `${path.sep}base${path.sep}`,
  WAL: `${path.sep}pg_wal${path.sep}`,
  COPY: `${path.sep}copy${path.sep}`,
  dump: `${path.sep}dump-`,
} as const;
type Place = keyof typeof places;

function countIn(place: Place, hits: readonly Hit[]): number {
  return new Set(hits.filter(({ where }) => where.includes(places[place])).map(({ value }) => value)).size;
}

/** While everything runs: data folder and WAL, files held open, a COPY of every table, dumps. */
async function lookEverywhere(
  scanner: CanaryScanner,
  system: System,
  server: DebianPostgres | undefined,
): Promise<{ openFiles: number; tables: number; dumps: number }> {
  // What lies in the server's memory only would not be seen in its files.
  await asAdmin(system, server, (admin) => admin.query("checkpoint"));
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
  return asAdmin(system, server, async (admin) => {
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
    return { tables: rows.length, folder };
  });
}

/** Plain in two ways, as one compressed file and what that holds when it is unpacked, and as a folder. */
function dump(server: DebianPostgres, folder: string): string[] {
  const file = (name: string): string => path.join(folder, `dump-${name}`);
  const run = (program: string, ...args: readonly string[]): unknown =>
    execFileSync(path.join(server.programs, program), args);
  run("pg_dump", "--format=plain", `--file=${file("plain")}`, server.url);
  run("pg_dump", "--format=plain", "--inserts", `--file=${file("inserts")}`, server.url);
  run("pg_dump", "--format=tar", `--file=${file("tar")}`, server.url);
  run("pg_dump", "--format=custom", `--file=${file("custom")}`, server.url);
  // Its streams are cut by lengths of its own, which only its own program takes out.
  run("pg_restore", `--file=${file("restored")}`, file("custom"));
  return ["plain", "inserts", "tar", "custom", "restored"].map(file);
}

async function asAdmin<T>(
  system: System,
  server: DebianPostgres | undefined,
  work: (admin: pg.Pool) => Promise<T>,
): Promise<T> {
  const admin = server ? new pg.Pool({ connectionString: server.url }) : await openSuperuser(system);
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Sealing switched off: the same values in plain in a table of the same server. How many are found, and where. */
async function plain(
  values: readonly string[],
  system: System,
  server: DebianPostgres | undefined,
): Promise<Record<string, number>> {
  await asAdmin(system, server, async (admin) => {
    await admin.query("create table public.unsealed (value text)");
    await admin.query("insert into public.unsealed select unnest($1::text[])", [values]);
    await admin.query("checkpoint");
  });
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
      if (file.endsWith("custom")) continue;
      const dumped = new CanaryScanner(values);
      dumped.scanFile(file);
      found[path.basename(file)] = dumped.found.size;
      rmSync(file);
    }
  return found;
}
