/** Merkle trees against the published reference trees. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_ROOT, leafHash, merkleRoot } from "./merkle.ts";

test("published roots of RFC 6962 reference trees", () => {
  const inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
  const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, "hex")));
  assert.equal(EMPTY_ROOT.toString("hex"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(
    merkleRoot(leaves.slice(0, 1)).toString("hex"),
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  );
  assert.equal(merkleRoot(leaves).toString("hex"), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
});
