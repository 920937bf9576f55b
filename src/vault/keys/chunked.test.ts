// The sealing format against the published cases, in every way it can be read: at once, piece by piece, by range.
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
import { ChunkOpener, ChunkSealer, openRange, SealedReader } from "./chunked-file.ts";
import { bytes, testVectors } from "./test-vectors.ts";

const sha512 = (data: Uint8Array): string => createHash("sha512").update(data).digest("hex");

/** Opens piece by piece; gives what came out and whether the end was reached. */
function stream(key: Buffer, context: Buffer, sealed: Buffer, step: number): { out: Buffer; whole: boolean } {
  const opener = new ChunkOpener(key, context);
  const out: Buffer[] = [];
  try {
    for (let at = 0; at < sealed.length; at += step) out.push(opener.update(sealed.subarray(at, at + step)));
    out.push(opener.final());
    return { out: Buffer.concat(out), whole: true };
  } catch (error) {
    assert.ok(error instanceof SealBroken);
    assert.throws(() => opener.update(Buffer.alloc(1)), SealBroken, "a broken message stays broken");
    assert.throws(() => opener.final(), SealBroken);
    return { out: Buffer.concat(out), whole: false };
  }
}

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
  // Steps that fall on, before and behind every border; bytes one by one where that is quick.
  for (const step of [sealedChunkLength, 5000, 40_000, ...(sealed.length < 100_000 ? [1] : [])]) {
    const { out, whole } = stream(key, context, sealed, step);
    assert.equal(whole, vector.result === "valid");
    if (whole) assert.deepEqual({ length: out.length, hash: sha512(out) }, expected);
    // Steps of a chunk or less lose nothing of the good beginning.
    else if (step <= sealedChunkLength)
      assert.equal(out.length, vector.flags.includes("PartialPlaintext") ? expected.length : 0);
  }
});

testVectors("c2sp_chunked_encryption_aes_256_gcm", (vector) => {
  // The length is proved by the last chunk alone: right for valid messages and for those flagged ValidFinalChunk.
  const [key, context] = [bytes(vector, "key"), bytes(vector, "ctx")];
  const sealed = inflateSync(bytes(vector, "ct"));
  const proves = vector.result === "valid" || vector.flags.includes("ValidFinalChunk");
  pending.push(
    SealedReader.open(key, context, sealed.length, async (start, end) => sealed.subarray(start, end))
      .then((reader) => reader.length())
      .then(
        (length) => assert.ok(proves && length === openedLength(sealed.length), `case ${vector.tcId}`),
        (error: unknown) => assert.ok(!proves && error instanceof SealBroken, `case ${vector.tcId}`),
      ),
  );
});
const pending: Promise<void>[] = [];

test("every length of a last chunk proved", async () => {
  await Promise.all(pending);
  assert.ok(pending.length === 35 || process.env["CI"] !== "true", "every case was asked");
});

test("what is sealed piece by piece opens at once, by range, and the other way round", async () => {
  const [key, context] = [randomBytes(32), Buffer.from("file")];
  for (const length of [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 3 * chunkLength, 100_001]) {
    const plaintext = randomBytes(length);
    const sealer = new ChunkSealer(key, context);
    const parts: Buffer[] = [];
    for (let at = 0; at < length; at += 7001) parts.push(sealer.update(plaintext.subarray(at, at + 7001)));
    parts.push(sealer.final());
    assert.throws(() => sealer.update(plaintext));
    const sealed = Buffer.concat(parts);
    assert.equal(sealed.length, sealedLength(length));
    assert.deepEqual(openBytes(key, context, sealed), plaintext);
    assert.deepEqual(stream(key, context, sealBytes(key, context, plaintext), 997).out, plaintext);
    for (let round = 0; round < 20; round += 1) {
      const start = Math.floor(Math.random() * (length + 10));
      const end = start + Math.floor(Math.random() * 40_000);
      assert.deepEqual(await openRange(key, context, sealed, start, end), plaintext.subarray(start, end));
    }
  }
});

test("a range reads only the chunks it touches, and a changed chunk breaks only ranges that touch it", async () => {
  const [key, context] = [randomBytes(32), Buffer.from("file")];
  const plaintext = randomBytes(10 * chunkLength);
  const sealed = sealBytes(key, context, plaintext);
  sealed[headerLength + 4 * sealedChunkLength + 9] = ~(sealed[headerLength + 4 * sealedChunkLength + 9] ?? 0);
  let read = 0;
  const reader = await SealedReader.open(key, context, sealed.length, async (start, end) => {
    read += end - start;
    return sealed.subarray(start, end);
  });
  const [start, end] = [2 * chunkLength + 5, 4 * chunkLength];
  assert.deepEqual(await reader.range(start, end), plaintext.subarray(start, end));
  assert.equal(read, headerLength + 2 * sealedChunkLength);
  await assert.rejects(reader.range(start, end + 1), SealBroken);
  await assert.rejects(reader.range(-1, 5), RangeError);
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
