// What a production installation brings onto this machine: packages of the lock file that are not for tests only, and
// the space their files take, with Node, PostgreSQL and the tools that build the pages.
import { existsSync, lstatSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Figure } from "./figure.ts";

const root = path.resolve(import.meta.dirname, "../..");

interface LockEntry {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly link?: boolean;
}

export function benchInstall(): Figure[] {
  // npm's own file.
  const lock = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, LockEntry>;
  };
  const installed = Object.entries(lock.packages).flatMap(([name, entry]) =>
    name !== "" && entry.dev !== true && entry.link !== true && existsSync(path.join(root, name, "package.json"))
      ? [name]
      : [],
  );
  const bytes = installed.reduce((sum, name) => sum + sizeOf(path.join(root, name)), sizeOf(path.join(root, "dist")));
  return [
    { name: "install.packages", value: installed.length, unit: "packages", n: 1 },
    { name: "install.mb", value: bytes / 1e6, unit: "MB", n: 1 },
  ];
}

/** Bytes on the disk, without packages inside packages: those have entries of their own. */
function sizeOf(file: string): number {
  if (!existsSync(file)) return 0;
  const stat = lstatSync(file);
  // Blocks of 512 bytes, whatever the file system's own.
  const own = stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  return readdirSync(file).reduce(
    (sum, name) => (name === "node_modules" ? sum : sum + sizeOf(path.join(file, name))),
    own,
  );
}
