// Questions about running processes. An id alone proves nothing, because ids are reused: a process is known by its id
// and its start time, or by a command line that only it can have.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";

/** Whether process `pid` is running; a zombie is not. */
export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== undefined && !stat.state.startsWith("Z");
}

/** A mark that no later process with the same id can have; undefined when there is no such process. */
export function startMark(pid: number): string | undefined {
  return readStat(pid)?.started;
}

/** The user ids of a process (real, effective, saved, file system), or undefined where /proc does not tell. */
export function userIds(pid: number): number[] | undefined {
  try {
    const line = /^Uid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return line?.[1]?.split(/\s+/).map(Number);
  } catch {
    return undefined;
  }
}

/** Ids of running processes whose command line fits. The words of a command line are separated by one space. */
export function findProcesses(fits: (commandLine: string) => boolean): number[] {
  return listCommandLines()
    .filter(([pid, line]) => pid !== process.pid && fits(line) && isAlive(pid))
    .map(([pid]) => pid);
}

function listCommandLines(): (readonly [number, string])[] {
  if (!existsSync("/proc/self/cmdline")) {
    const lines = spawnSync("ps", ["-axo", "pid=,args="], { encoding: "utf8" }).stdout?.split("\n") ?? [];
    return lines.map((line) => [Number.parseInt(line, 10), line.trim().replace(/^\d+\s+/, "")] as const);
  }
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => [Number(pid), readCommandLine(pid)] as const);
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return "";
  }
}

interface Stat {
  readonly state: string;
  readonly started: string;
}

function readStat(pid: number): Stat | undefined {
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  return existsSync("/proc/self/stat") ? readProc(pid) : readPs(pid);
}

function readProc(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const close = text.lastIndexOf(")");
    // Fields after the name start with the third, the state; the start time is field 22 (proc(5)).
    const rest = text.slice(close + 2).split(" ");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { state: rest[0] ?? "", started: `${boot}:${rest[19] ?? ""}` };
  } catch {
    return undefined;
  }
}

function readPs(pid: number): Stat | undefined {
  const result = spawnSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], { encoding: "utf8" });
  const [state, ...started] = result.stdout?.trim().split(/\s+/) ?? [];
  return result.status === 0 && state ? { state, started: started.join(" ") } : undefined;
}
