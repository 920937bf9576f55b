// Files that hold keys: readable by their owner alone, written whole or not at all, and overwritten before removal.
// Synchronous on purpose: they are touched at start and once a month.
import { randomFillSync } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { KeysUnusable } from "./broken.ts";

const maxBytes = 4096;
const stickyBit = 0o1000;

/**
 * Reads a small file that only its owner may read. Throws KeysUnusable, with what to do, when the file is readable or
 * writable by group or world, belongs to somebody else, is no plain file, or lies in a folder anybody may write to.
 */
export function readPrivateFile(file: string): string {
  const handle = openSync(file, constants.O_RDONLY);
  try {
    const stat = fstatSync(handle);
    if (!stat.isFile()) throw new KeysUnusable(`${file} is not a plain file`);
    if ((stat.mode & 0o077) !== 0) {
      throw new KeysUnusable(`${file} can be read by others: run chmod 600 on it, and consider the key known to them`);
    }
    // On Linux and macOS, where this program runs, geteuid exists.
    const user = process.geteuid?.() ?? 0;
    if (stat.uid !== user && stat.uid !== 0) throw new KeysUnusable(`${file} belongs to another user`);
    const folder = statSync(path.dirname(path.resolve(file)));
    if ((folder.mode & 0o002) !== 0 && (folder.mode & stickyBit) === 0) {
      throw new KeysUnusable(`the folder of ${file} can be written by anybody: run chmod o-w on it`);
    }
    if (stat.size > maxBytes) throw new KeysUnusable(`${file} is too large to be a key`);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/**
 * Writes a file with mode 0600 that appears whole and durable, or not at all. Never replaces: throws (EEXIST) when the
 * name is taken. Makes the folder with mode 0700 when it is missing.
 */
export function createPrivateFile(file: string, content: string): void {
  const folder = path.dirname(path.resolve(file));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${path.resolve(file)}${unfinishedSuffix}`;
  // Left by a writer that was killed; two writers of one key file at one time do not happen.
  rmSync(unfinished, { force: true });
  const handle = openSync(unfinished, "wx", 0o600);
  try {
    writeSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  try {
    // Unlike a rename, a link fails when the name is taken.
    linkSync(unfinished, file);
  } finally {
    unlinkSync(unfinished);
    syncFolder(folder);
  }
}

/** Ending of a file being written; what carries it at a start was left by a kill and holds nothing of use. */
export const unfinishedSuffix = ".new";

/**
 * Overwrites a file with random bytes, then removes it, durably. On flash storage and copying file systems old blocks
 * may survive inside the device; what they held is useless as long as the root key is not known.
 */
export function destroyFile(file: string): void {
  const handle = openSync(file, "r+");
  try {
    writeSync(handle, randomFillSync(Buffer.alloc(fstatSync(handle).size)), 0, undefined, 0);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  unlinkSync(file);
  syncFolder(path.dirname(path.resolve(file)));
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
