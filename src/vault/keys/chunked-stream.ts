// C2SP chunked-encryption of what is too long for memory: the same bytes as chunked.ts makes, read and written chunk by
// chunk. No plaintext of a chunk is given out before that chunk is checked, and no end is believed that was not sealed.
import { SealBroken } from "./broken.ts";
import {
  chunkLength,
  chunkNonce,
  headerLength,
  type MessageKey,
  openHeader,
  sealedChunkLength,
  startMessage,
} from "./chunked.ts";
import { gcmOpen, gcmSeal } from "./primitives.ts";

/** Seals a stream under a 32-byte key for one place, named by `context`. */
export async function* sealStream(
  key: Uint8Array,
  context: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const header = Buffer.alloc(headerLength);
  const message = startMessage(key, context, header, 0);
  yield header;
  let number = 0;
  for await (const { bytes, last } of pieces(source, chunkLength)) {
    // A last chunk is always shorter, so after a full one an empty one follows.
    yield sealChunk(message, number++, bytes);
    if (last && bytes.length === chunkLength) yield sealChunk(message, number++, Buffer.alloc(0));
  }
}

function sealChunk(message: MessageKey, number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat(gcmSeal(message.key, chunkNonce(message, number), bytes));
}

/** Opens what {@link sealStream} made. Throws SealBroken for another key or place, any changed bit, and a missing end. */
export async function* openStream(
  key: Uint8Array,
  context: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  let message: MessageKey | undefined;
  let number = 0;
  let ended = false;
  for await (const { bytes } of pieces(source, sealedChunkLength, headerLength)) {
    if (message === undefined) {
      message = openHeader(key, context, bytes);
      continue;
    }
    const opened = gcmOpen(message.key, chunkNonce(message, number++), bytes);
    ended = opened.length < chunkLength;
    if (opened.length > 0) yield opened;
  }
  if (!ended) throw new SealBroken("truncated");
}

/** The source in pieces of `length` bytes, the first of `first`; the last one is shorter, or just as long. */
async function* pieces(
  source: AsyncIterable<Uint8Array>,
  length: number,
  first = length,
): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let due = first;
  let held: Buffer[] = [];
  let have = 0;
  for await (const given of source) {
    let rest = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
    // A full piece waits until more comes: only then it is not the last.
    while (have + rest.length > due) {
      const taken = rest.subarray(0, due - have);
      yield { bytes: Buffer.concat([...held, taken]), last: false };
      rest = rest.subarray(taken.length);
      [held, have, due] = [[], 0, length];
    }
    if (rest.length > 0) held.push(Buffer.from(rest));
    have += rest.length;
  }
  yield { bytes: Buffer.concat(held), last: true };
}
