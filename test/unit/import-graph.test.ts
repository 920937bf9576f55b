// The rooms keep to their fences, over the real import graph and by lint. Each check proves that it looked: it counts
// what it read and finds a violation that is planted.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { findViolations, isProduct, reachableFrom, readImportGraph } from "../harness/import-graph.ts";

const root = path.resolve(import.meta.dirname, "../..");
const graph = readImportGraph(root);

/** One crossing of each fence: file, and the line that crosses. */
const planted: readonly (readonly [string, string])[] = [
  ["src/contract/planted.ts", 'import { Database } from "../vault/db/database.ts";'],
  ["src/contract/planted.ts", 'import { readFileSync } from "node:fs";'],
  ["src/contract/planted.ts", 'import pg from "pg";'],
  ["src/vault/planted.ts", 'import { VaultClient } from "../office/vault-client.ts";'],
  ["src/vault/planted.ts", 'import { readConfig } from "../supervisor/config.ts";'],
  ["src/continuity/planted.ts", 'import { Keyring } from "../vault/keys/keyring.ts";'],
  ["src/continuity/planted.ts", 'import { readConfig } from "../supervisor/config.ts";'],
  ["src/office/http/planted.ts", 'import { makeBackup } from "../../continuity/write-backup.ts";'],
  ["src/office/http/planted.ts", 'import { Keyring } from "../../vault/keys/keyring.ts";'],
  ["src/office/http/planted.ts", 'const load = () => import("../../vault/db/database.ts");'],
  ["src/supervisor/planted.ts", 'import { Keyring } from "../vault/keys/keyring.ts";'],
  ["src/web/planted.ts", 'import { readConfig } from "../supervisor/config.ts";'],
  ["src/web/planted.ts", 'export { readFileSync } from "node:fs";'],
  ["src/cli/planted.ts", 'import { answerApi } from "../office/http/api.ts";'],
];

/** The same inside the vault, where the graph alone keeps the fences. */
const plantedInside: readonly (readonly [string, string])[] = [
  ["src/vault/db/planted.ts", 'import { Keyring } from "../keys/keyring.ts";'],
  ["src/vault/keys/planted.ts", 'import { Ledger } from "../ledger/ledger.ts";'],
  ["src/vault/ledger/planted.ts", 'import type { Records } from "../records/deps.ts";'],
  ["src/vault/watch/planted.ts", 'import { Identity } from "../identity/identity.ts";'],
  ["src/vault/identity/planted.ts", 'import type { Access } from "../access/access.ts";'],
  ["src/vault/access/planted.ts", 'import type { Records } from "../records/deps.ts";'],
  ["src/vault/search/planted.ts", 'import { Directory } from "../access/directory.ts";'],
  ["src/vault/records/planted.ts", 'import { Gate } from "../gate.ts";'],
  ["src/vault/imports/planted.ts", 'import { assignRoles } from "../admin/role-verbs.ts";'],
  ["src/vault/records/planted.ts", 'import { makeBackup } from "../../continuity/write-backup.ts";'],
  ["src/vault/admin/planted.ts", 'import { openImports } from "../imports/open-imports.ts";'],
  ["src/vault/keys/planted.ts", 'import { dropPrivileges } from "../../supervisor/drop-privileges.ts";'],
  ["src/vault/unnamed/planted.ts", 'import type { Call } from "../call.ts";'],
];

test("the graph holds every source file of the product", () => {
  const tracked = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "src"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((file) => /\.tsx?$/.test(file) && isProduct(file) && existsSync(path.join(root, file)));
  assert.equal(graph.files.length, new Set(tracked).size);
  assert.ok(graph.files.length > 200, `${graph.files.length} files`);
  assert.ok(graph.edges.length > 800, `${graph.edges.length} imports`);
  const missing = graph.edges.filter((edge) => edge.to.endsWith("(missing)"));
  assert.deepEqual(missing, []);
});

test("no room imports beyond its fence", () => {
  assert.deepEqual(findViolations(graph), []);
});

test("what the office loads, directly or not, holds no code of the vault", () => {
  const loaded = reachableFrom(graph, "src/office/main.ts");
  assert.ok(loaded.has("src/contract/endpoints.ts"), "the walk followed the imports");
  assert.deepEqual(
    [...loaded].filter((file) => file.startsWith("src/vault/")),
    [],
  );
});

test("process.env is read in one file", () => {
  const readers = graph.files.filter((file) => /process\.env\b/.test(readFileSync(path.join(root, file), "utf8")));
  assert.deepEqual(readers, ["src/supervisor/config.ts"]);
});

test("planted violations are found in the graph and by lint", () => {
  const copy = mkdtempSync(path.join(tmpdir(), "strongroom-fences-"));
  try {
    cpSync(path.join(root, "src"), path.join(copy, "src"), { recursive: true });
    for (const file of [".oxlintrc.json", "package.json"]) cpSync(path.join(root, file), path.join(copy, file));
    symlinkSync(path.join(root, "node_modules"), path.join(copy, "node_modules"));
    for (const [file, line] of [...planted, ...plantedInside]) {
      const target = path.join(copy, file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, `// Planted.\n${line}\n`);
      const found = findViolations(readImportGraph(copy)).filter((one) => one.startsWith(`${file} imports `));
      assert.equal(found.length, 1, `${file} ${line}\n${found.join("\n")}`);
      // Lint has no fence for dynamic imports, nor inside the vault; the graph has.
      if (line.includes("import(") || plantedInside.some(([inside]) => inside === file)) {
        rmSync(target);
        continue;
      }
      const oxlint = path.join(root, "node_modules/oxlint/bin/oxlint");
      const lint = spawnSync(process.execPath, [oxlint, file], { cwd: copy, encoding: "utf8" });
      assert.match(lint.stdout, /no-restricted-imports/, `${file} ${line}\n${lint.stdout}${lint.stderr}`);
      rmSync(target);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});
