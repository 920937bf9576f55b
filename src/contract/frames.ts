// Frames on a byte stream: 4 bytes length of the head, 4 bytes length of the payload, JSON head, payload. Whatever
// breaks the form ends the connection: between our own processes it is never an accident.
import { maxFrame } from "./channel.ts";

const heading = 8;
const none = new Uint8Array(0);

export function encodeFrame(head: unknown, payload: Uint8Array = none): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const frame = new Uint8Array(heading + text.length + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, text.length);
  view.setUint32(4, payload.length);
  frame.set(text, heading);
  frame.set(payload, heading + text.length);
  return frame;
}

/** A stream of bytes, as a socket is one. */
interface ByteStream {
  readonly destroyed: boolean;
  write(bytes: Uint8Array): unknown;
}

const soonMs = 5;

/** Sends frames: all that are written in one turn of the event loop go out together. */
export class FrameWriter {
  readonly #stream: ByteStream;
  #frames: Uint8Array[] = [];
  #now = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  write(head: unknown, payload?: Uint8Array): void {
    this.#frames.push(encodeFrame(head, payload));
    if (this.#now) return;
    this.#now = true;
    queueMicrotask(() => {
      this.#flush();
    });
  }

  /** For what nobody waits for: it goes along with the next frame, at the latest after a few milliseconds. */
  writeSoon(head: unknown): void {
    this.#frames.push(encodeFrame(head));
    if (!this.#now)
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, soonMs);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#now = false;
    const frames = this.#frames;
    this.#frames = [];
    const [only] = frames;
    if (only === undefined || this.#stream.destroyed) return;
    this.#stream.write(frames.length === 1 ? only : concat(frames));
  }
}

function concat(frames: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    whole.set(frame, at);
    at += frame.length;
  }
  return whole;
}

/** Collects chunks and hands out whole frames. Chunks are joined once a frame is whole, so a byte is copied once or twice. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes that must be there before a look is worth it: a heading, or the whole frame it announces. */
  #wanted = heading;

  /** Throws RangeError for a frame beyond the limit, SyntaxError for a head that is no JSON. */
  push(chunk: Uint8Array): { head: unknown; payload: Uint8Array<ArrayBuffer> }[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: { head: unknown; payload: Uint8Array<ArrayBuffer> }[] = [];
    while (this.#length >= this.#wanted) {
      const held = this.#chunks.length === 1 ? this.#chunks[0]! : concat(this.#chunks); // one or more, or the length were 0
      const view = new DataView(held.buffer, held.byteOffset, held.byteLength);
      const head = view.getUint32(0);
      const payload = view.getUint32(4);
      if (head + payload > maxFrame) throw new RangeError("frame too large");
      const end = heading + head + payload;
      if (held.length < end) {
        this.#hold(held, end);
        break;
      }
      frames.push({
        head: JSON.parse(new TextDecoder().decode(held.subarray(heading, heading + head))),
        payload: new Uint8Array(held.subarray(heading + head, end)),
      });
      this.#hold(held.subarray(end), heading);
    }
    return frames;
  }

  #hold(bytes: Uint8Array, wanted: number): void {
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#length = bytes.length;
    this.#wanted = wanted;
  }
}
