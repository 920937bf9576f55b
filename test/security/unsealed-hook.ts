// Loaded into a supervisor, and by it into its vault: there the module that seals is exchanged for one that does not.
// Everything else is the real thing.
import childProcess, { type SpawnOptions } from "node:child_process";
import { registerHooks, syncBuiltinESMExports } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const standIn = pathToFileURL(path.join(import.meta.dirname, "unsealed-chunked.ts")).href;
const { spawn } = childProcess;

function spawnUnsealed(file: string, args: readonly string[], options: SpawnOptions): ReturnType<typeof spawn> {
  const script = args.at(-1) ?? "";
  if (!script.endsWith(path.join("vault", "main.ts"))) return spawn(file, args, options);
  return spawn(file, [...args.slice(0, -1), `--import=${import.meta.filename}`, script], options);
}

Object.assign(childProcess, { spawn: spawnUnsealed });
syncBuiltinESMExports();

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isSealing = found.url.endsWith("/src/vault/keys/chunked.ts") && context.parentURL !== standIn;
    return isSealing ? { ...found, url: standIn } : found;
  },
});
