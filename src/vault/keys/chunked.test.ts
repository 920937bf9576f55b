// The sealing format against the published cases.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { SealBroken } from "./broken.ts";
import {
  chunkLength,
  chunkNonce,
  deriveMessageKey,
  headerLength,
  maxChunks,
  openBytes,
  openedLength,
  sealBytes,
  sealedChunkLength,
  sealedLength,
} from "./chunked.ts";
import { bytes, testVectors } from "./test-vectors.ts";

const sha512 = (data: Uint8Array): string => createHash("sha512").update(data).digest("hex");

testVectors("c2sp_chunked_encryption_aes_256_gcm", (vector) => {
  const [key, context] = [bytes(vector, "key"), bytes(vector, "ctx")];
  const sealed = inflateSync(bytes(vector, "ct"));
  const expected = { length: vector["msgLength"], hash: vector["msgSha512"] };
  if (vector.result === "valid") {
    const plaintext = openBytes(key, context, sealed);
    assert.deepEqual({ length: plaintext.length, hash: sha512(plaintext) }, expected);
    assert.equal(openedLength(sealed.length), plaintext.length);
    assert.equal(sealedLength(plaintext.length), sealed.length);
    const message = deriveMessageKey(key, sealed.subarray(0, 24), context);
    assert.deepEqual(message.key, bytes(vector, "aeadKey"));
    assert.deepEqual(message.baseNonce, bytes(vector, "baseNonce"));
  } else {
    assert.throws(() => openBytes(key, context, sealed), SealBroken);
  }
});

test("what is sealed opens, at every border of a chunk, and not when a byte of any chunk is another", () => {
  const [key, context] = [randomBytes(32), Buffer.from("file")];
  for (const length of [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 3 * chunkLength, 100_001]) {
    const plaintext = randomBytes(length);
    const sealed = sealBytes(key, context, plaintext);
    assert.equal(sealed.length, sealedLength(length));
    assert.deepEqual(openBytes(key, context, sealed), plaintext);
    for (let at = headerLength; at < sealed.length; at += sealedChunkLength) {
      const changed = Buffer.from(sealed);
      changed[at] = ~(changed[at] ?? 0);
      assert.throws(() => openBytes(key, context, changed), SealBroken);
    }
    assert.throws(() => openBytes(key, context, sealed.subarray(0, -1)), SealBroken);
  }
});

test("chunk numbers reach into the fifth byte of the nonce and end at 2^38", () => {
  const message = deriveMessageKey(Buffer.alloc(32), Buffer.alloc(24), Buffer.alloc(0));
  const base = BigInt(`0x${message.baseNonce.toString("hex")}`);
  for (const chunk of [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 37 + 12_345, maxChunks - 1]) {
    assert.equal(BigInt(`0x${chunkNonce(message, chunk).toString("hex")}`), base ^ BigInt(chunk));
  }
  assert.throws(() => chunkNonce(message, maxChunks), RangeError);
});

test("no salt is given out twice", () => {
  const [key, empty] = [randomBytes(32), Buffer.alloc(0)];
  const salts = new Set<string>();
  for (let count = 0; count < 2000; count += 1) salts.add(sealBytes(key, empty, empty).toString("hex", 0, 24));
  assert.equal(salts.size, 2000);
});
