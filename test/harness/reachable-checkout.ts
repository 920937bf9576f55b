// The checkout for a test that starts the product as another user: the checkout itself, or a copy when it lies in a
// folder that only root can enter.
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { separateUsers } from "../../src/supervisor/os-users.ts";
import { othersCanReach } from "../../src/supervisor/reachable.ts";
import { removeAtEnd } from "./throwaway.ts";

const root = path.resolve(import.meta.dirname, "../..");
const needed = ["package.json", "tsconfig.json", "src", "dist", "test/security", "node_modules"];
let copied: string | undefined;

/** Undefined: the checkout itself will do. */
export function checkoutForOthers(): string | undefined {
  if (copied !== undefined || !separateUsers() || othersCanReach(path.join(root, "src"))) return copied;
  copied = mkdtempSync(path.join(tmpdir(), "strongroom-checkout-"));
  chmodSync(copied, 0o755);
  removeAtEnd(copied);
  for (const name of needed)
    cpSync(path.join(root, name), path.join(copied, name), { recursive: true, verbatimSymlinks: true });
  return copied;
}

export function removeCheckoutForOthers(): void {
  if (copied !== undefined) rmSync(copied, { recursive: true, force: true });
}
