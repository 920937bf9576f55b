// Golden files: what security looks like today, as text that a reviewer can read in a diff. A test writes the file anew
// only when it is asked to (STRONGROOM_TEST_GOLDEN=write); otherwise any difference fails.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(import.meta.dirname, "../golden");

/** Fails unless the golden file holds exactly this text. */
export function assertGolden(name: string, text: string): void {
  const file = path.join(folder, name);
  if (process.env["STRONGROOM_TEST_GOLDEN"] === "write") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(
    text,
    readFileSync(file, "utf8"),
    `test/golden/${name} differs. If the change is meant, write it anew with STRONGROOM_TEST_GOLDEN=write.`,
  );
}
