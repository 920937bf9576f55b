// One embedded PostgreSQL server: initialise, start, stop. It listens on a Unix socket in a private folder only,
// accepts SCRAM only, and its settings keep every statement, parameter and row detail out of the log.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OsUser } from "./os-users.ts";
import { findProcesses } from "./process-table.ts";
import { findPostgres, reachablePostgres } from "./postgres-files.ts";

/** PostgreSQL names its socket by a port; nothing listens on TCP. */
export const socketPort = 5432;

export interface EmbeddedOptions {
  /** PostgreSQL's own data folder; created by initdb when empty. */
  readonly dataDir: string;
  /** Folder of the settings, written before each start; it belongs to the supervisor, not to the database's user. */
  readonly settingsDir: string;
  /** Folder of the Unix socket; at most 90 bytes long (the system's limit for a socket path is 107). */
  readonly socketDir: string;
  /** Where a copy of the binaries goes when the checkout is not reachable for `user`. */
  readonly runtimeDir: string;
  readonly logFile: string;
  /** The OS user to run as; undefined means this process's own user. */
  readonly user: OsUser | undefined;
  /** Verifier of the secret that the superuser gets for this run; see scram.ts. */
  readonly superuserVerifier: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Small on purpose: the working set of a company fits, and all processes together idle below 500 MB. */
const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: "",
  unix_socket_permissions: "0770",
  port: String(socketPort),
  max_connections: "40",
  shared_buffers: "48MB",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  max_wal_size: "1GB",
  checkpoint_timeout: "15min",
  random_page_cost: "1.1",
  io_method: "sync",
  max_worker_processes: "2",
  max_parallel_workers: "0",
  max_parallel_workers_per_gather: "0",
  autovacuum_max_workers: "2",
  jit: "off",
  huge_pages: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  password_encryption: "scram-sha-256",
  // Nothing that a statement carries may reach the log: an ERROR can quote the value that caused it.
  log_destination: "stderr",
  logging_collector: "off",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_statement: "none",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
  log_min_duration_statement: "-1",
  log_temp_files: "-1",
  log_checkpoints: "off",
  log_autovacuum_min_duration: "-1",
};

/** The server could not be initialised or started; the message says where its log is. */
export class PostgresFailed extends Error {
  override name = "PostgresFailed";
}

export class EmbeddedPostgres {
  readonly socketDir: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  private constructor(child: ChildProcess, socketDir: string) {
    this.#child = child;
    this.socketDir = socketDir;
    this.#ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves with the exit code when the server has ended, for whatever reason. */
  get ended(): Promise<number | null> {
    return this.#ended;
  }

  /** Starts the server, initialising its folder first if needed, and resolves when it accepts connections. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const native = options.user ? reachablePostgres(options.runtimeDir) : findPostgres().native;
    prepareFolders(options);
    await stopOrphans(options);
    if (!existsSync(path.join(options.dataDir, "PG_VERSION"))) initialise(native, options);
    writeSettings(options);
    setSuperuserSecret(native, options);
    const log = openSync(options.logFile, "a", 0o600);
    const postgres = path.join(native, "bin/postgres");
    const command = `ulimit -c 0; umask 077; exec "$0" "$@"`;
    const child = spawn("/bin/sh", ["-c", command, postgres, ...serverArguments(options)], {
      ...identity(options.user),
      stdio: ["ignore", log, log],
      env: cleanEnv,
      // Its own session: Ctrl-C on the terminal must reach the supervisor alone, which stops things in order.
      detached: true,
    });
    closeSync(log);
    const server = new EmbeddedPostgres(child, options.socketDir);
    await server.#accepting(options);
    return server;
  }

  /** Lets this process end although the server runs; whoever calls this sees to the server's end by its pid. */
  unref(): void {
    this.#child.unref();
  }

  /** Fast shutdown: open transactions roll back, a checkpoint is written. Falls back to an immediate one. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGINT");
    const slow = setTimeout(() => this.#child.kill("SIGQUIT"), 15_000);
    await this.#ended;
    clearTimeout(slow);
  }

  async #accepting(options: EmbeddedOptions): Promise<void> {
    let over = false;
    void this.#ended.then(() => (over = true));
    const socket = path.join(options.socketDir, `.s.PGSQL.${socketPort}`);
    const pidFile = path.join(options.dataDir, "postmaster.pid");
    for (let waited = 0; waited < 60_000; waited += 10) {
      if (over) throw new PostgresFailed(`PostgreSQL did not start; see ${options.logFile}`);
      if (existsSync(socket) && isReady(pidFile) && (await answers(socket))) return;
      await sleep(10);
    }
    this.#child.kill("SIGQUIT");
    throw new PostgresFailed(`PostgreSQL did not accept connections within 60 s; see ${options.logFile}`);
  }
}

const cleanEnv = { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" };

function identity(user: OsUser | undefined): { uid?: number; gid?: number; cwd: string } {
  return user ? { uid: user.uid, gid: user.gid, cwd: "/" } : { cwd: "/" };
}

function serverArguments(options: EmbeddedOptions): string[] {
  return ["-D", options.dataDir, `--config-file=${path.join(options.settingsDir, "postgresql.conf")}`];
}

function prepareFolders(options: EmbeddedOptions): void {
  for (const [folder, mode] of [
    [options.dataDir, 0o700],
    [options.socketDir, 0o750],
  ] as const) {
    mkdirSync(folder, { recursive: true, mode });
    chmodSync(folder, mode);
    if (options.user) chownSync(folder, options.user.uid, options.user.gid);
  }
  mkdirSync(options.settingsDir, { recursive: true, mode: 0o755 });
}

function initialise(native: string, options: EmbeddedOptions): void {
  // No password yet: setSuperuserSecret sets one before every start.
  const args = ["-D", options.dataDir, "-U", "postgres", "-E", "UTF8", "--no-instructions", "--data-checksums"];
  args.push("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=reject");
  if (options.settings?.["fsync"] === "off") args.push("--no-sync");
  run(path.join(native, "bin/initdb"), args, options);
}

function writeSettings(options: EmbeddedOptions): void {
  const access = path.join(options.settingsDir, "pg_hba.conf");
  writeFileSync(access, "local all all scram-sha-256\n", { mode: 0o644 });
  const settings = {
    ...baseSettings,
    ...options.settings,
    unix_socket_directories: options.socketDir,
    cluster_name: clusterName(options.dataDir),
    hba_file: access,
    ident_file: access,
  };
  const quoted = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  writeFileSync(path.join(options.settingsDir, "postgresql.conf"), `${quoted.join("\n")}\n`, { mode: 0o644 });
}

/** Single-user mode needs no secret, so none has to be kept anywhere between two runs. */
function setSuperuserSecret(native: string, options: EmbeddedOptions): void {
  const statement = `ALTER ROLE postgres PASSWORD '${options.superuserVerifier}'\n`;
  run(path.join(native, "bin/postgres"), ["--single", ...serverArguments(options), "postgres"], options, statement);
}

function run(file: string, args: readonly string[], options: EmbeddedOptions, input = ""): void {
  const result = spawnSync(file, args, { ...identity(options.user), input, env: cleanEnv, encoding: "utf8" });
  if (result.status === 0) return;
  const said = `${result.error?.message ?? ""}${result.stderr ?? ""}`.trim();
  throw new PostgresFailed(`${path.basename(file)} failed (${result.status ?? result.signal}): ${said}`);
}

/**
 * Stops what an earlier, killed supervisor left running on this folder, found by the folder in its command line (the
 * server) or the cluster name in its title (its children, which may outlive it for a moment).
 */
export async function stopOrphans(options: Pick<EmbeddedOptions, "dataDir" | "socketDir">): Promise<void> {
  const find = (): number[] =>
    findProcesses(
      (line) =>
        (line.includes("/postgres ") && line.includes(` -D ${options.dataDir} `)) ||
        line.startsWith(`postgres: ${clusterName(options.dataDir)}: `),
    );
  for (let waited = 0, orphans = find(); orphans.length > 0; waited += 50, orphans = find()) {
    if (waited === 0) orphans.forEach((pid) => sendSignal(pid, "SIGINT"));
    if (waited === 10_000) orphans.forEach((pid) => sendSignal(pid, "SIGQUIT"));
    if (waited > 20_000)
      throw new PostgresFailed(`PostgreSQL (pid ${orphans.join(", ")}) holds ${options.dataDir} and stays.`);
    await sleep(50);
  }
  // Now these are certainly stale. Left there, the process id in them could by now belong to some other program, or to
  // a zombie that nobody has reaped, and PostgreSQL would refuse to start.
  rmSync(path.join(options.dataDir, "postmaster.pid"), { force: true });
  rmSync(path.join(options.socketDir, `.s.PGSQL.${socketPort}.lock`), { force: true });
  rmSync(path.join(options.socketDir, `.s.PGSQL.${socketPort}`), { force: true });
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone in the meantime.
  }
}

/** Stands in the process titles, so that the processes of this folder can be told from any other server's. */
function clusterName(dataDir: string): string {
  return `strongroom-${createHash("sha256").update(dataDir).digest("hex").slice(0, 12)}`;
}

function isReady(pidFile: string): boolean {
  try {
    return readFileSync(pidFile, "utf8").split("\n")[7]?.trim() === "ready";
  } catch {
    return false;
  }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
