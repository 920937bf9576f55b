// The lock on a data folder: two supervisors on one folder would start two vaults. The lock names a process by id and
// start time, so that one left by a killed supervisor is told from a running one.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startMark } from "./process-table.ts";

/** Another supervisor runs on this data folder. */
export class DataFolderInUse extends Error {
  override name = "DataFolderInUse";
  readonly pid: number;
  constructor(dataDir: string, pid: number) {
    super(`Strongroom is already running on ${dataDir} (process ${pid}).`);
    this.pid = pid;
  }
}

interface Holder {
  readonly pid: number;
  readonly mark: string;
}

/** Takes the lock or throws DataFolderInUse. The returned function gives it back. */
export function lockDataFolder(dataDir: string): () => void {
  const file = path.join(dataDir, "lock");
  const mine = `${file}.${process.pid}`;
  const holder: Holder = { pid: process.pid, mark: startMark(process.pid) ?? "" };
  writeFileSync(mine, JSON.stringify(holder), { mode: 0o600 });
  try {
    // Taking over a stale lock can lose a race against another start; then the winner is found alive next time round.
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (tryLink(mine, file)) return () => release(file);
      const text = readHolder(file);
      if (text === undefined) continue;
      const other = parseHolder(text);
      if (other && startMark(other.pid) === other.mark) throw new DataFolderInUse(dataDir, other.pid);
      setAside(file, text);
    }
    throw new Error(`The lock ${file} keeps changing; are several starts running?`);
  } finally {
    rmSync(mine, { force: true });
  }
}

/** The process id of the supervisor that holds the lock, if one is running. */
export function findLockHolder(dataDir: string): number | undefined {
  const text = readHolder(path.join(dataDir, "lock"));
  const holder = text === undefined ? undefined : parseHolder(text);
  return holder && startMark(holder.pid) === holder.mark ? holder.pid : undefined;
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Moves a stale lock away; puts it back when it turns out to be a newer one. */
function setAside(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readHolder(aside) !== stale) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function release(file: string): void {
  const text = readHolder(file);
  if (text !== undefined && parseHolder(text)?.pid === process.pid) rmSync(file, { force: true });
}

function readHolder(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === "number" && typeof value.mark === "string"
      ? { pid: value.pid, mark: value.mark }
      : undefined;
  } catch {
    return undefined;
  }
}
