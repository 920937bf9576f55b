// The standard functions against the published cases. What our form of a function does not offer (other key, nonce or
// tag lengths, associated data) is asserted to be refused, or counted as out of its promise.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, test } from "node:test";
import { SealBroken } from "./broken.ts";
import { gcmOpen, gcmSeal, hkdf, hkdfExpand, hmacSha256, hmacSha512 } from "./primitives.ts";
import { bytes, testVectors } from "./test-vectors.ts";

testVectors("hmac_sha256", (vector, group) => {
  // A few groups hold tags cut to 128 bits; ours are never cut, so the expected bytes are compared.
  const length = Number(group["tagSize"]) / 8;
  const tag = hmacSha256(bytes(vector, "key"), bytes(vector, "msg")).subarray(0, length);
  assert.equal(tag.equals(bytes(vector, "tag")), vector.result === "valid");
});

test("HMAC is the library's for every length of key and message around its borders", () => {
  for (const key of [0, 1, 32, 63, 64, 65, 127, 128, 129, 300].map((length) => randomBytes(length)))
    for (const message of [0, 1, 200, 4095, 4096, 4097, 9000].map((length) => randomBytes(length))) {
      assert.deepEqual(hmacSha256(key, message), createHmac("sha256", key).update(message).digest());
      assert.deepEqual(hmacSha512(key, message), createHmac("sha512", key).update(message).digest());
    }
});

testVectors("hkdf_sha512", (vector) => {
  const [ikm, salt, info] = [bytes(vector, "ikm"), bytes(vector, "salt"), bytes(vector, "info")];
  const size = Number(vector["size"]);
  if (vector.result !== "valid") {
    assert.throws(() => hkdf(ikm, salt, info, size), RangeError);
    return;
  }
  assert.deepEqual(hkdf(ikm, salt, info, size), bytes(vector, "okm"));
  assert.deepEqual(hkdfExpand(hmacSha512(salt, ikm), info, size), bytes(vector, "okm"));
});

const gcm = { checked: 0, refused: 0, outside: 0 };

testVectors("aes_gcm", (vector, group) => {
  const [key, nonce, message] = [bytes(vector, "key"), bytes(vector, "iv"), bytes(vector, "msg")];
  const sealed = Buffer.concat([bytes(vector, "ct"), bytes(vector, "tag")]);
  if (group["keySize"] !== 256 || group["ivSize"] !== 96) {
    gcm.refused += 1;
    assert.throws(() => gcmOpen(key, nonce, sealed), RangeError);
    assert.throws(() => gcmSeal(key, nonce, message), RangeError);
  } else if (vector["aad"] !== "") {
    // Associated data is not offered: the tag, made over some, must not fit.
    gcm.outside += 1;
    assert.throws(() => gcmOpen(key, nonce, sealed), SealBroken);
  } else if (vector.result === "valid") {
    gcm.checked += 1;
    assert.deepEqual(gcmOpen(key, nonce, sealed), message);
    assert.deepEqual(Buffer.concat(gcmSeal(key, nonce, message)), sealed);
  } else {
    gcm.checked += 1;
    assert.throws(() => gcmOpen(key, nonce, sealed), SealBroken);
  }
});

after(() => {
  if (gcm.checked + gcm.refused + gcm.outside > 0) assert.deepEqual(gcm, { checked: 48, refused: 250, outside: 18 });
});
