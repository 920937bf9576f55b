#!/usr/bin/env node
// `npm start`: makes the clone ready if it is not, then becomes the supervisor.
import path from "node:path";
import { becomeNode, bootstrap, fail, root } from "./bootstrap.mjs";

const json = process.env.STRONGROOM_EVENTS === "json";
const say = json ? (text) => console.log(JSON.stringify({ event: "step", text })) : (text) => console.log(`  ${text}`);

try {
  if (!json) console.log("\nStrongroom 金库 CRM\n");
  const node = await bootstrap({ say });
  await becomeNode(
    node,
    ["--disallow-code-generation-from-strings", "--disable-sigusr1", path.join(root, "src/supervisor/main.ts")],
    { lifeline: true },
  );
} catch (error) {
  fail(error);
}
