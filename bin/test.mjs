#!/usr/bin/env node
// `npm test`: makes the clone ready, tests' packages included, then becomes the test run. `--prove` runs the long
// proofs instead; the other arguments choose steps and files (see test/harness/run.ts).
import path from "node:path";
import { becomeNode, bootstrap, root } from "./bootstrap.mjs";

try {
  const node = await bootstrap({ dev: true });
  const script = process.argv.includes("--prove") ? "test/harness/prove.ts" : "test/harness/run.ts";
  await becomeNode(node, [path.join(root, script), ...process.argv.slice(2).filter((arg) => arg !== "--prove")]);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
  // A run that could not begin has failed, and its last line says so like any other's.
  console.log("0 passed, 1 failed");
  process.exit(1);
}
