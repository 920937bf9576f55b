// The flags of Node for vault and office. They are a belt, not the wall: the wall is the user each process runs as.
import { realpathSync } from "node:fs";
import path from "node:path";
import type { Config } from "./config.ts";
import type { Layout } from "./layout.ts";

const checkout = path.resolve(import.meta.dirname, "../..");

/** No code from strings, no native add-ons, no child processes; files only where the process has its work. */
export function nodeFlags(name: "vault" | "office", layout: Layout, config: Config, webRoot: string): string[] {
  const run = path.dirname(layout.controlSocket);
  const read = [checkout, realpathSync(checkout), run];
  const write = [path.join(run, "vault")];
  if (name === "vault") write.push(layout.keystore, layout.vault, path.join(run, "admin"));
  else read.push(webRoot);
  if (config.databaseUrl === undefined) read.push(layout.postgresSocket);
  return [
    "--disallow-code-generation-from-strings",
    "--no-addons",
    "--permission",
    // Node warns that these two are young and that workers weaken the first: known, see above.
    "--disable-warning=SecurityWarning",
    "--disable-warning=ExperimentalWarning",
    "--allow-net",
    "--allow-worker",
    ...[...new Set([...read, ...write])].map((folder) => `--allow-fs-read=${folder}`),
    ...write.map((folder) => `--allow-fs-write=${folder}`),
  ];
}
