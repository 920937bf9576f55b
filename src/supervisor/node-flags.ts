// The flags of Node for vault and office. They are a belt, not the wall: the wall is the user each process runs as.
import { realpathSync } from "node:fs";
import path from "node:path";
import type { Layout } from "./layout.ts";

const both = [
  "--disallow-code-generation-from-strings",
  "--no-addons",
  // SIGUSR1 would open Node's debugger on a TCP port, and through it the whole process.
  "--disable-sigusr1",
  // Small young generations: what is short-lived here is small, and a heap keeps the room it once had.
  "--max-semi-space-size=4",
  // Pages that the collector has emptied go back at once; kept for later they stay until it runs again, at rest for hours.
  "--no-memory-pool",
];

/** No code from strings, no native add-ons and no debugger. The vault has no permission model: under it Node refuses fsync. */
export const vaultFlags: readonly string[] = both;

/** The office besides reads its code, the pages and the sockets, writes no file and starts no program. */
export function officeFlags(layout: Layout, app: string, webRoot: string): string[] {
  const read = new Set([app, realpathSync(app), webRoot, path.dirname(layout.controlSocket), layout.compileCache]);
  return [
    ...both,
    "--permission",
    "--allow-net",
    // Node warns that this option is young: known.
    "--disable-warning=ExperimentalWarning",
    ...[...read].map((folder) => `--allow-fs-read=${folder}`),
    // Connecting to a Unix socket counts as writing. The cache is written before the change of user, and never after.
    `--allow-fs-write=${path.dirname(layout.vaultSocket)}`,
    `--allow-fs-write=${layout.compileCache}`,
  ];
}
