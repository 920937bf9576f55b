// What an attacker inside the office process tries. Each attempt answers "open" (or what it got) when it succeeds and
// the system's error code when it does not; the test decides which of them must be which.
import { closeSync, openSync, readFileSync, readSync, readdirSync, readlinkSync, rmSync, statSync } from "node:fs";
import { type Socket, connect } from "node:net";
import path from "node:path";
import pg from "pg";
import type { EnvelopeHead, FromVault } from "../../src/contract/channel.ts";
import { FrameReader, encodeFrame } from "../../src/contract/frames.ts";
import type { OfficeBoot } from "../../src/supervisor/boot.ts";

/** A request as it passed through the office. */
export interface Captured {
  readonly envelope: EnvelopeHead;
  /** Base64. */
  readonly body: string;
}

/** One frame to the vault; `secret` "real" stands for the channel's own. */
export type Frame =
  | { readonly do: "hello"; readonly secret: string }
  | { readonly do: "begin"; readonly handle: number; readonly request: Captured }
  | { readonly do: "call"; readonly handle: number; readonly verb: string; readonly computed?: Record<string, unknown> }
  | { readonly do: "end"; readonly handle: number }
  | { readonly do: "bytes"; readonly base64: string };

export type Order =
  | { readonly do: "hold"; readonly hold: boolean }
  | { readonly do: "captured" }
  | { readonly do: "self" }
  | { readonly do: "files"; readonly paths: readonly string[] }
  | { readonly do: "process"; readonly pid: number }
  | { readonly do: "signal"; readonly pid: number; readonly signal: NodeJS.Signals | 0 }
  | { readonly do: "socket"; readonly path: string; readonly send: string }
  | { readonly do: "sql"; readonly login: Partial<OfficeBoot["database"]>; readonly statements: readonly string[] }
  /** `line` names a connection that stays open between orders. */
  | { readonly do: "frames"; readonly line: string; readonly frames: readonly Frame[] };

export async function attack(order: Order, boot: OfficeBoot): Promise<unknown> {
  switch (order.do) {
    case "self":
      return describeSelf(boot);
    case "files":
      return Object.fromEntries(order.paths.map((file) => [file, tryFile(file)]));
    case "process":
      return tryProcess(order.pid);
    case "signal":
      return outcome(() => process.kill(order.pid, order.signal) && "open");
    case "socket":
      return trySocket(order.path, order.send);
    case "sql":
      return trySql({ ...boot.database, ...order.login }, order.statements);
    case "frames":
      return tryFrames(order.line, order.frames, boot);
    default:
      return undefined;
  }
}

function outcome(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** What the process is and holds: its user, whether it can become another, the secrets it was given, its open files. */
function describeSelf(boot: OfficeBoot) {
  return {
    uid: process.getuid?.(),
    groups: process.getgroups?.(),
    setuid: outcome(() => process.setuid?.(0)),
    setgid: outcome(() => process.setgid?.(0)),
    boot,
    files: readdirSync("/proc/self/fd").map((fd) => outcome(() => readlinkSync(`/proc/self/fd/${fd}`))),
    permission: process.permission !== undefined,
  };
}

/** Reading, listing, writing and removing; nothing is really written, and removal is only tried where writing failed. */
function tryFile(file: string): Record<string, string> {
  const isFolder = outcome(() => statSync(file).isDirectory()) === "true";
  const read = outcome(() => (isFolder ? readdirSync(file) : readFileSync(file), "open"));
  const write = isFolder
    ? outcome(() => {
        const probe = path.join(file, ".takeover");
        closeSync(openSync(probe, "wx"));
        rmSync(probe);
        return "open";
      })
    : outcome(() => (closeSync(openSync(file, "r+")), "open"));
  return { read, write };
}

function tryProcess(pid: number): Record<string, string> {
  const at = (name: string): string => `/proc/${pid}/${name}`;
  return {
    mem: outcome(() => readMemory(pid)),
    "mem for writing": outcome(() => (closeSync(openSync(at("mem"), "r+")), "open")),
    environ: outcome(() => (readFileSync(at("environ")), "open")),
    maps: outcome(() => (readFileSync(at("maps")), "open")),
    fd: outcome(() => (readdirSync(at("fd")), "open")),
    "fd/3": outcome(() => (readlinkSync(at("fd/3")), "open")),
    cwd: outcome(() => (readlinkSync(at("cwd")), "open")),
    root: outcome(() => (readdirSync(at("root/")), "open")),
    auxv: outcome(() => (readFileSync(at("auxv")), "open")),
    cmdline: outcome(() => readFileSync(at("cmdline"), "utf8")),
  };
}

function readMemory(pid: number): string {
  const file = openSync(`/proc/${pid}/mem`, "r");
  const start = BigInt(`0x${readFileSync(`/proc/${pid}/maps`, "utf8").split("-", 1)[0]}`);
  readSync(file, Buffer.alloc(16), 0, 16, start);
  closeSync(file);
  return "open";
}

function trySocket(file: string, send: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(file);
    let text = "";
    socket.setTimeout(2000, () => socket.destroy());
    socket.on("connect", () => socket.write(send));
    socket.on("data", (data) => (text += data.toString("latin1")));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? "error");
    });
    socket.on("close", () => {
      resolve(text === "" ? "open, no answer" : `open, answered ${text.length} bytes`);
    });
  });
}

async function trySql(login: OfficeBoot["database"], statements: readonly string[]): Promise<Record<string, string>> {
  const client = new pg.Client(login);
  const results: Record<string, string> = {};
  const code = (error: unknown): string => (error as { code?: string }).code ?? String(error);
  try {
    await client.connect();
    results["connect"] = "open";
  } catch (error) {
    return { connect: code(error) };
  }
  for (const sql of statements) {
    try {
      results[sql] = `open, ${(await client.query(sql)).rowCount ?? 0} rows`;
    } catch (error) {
      results[sql] = code(error);
    }
  }
  await client.end();
  return results;
}

class Line {
  readonly #socket: Socket;
  readonly #answers = new Map<number, (answer: string) => void>();
  #ids = 0;
  #over = false;

  constructor(file: string) {
    const reader = new FrameReader();
    this.#socket = connect(file);
    this.#socket.on("data", (chunk: Buffer) => {
      // Frames of the real vault.
      for (const { head, payload } of reader.push(chunk))
        this.#take(head as FromVault, Buffer.from(payload).toString());
    });
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => {
      this.#over = true;
      for (const resolve of this.#answers.values()) resolve("closed");
      this.#answers.clear();
    });
  }

  /** The answer in short: "begun", "ok", "ok {…}", a problem's code, "internal", "closed", or "silent" after two seconds. */
  send(frame: Frame, secret: string): Promise<string> {
    const id = ++this.#ids;
    return new Promise((resolve) => {
      if (this.#over) return resolve("closed");
      this.#answers.set(id, resolve);
      setTimeout(() => resolve("silent"), 2000).unref();
      if (frame.do === "bytes") return this.#socket.write(Buffer.from(frame.base64, "base64"));
      if (frame.do === "hello")
        return this.#socket.write(
          encodeFrame({ id, do: "hello", secret: frame.secret === "real" ? secret : frame.secret }),
        );
      if (frame.do === "begin") {
        const { envelope, body } = frame.request;
        const head = { id, do: "begin", handle: frame.handle, requestId: crypto.randomUUID(), envelope };
        return this.#socket.write(encodeFrame(head, Buffer.from(body, "base64")));
      }
      return this.#socket.write(encodeFrame({ id, computed: {}, ...frame }));
    });
  }

  #take(answer: FromVault, output: string): void {
    const resolve = this.#answers.get(answer.id);
    this.#answers.delete(answer.id);
    if ("ok" in answer) resolve?.(`ok ${output}`.trimEnd());
    else if ("begun" in answer) resolve?.(`begun ${answer.begun.endpoint}`);
    else resolve?.("problem" in answer ? answer.problem.code : "internal");
  }
}

const lines = new Map<string, Line>();

async function tryFrames(name: string, frames: readonly Frame[], boot: OfficeBoot): Promise<string[]> {
  let line = lines.get(name);
  if (!line) lines.set(name, (line = new Line(boot.socketPath)));
  const answers: string[] = [];
  for (const frame of frames) answers.push(await line.send(frame, boot.channelSecret));
  return answers;
}
