#!/usr/bin/env node
// `npm start`: makes the clone ready if it is not, then becomes the supervisor. `npm run dev` is the same on data of its
// own inside the clone, so that trying out never touches an installation.
import path from "node:path";
import { becomeNode, bootstrap, fail, root } from "./bootstrap.mjs";

if (process.argv.includes("--dev")) {
  process.env.STRONGROOM_DATA ??= path.join(root, ".strongroom/data");
  process.env.STRONGROOM_KEYS ??= path.join(root, ".strongroom-keys");
}
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
