// Reads the published Wycheproof cases that lie beside the repository, for the tests of this room. A missing file skips
// the test on a developer's machine and fails it where CI is set; a case that was not looked at fails it everywhere.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

/** One case; its other members are hexadecimal text, read by `bytes`. */
export interface VectorCase {
  readonly tcId: number;
  readonly comment: string;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly flags: readonly string[];
  readonly [member: string]: unknown;
}

export interface VectorGroup {
  readonly tests: readonly VectorCase[];
  readonly [member: string]: unknown;
}

const folder = new URL("../../../../shared/vectors/wycheproof/", import.meta.url);

/** A test that runs `check` on every case of one file and asserts that it saw exactly as many as the file announces. */
export function testVectors(name: string, check: (vector: VectorCase, group: VectorGroup) => void): void {
  const file = new URL(`${name}_test.json`, folder);
  const skip = existsSync(file) || process.env["CI"] === "true" ? false : "vectors are not beside the repository";
  test(`wycheproof ${name}`, { skip }, () => {
    // The shape of the files is published with them.
    const content = JSON.parse(readFileSync(file, "utf8")) as { numberOfTests: number; testGroups: VectorGroup[] };
    let seen = 0;
    for (const group of content.testGroups) {
      for (const vector of group.tests) {
        seen += 1;
        try {
          check(vector, group);
        } catch (error) {
          throw new Error(`case ${vector.tcId} (${vector.comment}, ${vector.result})`, { cause: error });
        }
      }
    }
    assert.equal(seen, content.numberOfTests);
    assert.ok(seen > 0);
  });
}

/** A hexadecimal member of a case or group. */
export function bytes(from: VectorCase | VectorGroup, member: string): Buffer {
  const text = from[member];
  assert.equal(typeof text, "string", `${member} is missing`);
  return Buffer.from(String(text), "hex");
}
