// The real import graph of src/: which file loads which, static, dynamic and as a worker; and the fences between rooms.
// A room may import itself and what its row below names; everything else is a violation.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";

export interface Edge {
  /** Path from the root of the repository. */
  readonly from: string;
  /** Path from the root, or the specifier of a package or of Node's own module. */
  readonly to: string;
}

export interface ImportGraph {
  readonly files: readonly string[];
  readonly edges: readonly Edge[];
}

const childRights = ["src/supervisor/boot.ts", "src/supervisor/drop-privileges.ts"];

/** What rooms beneath records know of it: a record's row at rest, and the query form's compiler. */
const rowAtRest = ["row.ts", "schema.ts", "read-rows.ts", "values.ts", "phone.ts"].map(inRecords);
const queryCompiler = ["", "-access", "-result", "-sql"].map((part) => inRecords(`query-compiler${part}.ts`));

/** The vault's maintenance door: whole tables in and out, sealing of streams, the root key, the verifier. No customer's value. */
const maintenanceDoor = [
  "db/database.ts",
  "db/copy.ts",
  "keys/broken.ts",
  "keys/chunked-stream.ts",
  "keys/key-file.ts",
  "keys/primitives.ts",
  "keys/signature.ts",
  "ledger/verify.ts",
].map((file) => `src/vault/${file}`);

/** Room → other rooms (a folder) and single files of them. */
const fences: Readonly<Record<string, readonly string[]>> = {
  contract: [],
  vault: ["src/contract/", "src/vault/", "src/continuity/", ...childRights],
  office: ["src/contract/", ...childRights],
  continuity: ["src/contract/", ...maintenanceDoor],
  supervisor: ["src/contract/", "src/continuity/", "src/vault/keys/key-file.ts", "src/vault/keys/private-file.ts"],
  cli: ["src/contract/", "src/continuity/", "src/supervisor/", "src/vault/keys/", "src/vault/ledger/"],
  web: ["src/contract/"],
  // Inside the vault data flows one way: a room imports rooms named above it, and beyond them single files only.
  "vault/db": vaultRooms(),
  "vault/keys": vaultRooms("db"),
  "vault/ledger": vaultRooms("db", "keys"),
  "vault/watch": vaultRooms("db", "ledger"),
  "vault/identity": vaultRooms("db", "keys", "ledger"),
  "vault/access": [...vaultRooms("db", "keys", "ledger"), ...rowAtRest],
  "vault/search": [...vaultRooms("db", "keys"), ...rowAtRest, ...queryCompiler],
  "vault/records": [
    ...vaultRooms("db", "keys", "ledger", "watch", "identity", "access", "search"),
    "src/vault/call.ts",
  ],
  "vault/imports": [
    ...vaultRooms("db", "keys", "ledger", "identity", "access", "search", "records"),
    "src/vault/call.ts",
    "src/vault/verbs.ts",
    "src/vault/database-problem.ts",
  ],
  "vault/backups": [
    ...vaultRooms("db", "keys", "ledger", "identity", "records"),
    "src/continuity/",
    "src/vault/call.ts",
    "src/vault/verbs.ts",
  ],
  "vault/sample": [...vaultRooms("db", "records"), "src/vault/call.ts", "src/vault/verbs.ts"],
  "vault/thief": [...vaultRooms("records"), "src/vault/call.ts", "src/vault/verbs.ts"],
  "vault/admin": [
    ...vaultRooms("db", "ledger", "identity", "access", "records"),
    "src/vault/call.ts",
    "src/vault/verbs.ts",
  ],
};

function inRecords(file: string): string {
  return `src/vault/records/${file}`;
}

function vaultRooms(...names: readonly string[]): string[] {
  return ["src/contract/", ...names.map((name) => `src/vault/${name}/`)];
}

/** Room → packages it may load; a room that is not named may load any. */
const packages: Readonly<Record<string, readonly string[]>> = {
  contract: ["zod"],
  office: ["hono", "@hono/node-server", "zod"],
};

/** Reads all sources of the product. */
export function readImportGraph(root: string): ImportGraph {
  const files = globSync("src/**/*.{ts,tsx}", { cwd: root }).filter(isProduct).sort();
  const edges = files.flatMap((from) =>
    specifiers(readFileSync(path.join(root, from), "utf8")).map((to) => ({ from, to: resolve(root, from, to) })),
  );
  return { files, edges };
}

/** The edges that cross a fence, each with the reason. */
export function findViolations({ edges }: ImportGraph): string[] {
  return edges.flatMap(({ from, to }) => {
    const reason = judge(from, to);
    return reason === undefined ? [] : [`${from} imports ${to}: ${reason}`];
  });
}

/** All files that are loaded, directly or not, when `start` is. */
export function reachableFrom({ edges }: ImportGraph, start: string): Set<string> {
  const seen = new Set([start]);
  for (const file of seen) for (const edge of edges) if (edge.from === file) seen.add(edge.to);
  return seen;
}

function judge(from: string, to: string): string | undefined {
  const room = roomOf(from);
  const allowed = fences[room];
  if (allowed === undefined) return `there is no room ${room}`;
  if (to.startsWith("src/")) {
    if (roomOf(to) === room || allowed.some((one) => to === one || (one.endsWith("/") && to.startsWith(one)))) return;
    return `${room} may import ${["itself", ...allowed].join(", ")}`;
  }
  if (to.startsWith("node:")) {
    return room === "contract" || room === "web" ? `${room} also runs in the browser` : undefined;
  }
  if (to.startsWith("virtual:")) return room === "web" ? undefined : "only the web pages have made modules";
  if (/^(\.|test\/|bin\/)/.test(to)) return "it lies outside src/";
  const list = packages[room];
  const name = to.split("/", to.startsWith("@") ? 2 : 1).join("/");
  return list === undefined || list.includes(name) ? undefined : `of packages ${room} may load ${list.join(", ")}`;
}

/** The folder under src/; inside the vault the one under that, and `vault` for the files that stand on top of them. */
function roomOf(file: string): string {
  const [, outer = "", inner = ""] = file.split("/");
  return outer === "vault" && !inner.endsWith(".ts") ? `vault/${inner}` : outer;
}

/** Tests, their helpers (`test-x.ts`, `x-crash.ts` for a process that is killed on purpose) and types are no part of it. */
export function isProduct(file: string): boolean {
  return !/(\.test\.tsx?|\/test-[^/]+\.ts|-crash\.ts|\.d\.ts)$/.test(file);
}

const patterns = [
  /^\s*(?:import|export)\b[^"';()]*?\bfrom\s*["']([^"']+)["']/gm,
  /^\s*import\s*["']([^"']+)["']/gm,
  /\bimport\s*\(\s*["']([^"']+)["']\s*\)/g,
  /\bnew URL\(\s*["'](\.[^"']+\.ts)["']\s*,\s*import\.meta\.url/g,
];

function specifiers(source: string): string[] {
  // Only comments at a line's begin are taken out: inside a line "//" may be part of a text.
  const code = source.replace(/^\s*(?:\/\/.*|\/\*[^]*?\*\/)/gm, "");
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

function resolve(root: string, from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const target = path.posix.join(path.posix.dirname(from), specifier.replace(/\?.*$/, ""));
  return existsSync(path.join(root, target)) ? target : `${specifier} (missing)`;
}
