// Loaded into the supervisor of a takeover test: where it starts the office, it starts the taken-over one instead, with
// none of Node's restrictions. Everything else, the boot message and the change of user included, is the real thing.
import childProcess, { type SpawnOptions } from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import path from "node:path";

const taken = path.join(import.meta.dirname, "takeover-office.ts");
const { spawn } = childProcess;

function spawnTaken(file: string, args: readonly string[], options: SpawnOptions): ReturnType<typeof spawn> {
  const script = args.at(-1) ?? "";
  if (!script.endsWith(path.join("office", "main.ts"))) return spawn(file, args, options);
  const kept = args.filter((arg) => !arg.startsWith("--"));
  return spawn(file, [...kept.slice(0, -1), taken], options);
}

Object.assign(childProcess, { spawn: spawnTaken });
syncBuiltinESMExports();
