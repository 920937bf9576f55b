// `strongroom import` where nobody can answer it, and its page of options.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { test } from "node:test";
import { makeFolder } from "../../test/harness/throwaway.ts";

const script = path.resolve(import.meta.dirname, "strongroom.ts");

function run(args: readonly string[], home: string): { code: number | null; said: string; told: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "import", ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home },
    input: "",
    encoding: "utf8",
    timeout: 20_000,
  });
  return { code: status, said: stdout, told: stderr };
}

test("--help lists every option and asks for nothing", () => {
  const { code, said, told } = run(["--help"], "/nowhere");
  assert.deepEqual([code, told], [0, ""]);
  for (const option of ["--object", "--mode", "--map", "--fix", "--undo", "--errors", "--device", "--yes"])
    assert.ok(said.includes(option), option);
});

test("with the input closed it says so, imports nothing and ends", async () => {
  const folder = makeFolder();
  // A port that nothing answers at: the question comes before any request.
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  const file = path.join(folder, "accounts.csv");
  writeFileSync(file, "name\nAcme\n");
  for (const [language, words] of [
    ["en", /Standard input is closed.*nothing was imported/u],
    ["zh", /标准输入已关闭.*没有导入任何内容/u],
  ] as const) {
    const { code, told } = run([file, "--language", language, "--origin", `http://localhost:${address.port}`], folder);
    assert.equal(code, 1, told);
    assert.match(told, words);
    assert.doesNotMatch(told, /\n\s+at /u, "a sentence, not the way through the program");
  }
  rmSync(folder, { recursive: true, force: true });
});
