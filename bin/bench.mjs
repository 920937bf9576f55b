#!/usr/bin/env node
// `npm run bench`: makes the clone ready, tests' packages included, then becomes the benchmarks with the same arguments.
import path from "node:path";
import { becomeNode, bootstrap, fail, root } from "./bootstrap.mjs";

try {
  const node = await bootstrap({ dev: true, say: (text) => console.error(`  ${text}`) });
  await becomeNode(node, [path.join(root, "test/bench/main.ts"), ...process.argv.slice(2)]);
} catch (error) {
  fail(error);
}
