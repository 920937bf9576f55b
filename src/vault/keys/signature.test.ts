// Signatures against the published cases, and the strictness of importing a device key.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { test } from "node:test";
import { ecdsaVerifyP1363, ed25519Signer, ed25519Verify, p256PublicKey } from "./signature.ts";
import { bytes, testVectors, type VectorGroup } from "./test-vectors.ts";

testVectors("ecdsa_secp256r1_sha256_p1363", (vector, group) => {
  const key = p256PublicKey(jwkOf(group));
  assert.equal(ecdsaVerifyP1363(key, bytes(vector, "msg"), bytes(vector, "sig")), vector.result === "valid");
});

testVectors("ed25519", (vector, group) => {
  const der = Buffer.from(String(group["publicKeyDer"]), "hex");
  const verified = ed25519Verify(der.subarray(-32), bytes(vector, "msg"), bytes(vector, "sig"));
  assert.equal(verified, vector.result === "valid");
});

/** The published JWK where there is one; some groups come with the point only. */
function jwkOf(group: VectorGroup): unknown {
  if (group["publicKeyJwk"] !== undefined) return group["publicKeyJwk"];
  const der = Buffer.from(String(group["publicKeyDer"]), "hex");
  const [x, y] = [der.subarray(-64, -32), der.subarray(-32)];
  return { kty: "EC", crv: "P-256", x: x.toString("base64url"), y: y.toString("base64url") };
}

test("a device key is imported strictly and kept", () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const key = p256PublicKey(jwk);
  assert.equal(p256PublicKey({ ...jwk }), key);
  const data = randomBytes(100);
  const signature = sign("sha256", data, { key: privateKey, dsaEncoding: "ieee-p1363" });
  assert.ok(ecdsaVerifyP1363(key, data, signature));
  assert.ok(!ecdsaVerifyP1363(key, data.subarray(1), signature));
  assert.ok(!ecdsaVerifyP1363(key, data, sign("sha256", data, privateKey)), "DER form");

  const { x, y } = jwk;
  // The last letter of 32 bytes in base64url has two spare bits; the same bytes with a spare bit set is another name.
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const spare = `${x?.slice(0, -1)}${letters[letters.indexOf(x?.at(-1) ?? "") + 1]}`;
  const refused = [
    undefined,
    null,
    {},
    { ...jwk, kty: "RSA" },
    { ...jwk, crv: "P-384" },
    { ...jwk, d: x },
    { ...jwk, x: undefined },
    { ...jwk, x: `${x}=` },
    { ...jwk, x: ` ${x}` },
    { ...jwk, x: spare },
    { ...jwk, x: y, y: x },
    { ...jwk, x: "A".repeat(43), y: "A".repeat(43) },
    privateKey.export({ format: "jwk" }),
  ];
  for (const bad of refused) assert.throws(() => p256PublicKey(bad), TypeError, JSON.stringify(bad));
});

test("Ed25519: RFC 8032, section 7.1, test 2, and refusals", () => {
  const seed = Buffer.from("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "hex");
  const signer = ed25519Signer(seed);
  assert.equal(signer.publicKey.toString("hex"), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = signer.sign(Buffer.from("72", "hex"));
  assert.equal(
    signature.toString("hex"),
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );
  assert.ok(ed25519Verify(signer.publicKey, Buffer.from("72", "hex"), signature));
  assert.ok(!ed25519Verify(signer.publicKey, Buffer.from("73", "hex"), signature));
  assert.ok(!ed25519Verify(randomBytes(31), Buffer.from("72", "hex"), signature));
  assert.throws(() => ed25519Signer(randomBytes(31)), RangeError);
});
