// Where vault and office load their code from: the checkout, or a copy of what they need when the checkout lies in a
// folder that their own OS users cannot enter. They load workers after giving up root, so loading early is not enough.
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { copyFolder, makeReadable, othersCanReach } from "./reachable.ts";

const checkout = path.resolve(import.meta.dirname, "../..");
const rooms = ["contract", "continuity", "vault", "office", "supervisor"];

/** The folder that holds `src` and `node_modules` for the children; a copy lies in `runtime`, which any user can enter. */
export function appFolder(runtime: string, separated: boolean): string {
  if (!separated || ["src", "node_modules"].every((name) => othersCanReach(path.join(checkout, name)))) return checkout;
  const files = globSync(`src/{${rooms.join(",")}}/**/*`, { cwd: checkout, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => path.relative(checkout, path.join(entry.parentPath, entry.name)))
    .sort();
  const hash = createHash("sha256");
  for (const file of ["package.json", "package-lock.json", ...files]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(checkout, file)))
      .update("\0");
  }
  const copy = path.join(runtime, `app-${hash.digest("hex").slice(0, 16)}`);
  removeOthers(runtime, path.basename(copy));
  return makeReadable(copy, (folder) => {
    for (const file of ["package.json", ...files]) copyFolder(path.join(checkout, file), path.join(folder, file));
    for (const name of neededPackages(files)) {
      copyFolder(path.join(checkout, "node_modules", name), path.join(folder, "node_modules", name));
    }
  });
}

/** Copies of earlier versions; nothing runs from them once the lock on the data folder is ours. */
function removeOthers(runtime: string, keep: string): void {
  for (const name of existsSync(runtime) ? readdirSync(runtime) : []) {
    if (name.startsWith("app-") && name !== keep) rmSync(path.join(runtime, name), { recursive: true, force: true });
  }
}

/** The packages these files import, and what those depend on, as far as it is installed. */
function neededPackages(files: readonly string[]): Set<string> {
  const needed = new Set<string>();
  const add = (name: string): void => {
    const manifest = path.join(checkout, "node_modules", name, "package.json");
    if (needed.has(name) || !existsSync(manifest)) return;
    needed.add(name);
    // A package manifest; each of these is a map from name to range when it is there.
    const { dependencies, peerDependencies, optionalDependencies } = JSON.parse(
      readFileSync(manifest, "utf8"),
    ) as Record<string, Record<string, string> | undefined>;
    for (const one of Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies })) add(one);
  };
  for (const file of files) {
    const text = readFileSync(path.join(checkout, file), "utf8");
    for (const [, name] of text.matchAll(/(?:from|import)\s*\(?\s*["']((?:@[^/"']+\/)?[^./"'@][^/"']*)/g)) {
      if (name !== undefined && !name.startsWith("node:")) add(name);
    }
  }
  return needed;
}
