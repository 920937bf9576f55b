// Files for processes that run as another user: whether that user can reach them, and a copy that he can read when the
// checkout lies in a private folder (a clone in root's home, or with a strict umask).
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";

/** Whether any user may walk down to this path and read it. */
export function othersCanReach(target: string): boolean {
  const stat = statSync(target);
  const needed = stat.isDirectory() ? 0o005 : 0o004;
  return (stat.mode & needed) === needed && othersCanPass(path.dirname(path.resolve(target)));
}

/** Whether any user may walk through this folder and all above it. */
export function othersCanPass(target: string): boolean {
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

/** Makes the folder `copy` by `fill`, whole or not at all, readable for everybody. Does nothing when it exists. */
export function makeReadable(copy: string, fill: (folder: string) => void): string {
  if (existsSync(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    fill(half);
    openToAll(half);
    renameSync(half, copy);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    // Another process may have made it in the meantime.
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

export function copyFolder(from: string, to: string, wanted: (file: string) => boolean = () => true): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, filter: wanted });
}

/** Lets everybody read the folder and all in it. */
export function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) openToAll(full);
    else if (entry.isFile()) chmodSync(full, (statSync(full).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
