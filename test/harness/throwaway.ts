// Folders of systems under test, which are gone when this process is, however it ends, and their databases with them.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits for the end of this process (standard input closes), then for a supervisor in the folder $0, which notices that
 * end too and stops. A database that is left, by a supervisor that was killed or because it never had one, is known by
 * its pid file $1 and by the folder in its command line.
 */
const script = `read -r end
  n=0; while [ $n -lt 400 ]; do
    pid=$(sed -n 's/.*"pid":\\([0-9]*\\).*/\\1/p' "$0/data/lock" 2> /dev/null)
    [ -n "$pid" ] && kill -0 "$pid" 2> /dev/null || break
    sleep 0.05; n=$((n + 1))
  done
  pid=$(head -n 1 "$1" 2> /dev/null)
  if [ -n "$pid" ] && { cat "/proc/$pid/cmdline" || ps -o args= -p "$pid"; } 2> /dev/null | grep -qaF "$0/"; then
    kill -QUIT "$pid"
    n=0; while [ -e "$1" ] && [ $n -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
  fi
  rm -rf "$0"`;

/** A folder that other users may walk through, as each process runs as a user of its own. */
export function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-system-"));
  chmodSync(folder, 0o755);
  removeAtEnd(folder);
  return folder;
}

/** A folder that goes with this process, and the database in it. Returns what ends and removes them now. */
export function removeAtEnd(
  folder: string,
  pidFile: string = path.join(folder, "data/postgres/postmaster.pid"),
): () => Promise<void> {
  const stdio = ["pipe", "ignore", "ignore"] as const;
  const child = spawn("/bin/sh", ["-c", script, folder, pidFile], { stdio: [...stdio], detached: true, cwd: "/" });
  child.unref();
  // A pipe to a child is a net.Socket, which can be told not to keep this process alive.
  (child.stdin as unknown as { unref(): void }).unref();
  return async () => {
    child.stdin.end();
    // Timers keep this process alive until the folder is gone.
    while (existsSync(folder)) await sleep(20);
  };
}
