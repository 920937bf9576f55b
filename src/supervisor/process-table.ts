// Questions about processes by id. An id alone proves nothing (ids are reused), so a process is known by its id and
// its start time, or by its id and its program's name.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** Whether process `pid` is running (not a zombie) and, when `name` is given, runs a program of that name. */
export function isAlive(pid: number, name?: string): boolean {
  const stat = readStat(pid);
  if (stat === undefined) return false;
  return stat.state !== "Z" && (name === undefined || stat.name.startsWith(name));
}

/** A mark that no later process with the same id can have; undefined when there is no such process. */
export function startMark(pid: number): string | undefined {
  return readStat(pid)?.started;
}

interface Stat {
  readonly name: string;
  readonly state: string;
  readonly started: string;
}

function readStat(pid: number): Stat | undefined {
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  return existsSync("/proc/self/stat") ? readProc(pid) : readPs(pid);
}

function readProc(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = text.lastIndexOf(")");
    // Fields after the name start with the third, the state; the start time is field 22 (proc(5)).
    const rest = text.slice(close + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return {
      name: text.slice(text.indexOf("(") + 1, close),
      state: rest[0] ?? "",
      started: `${boot}:${rest[19] ?? ""}`,
    };
  } catch {
    return undefined;
  }
}

function readPs(pid: number): Stat | undefined {
  const result = spawnSync("ps", ["-o", "state=,lstart=,comm=", "-p", String(pid)], { encoding: "utf8" });
  const fields = result.stdout?.trim().split(/\s+/) ?? [];
  if (result.status !== 0 || fields.length < 7) return undefined;
  const program = fields.slice(6).join(" ");
  return { name: program.slice(program.lastIndexOf("/") + 1), state: fields[0] ?? "", started: fields.slice(1, 6).join(" ") };
}
