// Which processes stand below a process, read from /proc: PostgreSQL's own, that is, which nobody announces.
import { readFileSync, readdirSync } from "node:fs";

export interface ChildProcess {
  readonly pid: number;
  /** As the process describes itself; PostgreSQL's say what they are for. */
  readonly title: string;
}

/** The children of a process as they are now; one may be gone when it is used. */
export function childrenOf(parent: number): ChildProcess[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/u.test(name)) return [];
    try {
      // The name in parentheses may hold anything; state and parent follow it (proc_pid_stat(5)).
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      if (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] !== String(parent)) return [];
      return [{ pid: Number(name), title: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim() }];
    } catch {
      return []; // it ended meanwhile
    }
  });
}
