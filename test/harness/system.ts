// The whole product as an operator starts it: a supervisor on a fresh data folder, with its own database, keys and port.
// Tests drive it from outside and may kill any of its processes; nothing of it outlives the test process.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../src/supervisor/process-table.ts";
import { makeFolder } from "./throwaway.ts";

const root = path.resolve(import.meta.dirname, "../..");

export type ProcessName = "supervisor" | "postgres" | "migrate" | "vault" | "office";

export interface SystemEvent {
  readonly event: string;
  /** Milliseconds since the supervisor began. */
  readonly ms: number;
  readonly [detail: string]: unknown;
}

export interface SystemOptions {
  /** A folder of an earlier system, to start again on its data; it is not removed at stop. */
  readonly folder?: string;
  /** Settings on top of ours, for example DATABASE_URL. */
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** Keeps the folder at stop, for a later start or for a search through it. */
  readonly keep?: boolean;
  /** As root: starts everything as this one user, who must be able to read `checkout`. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Another copy of the checkout, its node_modules included. */
  readonly checkout?: string;
}

export interface System {
  readonly origin: string;
  readonly port: number;
  /** The one-time code, while no owner is enrolled. */
  readonly enrolmentCode: string | undefined;
  readonly folder: string;
  readonly dataDir: string;
  readonly keysDir: string;
  /** The environment of the supervisor, for running command line tools against the same system. */
  readonly env: Readonly<Record<string, string>>;
  /** The newest process id of each part; changes when a part is started again. */
  readonly pids: Readonly<Record<ProcessName, number>>;
  /** Everything the supervisor said so far. */
  readonly events: readonly SystemEvent[];
  /** Resolves with the first event that fits, also one that was said before. */
  waitFor(fits: (event: SystemEvent) => boolean, timeoutMs?: number): Promise<SystemEvent>;
  /** SIGKILL to one part. */
  kill(name: ProcessName): void;
  /** Ends in order, as Ctrl-C does. Returns the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the product and resolves when it serves requests. Throws with all its output when it ends before. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const folder = options.folder ?? makeFolder();
  const port = options.port ?? (await freePort());
  const dataDir = path.join(folder, "data");
  const keysDir = path.join(folder, "keys");
  const env: Record<string, string> = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: folder,
    STRONGROOM_DATA: dataDir,
    STRONGROOM_KEYS: keysDir,
    STRONGROOM_PORT: String(port),
    STRONGROOM_EVENTS: "json",
    ...options.env,
  };
  const checkout = options.checkout ?? root;
  const script = path.join(checkout, "src/supervisor/main.ts");
  const node = process.execPath.startsWith(root)
    ? path.join(checkout, path.relative(root, process.execPath))
    : process.execPath;
  if (options.user) chownSync(folder, options.user.uid, options.user.gid);
  const flags = ["--disallow-code-generation-from-strings", "--disable-sigusr1"];
  // As bin/start.mjs does it.
  const child = spawn("/bin/sh", ["-c", 'ulimit -c 0; exec "$0" "$@"', node, ...flags, script, "--lifeline"], {
    ...options.user,
    env,
    cwd: "/",
    // The last one is the lifeline: it closes when this process ends, and the supervisor stops.
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
  const watch = new Watch(child);
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await endOrphan(watch.pids.postgres);
    if (options.keep !== true && options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  try {
    await watch.waitFor((event) => event.event === "ready", 60_000);
  } catch (error) {
    await stop();
    throw error;
  }
  const code = watch.events.find((event) => event.event === "enrolment-code")?.["code"];
  return {
    origin: `http://localhost:${port}`,
    port,
    enrolmentCode: code === undefined ? undefined : String(code),
    folder,
    dataDir,
    keysDir,
    env,
    pids: watch.pids,
    events: watch.events,
    waitFor: (fits, timeoutMs) => watch.waitFor(fits, timeoutMs),
    kill: (name) => process.kill(watch.pids[name], "SIGKILL"),
    stop,
  };
}

/** The database outlives a supervisor that was killed; the next start would stop it, and so do we when there is none. */
async function endOrphan(pid: number): Promise<void> {
  if (pid === 0 || !isAlive(pid)) return;
  process.kill(pid, "SIGQUIT");
  while (isAlive(pid)) await sleep(20);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}

class Watch {
  readonly events: SystemEvent[] = [];
  readonly pids = { supervisor: 0, postgres: 0, migrate: 0, vault: 0, office: 0 };
  readonly #output: string[] = [];
  #over = false;

  constructor(child: ChildProcess) {
    // Both are pipes, as asked for in stdio above.
    createInterface({ input: child.stdout as Readable }).on("line", (line) => this.#hear(line));
    createInterface({ input: child.stderr as Readable }).on("line", (line) => this.#output.push(line));
    child.once("close", () => (this.#over = true));
  }

  async waitFor(fits: (event: SystemEvent) => boolean, timeoutMs = 30_000): Promise<SystemEvent> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const found = this.events.find(fits);
      if (found) return found;
      if (this.#over) throw new Error(`Strongroom ended:\n${this.#output.join("\n")}`);
      if (Date.now() > end)
        throw new Error(`Strongroom did not say so in ${timeoutMs} ms:\n${this.#output.join("\n")}`);
      await sleep(10);
    }
  }

  #hear(line: string): void {
    this.#output.push(line);
    if (!line.startsWith('{"event":')) return;
    // Written by the supervisor's announcer, which always sets event and ms.
    const event = JSON.parse(line) as SystemEvent;
    this.events.push(event);
    if (event.event === "process" && typeof event["pid"] === "number") {
      // The supervisor names only these parts.
      this.pids[event["name"] as ProcessName] = event["pid"];
    }
  }
}
