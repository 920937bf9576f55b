#!/usr/bin/env node
// `strongroom …`: makes the clone ready if it is not, then becomes the command line.
import path from "node:path";
import { becomeNode, bootstrap, fail, root } from "./bootstrap.mjs";

if (process.argv[2] === "start") await import("./start.mjs");

try {
  const node = await bootstrap({ web: false, say: (text) => console.error(`  ${text}`) });
  await becomeNode(node, [path.join(root, "src/cli/strongroom.ts"), ...process.argv.slice(2)]);
} catch (error) {
  fail(error);
}
