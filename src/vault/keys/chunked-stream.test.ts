// Streams are sealed as the same bytes that chunked.ts reads and writes, whatever the pieces they come in.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { SealBroken } from "./broken.ts";
import { chunkLength, headerLength, openBytes, sealBytes, sealedChunkLength } from "./chunked.ts";
import { openStream, sealStream } from "./chunked-stream.ts";

const [key, context] = [randomBytes(32), Buffer.from("stream")];

async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function gather(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("a stream and a value of the same bytes open each other, at every border of a chunk", async () => {
  for (const length of [0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 3 * chunkLength, 100_001])
    for (const piece of [1000, chunkLength, sealedChunkLength, 70_000]) {
      const plaintext = randomBytes(length);
      assert.deepEqual(
        openBytes(key, context, await gather(sealStream(key, context, inPieces(plaintext, piece)))),
        plaintext,
      );
      const sealed = sealBytes(key, context, plaintext);
      assert.deepEqual(await gather(openStream(key, context, inPieces(sealed, piece))), plaintext);
    }
});

test("a stream that ends early, goes on, or has another byte anywhere is refused, and no chunk after that place is given", async () => {
  const sealed = sealBytes(key, context, randomBytes(3 * chunkLength));
  const refused = (bytes: Buffer) =>
    assert.rejects(gather(openStream(key, context, inPieces(bytes, 5000))), SealBroken);
  for (const end of [0, 10, headerLength, headerLength + sealedChunkLength, sealed.length - 1])
    await refused(sealed.subarray(0, end));
  await refused(Buffer.concat([sealed, Buffer.alloc(1)]));
  for (let at = 0; at < sealed.length; at += 997) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await refused(changed);
  }
});
