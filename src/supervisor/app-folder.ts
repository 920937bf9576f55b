// Where vault and office load their code from: the checkout, or a copy of what they need when the checkout lies in a
// folder that their own OS users cannot enter. They load workers after giving up root, so loading early is not enough.
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { othersCanReach } from "./postgres-files.ts";

const checkout = path.resolve(import.meta.dirname, "../..");
const rooms = ["contract", "vault", "office", "supervisor"];

/** The folder that holds `src` and `node_modules` for the children. `runtime` is a folder that any user can enter. */
export function appFolder(runtime: string, separated: boolean): string {
  if (!separated || (othersCanReach(path.join(checkout, "src")) && othersCanReach(path.join(checkout, "node_modules"))))
    return checkout;
  const sources = rooms
    .flatMap((room) => globSync(`src/${room}/**/*.ts`, { cwd: checkout }))
    .filter((file) => !file.endsWith(".test.ts"));
  const copy = path.join(runtime, `app-${fingerprint(sources)}`);
  if (existsSync(copy)) return copy;
  const half = `${copy}.${process.pid}`;
  rmSync(half, { recursive: true, force: true });
  for (const file of [...sources, "package.json"]) copyInto(half, file);
  for (const name of packagesOf(sources)) copyInto(half, path.join("node_modules", name));
  renameSync(half, copy);
  return copy;
}

function copyInto(folder: string, relative: string): void {
  const target = path.join(folder, relative);
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(path.join(checkout, relative), target, { recursive: true });
}

function fingerprint(sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of [...sources, "package-lock.json"]) {
    const { mtimeMs, size } = statSync(path.join(checkout, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

const bareImport = /(?:from|import)\s*\(?\s*"((?:@[\w-][\w.-]*\/)?[a-z][\w.-]*)(?:\/[\w.\/-]+)?"/gu;

/** Packages that the sources import, with all they depend on. */
function packagesOf(sources: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (name: string): void => {
    const manifest = path.join(checkout, "node_modules", name, "package.json");
    if (found.has(name) || !existsSync(manifest)) return;
    found.add(name);
    // A package's manifest names its dependencies as a record of names to ranges, or not at all.
    const { dependencies } = JSON.parse(readFileSync(manifest, "utf8")) as { dependencies?: Record<string, string> };
    for (const dependency of Object.keys(dependencies ?? {})) add(dependency);
  };
  for (const file of sources)
    for (const [, name] of readFileSync(path.join(checkout, file), "utf8").matchAll(bareImport))
      if (name !== undefined && !name.startsWith("node:")) add(name);
  return [...found];
}
