// The same format for what does not fit in memory: sealing and opening piece by piece, and reading a range of a sealed
// file. A reader must not trust that a message is whole until `final` or `length` has answered.
import { SealBroken } from "./broken.ts";
import {
  chunkLength,
  chunkNonce,
  headerLength,
  type MessageKey,
  maxChunks,
  openedLength,
  openHeader,
  sealedChunkLength,
  startMessage,
} from "./chunked.ts";
import { gcmOpen, gcmSeal } from "./primitives.ts";

/** Collects bytes into pieces of one fixed size. */
class Pieces {
  readonly #piece: Buffer;
  #filled = 0;

  constructor(size: number) {
    this.#piece = Buffer.allocUnsafeSlow(size);
  }

  /** Calls `full` with every piece that `bytes` completes; the piece is reused afterwards. */
  add(bytes: Uint8Array, full: (piece: Buffer) => void): void {
    for (let at = 0; at < bytes.length;) {
      const take = Math.min(this.#piece.length - this.#filled, bytes.length - at);
      this.#piece.set(bytes.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled < this.#piece.length) return;
      this.#filled = 0;
      full(this.#piece);
    }
  }

  /** What is left at the end: always shorter than a piece. */
  rest(): Buffer {
    return this.#piece.subarray(0, this.#filled);
  }

  wipe(): void {
    this.#piece.fill(0);
  }
}

/** Seals a message piece by piece; holds one chunk (16 KiB) in memory. Throws when used after `final`. */
export class ChunkSealer {
  readonly #message: MessageKey;
  readonly #pieces = new Pieces(chunkLength);
  #out: Buffer[];
  #chunk = 0;
  #done = false;

  constructor(key: Uint8Array, context: Uint8Array) {
    const header = Buffer.allocUnsafe(headerLength);
    this.#message = startMessage(key, context, header, 0);
    this.#out = [header];
  }

  /** Takes plaintext, gives back the sealed bytes that are ready (the header comes with the first call). */
  update(plaintext: Uint8Array): Buffer {
    if (this.#done) throw new Error("this message is finished");
    this.#pieces.add(plaintext, (piece) => this.#seal(piece));
    return this.#take();
  }

  /** The last bytes. Without them the message does not open. */
  final(): Buffer {
    if (this.#done) throw new Error("this message is finished");
    this.#done = true;
    this.#seal(this.#pieces.rest());
    this.#pieces.wipe();
    return this.#take();
  }

  #seal(piece: Buffer): void {
    this.#out.push(...gcmSeal(this.#message.key, chunkNonce(this.#message, this.#chunk), piece));
    this.#chunk += 1;
  }

  #take(): Buffer {
    const ready = Buffer.concat(this.#out);
    this.#out = [];
    return ready;
  }
}

/**
 * Opens a message piece by piece. What `update` gives out is authentic but may be a shortened message: only `final`
 * says that it is whole. After the first failure every call throws SealBroken.
 */
export class ChunkOpener {
  readonly #key: Uint8Array;
  readonly #context: Uint8Array;
  readonly #header = new Pieces(headerLength);
  readonly #pieces = new Pieces(sealedChunkLength);
  #message: MessageKey | undefined;
  #out: Buffer[] = [];
  #chunk = 0;
  #ended: "finished" | "broken" | undefined;

  constructor(key: Uint8Array, context: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#context = Uint8Array.from(context);
  }

  /** Takes sealed bytes, gives back plaintext that is ready. Throws SealBroken. */
  update(sealed: Uint8Array): Buffer {
    return this.#guard(() => {
      let rest = sealed;
      if (this.#message === undefined) {
        const needed = headerLength - this.#header.rest().length;
        rest = sealed.subarray(needed);
        this.#header.add(sealed.subarray(0, needed), (header) => {
          this.#message = openHeader(this.#key, this.#context, header);
        });
      }
      this.#pieces.add(rest, (piece) => this.#open(piece));
    });
  }

  /** The last plaintext bytes. Throws SealBroken when the message is cut short. */
  final(): Buffer {
    const last = this.#guard(() => this.#open(this.#pieces.rest()));
    this.#ended = "finished";
    this.#key.fill(0);
    return last;
  }

  #open(piece: Buffer): void {
    if (this.#message === undefined) throw new SealBroken("shorter than a header");
    if (this.#chunk >= maxChunks) throw new SealBroken("longer than any message");
    this.#out.push(gcmOpen(this.#message.key, chunkNonce(this.#message, this.#chunk), piece));
    this.#chunk += 1;
  }

  #guard(work: () => void): Buffer {
    if (this.#ended !== undefined) throw new SealBroken(`this message is ${this.#ended}`);
    try {
      work();
    } catch (error) {
      this.#ended = "broken";
      this.#out = [];
      throw error;
    }
    const ready = Buffer.concat(this.#out);
    this.#out = [];
    return ready;
  }
}

/** Gives exactly the bytes [start, end) of a sealed message, or fewer at its end. */
export type ReadSealed = (start: number, end: number) => Promise<Uint8Array>;

/** Random access to a sealed message of known length: reads and opens only the chunks that a range touches. */
export class SealedReader {
  readonly #message: MessageKey;
  readonly #read: ReadSealed;
  readonly #sealed: number;
  readonly #length: number;

  private constructor(message: MessageKey, read: ReadSealed, sealed: number) {
    this.#message = message;
    this.#read = read;
    this.#sealed = sealed;
    this.#length = openedLength(sealed);
  }

  /** `sealed` is the whole length of the sealed message in bytes. Throws SealBroken when the header does not fit. */
  static async open(key: Uint8Array, context: Uint8Array, sealed: number, read: ReadSealed): Promise<SealedReader> {
    openedLength(sealed);
    const message = openHeader(key, context, await read(0, headerLength));
    return new SealedReader(message, read, sealed);
  }

  /** Length of the plaintext in bytes, proved by opening the last chunk. Throws SealBroken. */
  async length(): Promise<number> {
    await this.#chunk(Math.floor(this.#length / chunkLength));
    return this.#length;
  }

  /**
   * Plaintext bytes [start, end); an end beyond the message is proved by its last chunk and cut there.
   * Throws SealBroken, RangeError when start or end is not a whole number from 0 up.
   */
  async range(start: number, end: number): Promise<Buffer> {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
      throw new RangeError("a range goes from 0 up");
    }
    const stop = end >= this.#length ? await this.length() : end;
    const parts: Buffer[] = [];
    for (let chunk = Math.floor(start / chunkLength); chunk * chunkLength < stop; chunk += 1) {
      const first = chunk * chunkLength;
      const plaintext = await this.#chunk(chunk);
      parts.push(plaintext.subarray(Math.max(start - first, 0), stop - first));
    }
    return Buffer.concat(parts);
  }

  async #chunk(chunk: number): Promise<Buffer> {
    const start = headerLength + chunk * sealedChunkLength;
    const end = Math.min(start + sealedChunkLength, this.#sealed);
    const body = await this.#read(start, end);
    if (body.length !== end - start) throw new SealBroken("truncated");
    return gcmOpen(this.#message.key, chunkNonce(this.#message, chunk), body);
  }
}

/** Plaintext bytes [start, end) of a message held in memory. Throws SealBroken. */
export async function openRange(
  key: Uint8Array,
  context: Uint8Array,
  sealed: Uint8Array,
  start: number,
  end: number,
): Promise<Buffer> {
  const reader = await SealedReader.open(key, context, sealed.length, async (from, to) => sealed.subarray(from, to));
  return reader.range(start, end);
}
