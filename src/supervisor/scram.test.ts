// Verifiers against the exchange published in RFC 7677, section 3, and against a real server by every other test.
import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { test } from "node:test";
import { newRoleSecret, scramVerifier } from "./scram.ts";

test("the verifier gives the signatures of RFC 7677", () => {
  const verifier = scramVerifier("pencil", Buffer.from("W22ZaJ0SNY7soEsUEjb6gQ==", "base64"));
  const [, iterations, salt, stored, server] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(verifier) ?? [];
  assert.deepEqual([iterations, salt], ["4096", "W22ZaJ0SNY7soEsUEjb6gQ=="]);
  const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const auth = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
  const serverKey = Buffer.from(server ?? "", "base64");
  assert.equal(
    createHmac("sha256", serverKey).update(auth).digest("base64"),
    "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  );
  // The client's proof is ClientKey xor HMAC(StoredKey, auth): taking that away must give a key whose hash is StoredKey.
  const storedKey = Buffer.from(stored ?? "", "base64");
  const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
  const signature = createHmac("sha256", storedKey).update(auth).digest();
  const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0));
  assert.deepEqual(createHash("sha256").update(clientKey).digest(), storedKey);
});

test("a role secret has 256 bits and is new each time", () => {
  assert.match(newRoleSecret(), /^[A-Za-z0-9_-]{43}$/);
  assert.notEqual(newRoleSecret(), newRoleSecret());
});
