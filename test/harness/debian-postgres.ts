// Debian's own PostgreSQL, where it is installed: the product must run on any PostgreSQL from 15 on through
// DATABASE_URL, and it brings pg_dump, which the embedded one does not.
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, globSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { separateUsers } from "../../src/supervisor/os-users.ts";
import { freePort } from "./system.ts";
import { removeAtEnd } from "./throwaway.ts";

export interface DebianPostgres {
  /** DATABASE_URL of a superuser, to a fresh database. */
  readonly url: string;
  readonly version: number;
  /** The folder of pg_dump, psql and so on. */
  readonly programs: string;
  readonly dataDir: string;
  stop(): Promise<void>;
}

/** The newest installed server's programs, or undefined when there is none. */
export function findDebianPostgres(): string | undefined {
  const found = globSync("/usr/lib/postgresql/*/bin/initdb").map((file) => path.dirname(file));
  return found.sort((a, b) => versionOf(a) - versionOf(b)).at(-1);
}

/** Starts a throwaway server on a port of this machine; it ends with this process. Throws when none is installed. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const programs = findDebianPostgres();
  if (programs === undefined)
    throw new Error("PostgreSQL of the system is not installed (apt-get install postgresql).");
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-debian-"));
  const dataDir = path.join(folder, "data");
  const stop = removeAtEnd(folder, path.join(dataDir, "postmaster.pid"));
  const user = separateUsers()?.db;
  const secret = path.join(folder, "secret");
  writeFileSync(secret, "throwaway\n", { mode: 0o600 });
  chmodSync(folder, 0o755);
  if (user) for (const one of [folder, secret]) chownSync(one, user.uid, user.gid);
  const port = await freePort();
  const run = (program: string, ...args: readonly string[]): void => {
    execFileSync(path.join(programs, program), args, {
      stdio: ["ignore", "ignore", "inherit"],
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", PGPASSWORD: "throwaway" },
      ...(user && { uid: user.uid, gid: user.gid }),
    });
  };
  run(
    "initdb",
    "-D",
    dataDir,
    "-U",
    "postgres",
    "--auth=scram-sha-256",
    `--pwfile=${secret}`,
    "-E",
    "UTF8",
    "--locale=C",
    "-N",
  );
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
  run("pg_ctl", "-D", dataDir, "-w", "-l", path.join(folder, "log"), "-o", options, "start");
  run("createdb", "-h", folder, "-p", String(port), "-U", "postgres", "crm");
  return {
    url: `postgres://postgres:throwaway@127.0.0.1:${port}/crm`,
    version: versionOf(programs),
    programs,
    dataDir,
    stop,
  };
}

function versionOf(programs: string): number {
  return Number(programs.split("/").at(-2));
}
