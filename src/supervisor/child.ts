// One supervised child process: started early so that it can load its code, told its boot message when that is ready,
// started again with growing pauses when it ends by itself, and stopped by SIGTERM.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment } from "./config.ts";

export interface ChildEvent {
  readonly event: string;
  readonly [detail: string]: unknown;
}

export interface ChildOptions {
  readonly name: string;
  /** The script, absolute. */
  readonly script: string;
  readonly nodeFlags: readonly string[];
  /** Octal digits for the shell's umask. */
  readonly umask: string;
  /** Folder for compiled code; see childEnvironment. */
  readonly compileCache: string;
  readonly onEvent: (event: ChildEvent) => void;
  /** A line that is no event: standard error, or plain text. */
  readonly onLine: (line: string) => void;
}

/** A process could not start; what it printed before says why. */
export class ChildFailed extends Error {
  override name = "ChildFailed";
}

const firstPause = 200;
const longestPause = 30_000;
/** A child that ran this long is well again: the next pause is the first one. */
const healthyAfter = 60_000;
const stopPatience = 10_000;

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess;
  /** Why it ended, once it has and all its output was read. */
  #closed: Promise<string> = Promise.resolve("not started");
  #startedAt = 0;
  #booted = false;
  #stopping = false;
  #restarts = 0;
  readonly #waiting = new Set<(event: ChildEvent) => void>();

  /** Spawns the process at once; it waits for its boot message. */
  constructor(options: ChildOptions) {
    this.#options = options;
    this.#process = this.#spawn();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends the boot message and resolves when the child says it has come so far. Throws when it ends before. */
  async boot(message: unknown, until = "ready"): Promise<ChildEvent> {
    this.#send(message);
    this.#booted = true;
    return await this.#waitFor(until);
  }

  /** Sends a message after the boot message; nothing to a child that has not had one, since that will hold the same. */
  tell(message: unknown): void {
    if (this.#booted) this.#send(message);
  }

  #send(message: unknown): void {
    // A pipe, as asked for in stdio below.
    const channel = this.#process.stdio[3] as Writable;
    // The child may be gone already; its exit is reported where it is waited for.
    if (channel.listenerCount("error") === 0) channel.on("error", () => {});
    channel.write(`${JSON.stringify(message)}\n`);
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<void> {
    await exitReason(this.#process);
  }

  /** Boots now and again after every unexpected end, until stop(). `onRestart` learns of each. */
  async keep(message: () => unknown, onRestart: (reason: string, pause: number) => void): Promise<void> {
    await this.boot(message());
    void this.#watch(message, onRestart);
  }

  /** Asks the child to end; kills it when it does not within ten seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), stopPatience);
    await ended;
    clearTimeout(impatience);
  }

  async #watch(message: () => unknown, onRestart: (reason: string, pause: number) => void): Promise<void> {
    while (!this.#stopping) {
      const reason = await exitReason(this.#process);
      while (!this.#stopping) {
        if (Date.now() - this.#startedAt > healthyAfter) this.#restarts = 0;
        const pause = Math.min(firstPause * 2 ** this.#restarts, longestPause);
        this.#restarts += 1;
        onRestart(reason, pause);
        await sleep(pause);
        if (this.#stopping) return;
        this.#process = this.#spawn();
        try {
          await this.boot(message());
          break;
        } catch {
          // It ended again before it was ready; the next round waits longer.
        }
      }
    }
  }

  #spawn(): ChildProcess {
    const { script, nodeFlags, umask } = this.#options;
    const shell = `ulimit -c 0; umask ${umask}; exec "$0" "$@"`;
    const child = spawn("/bin/sh", ["-c", shell, process.execPath, ...nodeFlags, script], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      env: childEnvironment(this.#options.compileCache),
      cwd: "/",
      // Its own session: Ctrl-C on the terminal reaches the supervisor alone, which stops things in order.
      detached: true,
    });
    this.#startedAt = Date.now();
    this.#booted = false;
    this.#options.onEvent({ event: "process", name: this.#options.name, pid: child.pid });
    this.#closed = new Promise((resolve) => {
      child.once("close", (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    // Both are pipes, as asked for in stdio above.
    createInterface({ input: child.stdout as Readable }).on("line", (line) => this.#hear(line));
    createInterface({ input: child.stderr as Readable }).on("line", (line) => this.#options.onLine(line));
    return child;
  }

  #hear(line: string): void {
    const event = parseEvent(line);
    if (event === undefined) return this.#options.onLine(line);
    this.#options.onEvent(event);
    for (const listener of this.#waiting) listener(event);
  }

  #waitFor(name: string): Promise<ChildEvent> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.#waiting.delete(listen);
      };
      const listen = (event: ChildEvent): void => {
        if (event.event === name) {
          done();
          resolve(event);
        } else if (event.event === "failed") {
          done();
          reject(new ChildFailed(String(event["reason"])));
        }
      };
      void this.#closed.then((reason) => {
        done();
        reject(new ChildFailed(`The ${this.#options.name} ended before it was ready (${reason}).`));
      });
      this.#waiting.add(listen);
    });
  }
}

async function exitReason(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

function parseEvent(line: string): ChildEvent | undefined {
  if (!line.startsWith('{"event":')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    // The line begins with the key "event"; its value is checked here.
    return typeof (value as ChildEvent).event === "string" ? (value as ChildEvent) : undefined;
  } catch {
    return undefined;
  }
}
