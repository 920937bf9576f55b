// What the processes of a running product use, read from /proc: CPU time, and memory with shared pages counted once.
import { readFileSync, readdirSync } from "node:fs";
import type { System } from "../harness/system.ts";
import type { Figure } from "./figure.ts";

/** Linux counts CPU time in hundredths of a second towards user space, whatever the kernel's own clock. */
const ticksPerSecond = 100;

interface ProcessLine {
  readonly parent: number;
  readonly ticks: number;
}

function lineOf(pid: number): ProcessLine | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // it ended meanwhile
  }
  // The name in parentheses may hold anything; the fields after it are numbers (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
}

/** CPU seconds used so far by these processes, all their threads counted. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (lineOf(pid)?.ticks ?? 0), 0) / ticksPerSecond;
}

/** All processes of the product, PostgreSQL's with their children. */
export function allPids(system: Pick<System, "pids">): number[] {
  const { supervisor, postgres, vault, office } = system.pids;
  const pids = new Set([supervisor, postgres, vault, office]);
  const parents = readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    const parent = Number.isInteger(pid) ? lineOf(pid)?.parent : undefined;
    return parent === undefined ? [] : [[pid, parent] as const];
  });
  for (let before = 0; before !== pids.size;) {
    before = pids.size;
    for (const [pid, parent] of parents) if (pids.has(parent)) pids.add(pid);
  }
  return [...pids];
}

/** The sum over all processes, and what each part has of it. */
export function memoryFigures(name: string, system: Pick<System, "pids">, n: number): Figure[] {
  const { supervisor, vault, office } = system.pids;
  const all = allPids(system);
  const own = [supervisor, vault, office];
  const parts: Readonly<Record<string, readonly number[]>> = {
    supervisor: [supervisor],
    vault: [vault],
    office: [office],
    postgres: all.filter((pid) => !own.includes(pid)),
  };
  return [
    { name: `${name}_mb`, value: memoryMb(all), unit: "MB", n },
    ...Object.entries(parts).map(([part, pids]) => ({
      name: `${name}.${part}_mb`,
      value: memoryMb(pids),
      unit: "MB",
      n,
    })),
  ];
}

/** Proportional set size of these processes, MB (10^6 bytes). Needs the right to read their smaps (root). */
export function memoryMb(pids: readonly number[]): number {
  let kib = 0;
  for (const pid of pids) {
    try {
      kib += Number(/^Pss:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" && (error as NodeJS.ErrnoException).code !== "ESRCH")
        throw error;
    }
  }
  return (kib * 1024) / 1e6;
}
