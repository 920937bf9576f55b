// Folders of systems under test, which are gone when this process is, however it ends.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Writable } from "node:stream";

/**
 * Hears of folders until this process ends (its standard input closes). Supervisors notice that end too and stop; one
 * that was killed as well leaves its database, which is known by the folder in its command line.
 */
const script = `while IFS= read -r folder; do set -- "$@" "$folder"; done
  for folder; do
    database="$folder/data/postgres/postmaster.pid"
    n=0; while [ $n -lt 400 ]; do
      pid=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' "$folder/data/lock" 2> /dev/null)
      [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null || break
      sleep 0.05; n=$((n + 1))
    done
    pid=$(head -n 1 "$database" 2> /dev/null)
    if [ -n "$pid" ] && { cat "/proc/$pid/cmdline" || ps -o args= -p "$pid"; } 2> /dev/null | grep -qaF "$folder/"; then
      kill -QUIT "$pid"
      n=0; while [ -e "$database" ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
    fi
    rm -rf "$folder"
  done`;

let cleaner: ChildProcess | undefined;

/** A folder that other users may walk through, as each process runs as a user of its own. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-system-"));
  chmodSync(folder, 0o755);
  removeAtEnd(folder);
  return folder;
}

export function removeAtEnd(folder: string): void {
  cleaner ??= startCleaner();
  // A pipe, as asked for below.
  (cleaner.stdin as Writable).write(`${folder}\n`);
}

function startCleaner(): ChildProcess {
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
  child.unref();
  // A pipe to a child is a net.Socket, which can be told not to keep this process alive.
  (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
