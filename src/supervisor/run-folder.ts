// The folder of the sockets. It lies in the data folder, or, where that path is too long for a socket, in a place that
// other users share; so it is believed only when it is a real folder of our own that nobody else may write to.
import { createHash } from "node:crypto";
import { type Stats, lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConfigError } from "./config.ts";

/** A socket's path may have 107 bytes on Linux and 103 on macOS; the longest name below the run folder has 23. */
const longestRun = 103 - "/postgres/.s.PGSQL.5432".length;

/** `place`: where a folder with a short path may stand; root has one that is root's alone. */
export function runFolderOf(dataDir: string, place: string = shortPlace()): string {
  const run = path.join(dataDir, "run");
  if (Buffer.byteLength(run) <= longestRun) return run;
  return path.join(place, `strongroom-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`);
}

/** Makes the folder when it is missing. Throws ConfigError when what stands there could be another user's. */
export function claimRunFolder(folder: string, mode: number, uid: number = process.getuid?.() ?? 0): void {
  const above = lstatSync(path.dirname(folder));
  if (isWritableByOthers(above) && (above.mode & 0o1000) === 0)
    throw new ConfigError(`${path.dirname(folder)} may be changed by other users, and so could the sockets in it.`);
  try {
    // Never through a link, and never an existing one unseen.
    mkdirSync(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  demandOwnFolder(folder, uid);
}

/** Throws ConfigError unless the folder itself, not what a link leads to, is this user's and closed to others' writing. */
export function demandOwnFolder(folder: string, uid: number = process.getuid?.() ?? 0): void {
  const stat = lstatSync(folder);
  const wrong = stat.isSymbolicLink()
    ? "is a link"
    : !stat.isDirectory()
      ? "is not a folder"
      : stat.uid !== uid
        ? `belongs to another user (${stat.uid})`
        : isWritableByOthers(stat)
          ? "may be changed by other users"
          : undefined;
  if (wrong !== undefined) throw new ConfigError(`${folder} ${wrong}; remove it, or choose a shorter STRONGROOM_DATA.`);
}

function isWritableByOthers(stat: Stats): boolean {
  return (stat.mode & 0o022) !== 0;
}

function shortPlace(): string {
  const root = process.getuid?.() === 0;
  const run = root ? lstatSync("/run", { throwIfNoEntry: false }) : undefined;
  return run?.isDirectory() && run.uid === 0 && !isWritableByOthers(run) ? "/run" : tmpdir();
}
