// The operating system users that separate the processes when we start as root. With any other user there is one
// user for all, which the start reports as "reduced separation".
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface OsUser {
  readonly uid: number;
  readonly gid: number;
}

export interface OsUsers {
  readonly db: OsUser;
  readonly vault: OsUser;
  readonly office: OsUser;
  /** Set when accounts could not be created and bare user ids are used instead; a sentence for the operator. */
  readonly remark?: string;
}

const group = "strongroom";
const accounts = { db: "strongroom-db", vault: "strongroom-vault", office: "strongroom-office" } as const;
/** Ids without an account, for hosts where useradd is missing; far from the ranges that distributions hand out. */
const bareIds = { vault: 64_721, office: 64_722, group: 64_720 } as const;

/** Three users and their common group, or undefined when this process is not root (then all share one user). */
export function separateUsers(): OsUsers | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const made = Object.values(accounts).every(ensureAccount);
  const db = findAccount(accounts.db);
  const vault = findAccount(accounts.vault);
  const office = findAccount(accounts.office);
  if (made && db && vault && office) return { db, vault, office };
  // initdb insists on an account that has a name, so the database borrows one that every system has.
  const borrowed = ["postgres", "nobody", "daemon"].map(findAccount).find((found) => found !== undefined);
  if (borrowed === undefined) throw new Error("No account to run PostgreSQL: create a system user strongroom-db.");
  return {
    db: { uid: borrowed.uid, gid: bareIds.group },
    vault: { uid: bareIds.vault, gid: bareIds.group },
    office: { uid: bareIds.office, gid: bareIds.group },
    remark: `useradd is not available: PostgreSQL borrows uid ${borrowed.uid}, vault and office run as bare user ids`,
  };
}

function ensureAccount(name: string): boolean {
  if (findAccount(name)) return true;
  if (!findGroup(group)) spawnSync("groupadd", ["--system", group], { stdio: "ignore" });
  const nologin = "/usr/sbin/nologin";
  spawnSync(
    "useradd",
    ["--system", "--gid", group, "--no-create-home", "--home-dir", "/nonexistent", "--shell", nologin, name],
    { stdio: "ignore" },
  );
  return findAccount(name) !== undefined;
}

function findAccount(name: string): OsUser | undefined {
  const fields = findLine("/etc/passwd", name);
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : undefined;
}

function findGroup(name: string): boolean {
  return findLine("/etc/group", name) !== undefined;
}

function findLine(file: string, name: string): string[] | undefined {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .find((fields) => fields[0] === name);
  } catch {
    return undefined;
  }
}
