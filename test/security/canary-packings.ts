// Forms in which bytes may lie wrapped in other bytes: compressed streams, and PostgreSQL's text for bytes. Each is told by
// its first bytes and opened as far as it goes.
import zlib from "node:zlib";

const unpackedBytes = 32 * 1024 * 1024;

export interface Packing {
  readonly name: string;
  readonly magic: readonly (number | undefined)[];
  /** Bytes from the magic to the stream. */
  readonly skip: (bytes: Buffer, at: number) => number;
  readonly open: (bytes: Buffer) => Buffer;
}

const whole = () => 0;
const cut = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: unpackedBytes };
const inflate = (bytes: Buffer): Buffer => zlib.inflateSync(bytes, cut);
export const packings: readonly Packing[] = [
  // Without its header, as the whole form (RFC 1952) is refused when other bytes follow it.
  { name: "gzip", magic: [0x1f, 0x8b, 0x08], skip: gzipHeader, open: (bytes) => zlib.inflateRawSync(bytes, cut) },
  {
    name: "zstd",
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    skip: whole,
    open: (bytes) =>
      zlib.zstdDecompressSync(bytes, { finishFlush: zlib.constants.ZSTD_e_flush, maxOutputLength: unpackedBytes }),
  },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({ name: "zlib", magic: [0x78, level], skip: whole, open: inflate })),
  {
    // A member of a zip archive, packed by method 8: raw deflate after its name and extra field.
    name: "deflate",
    magic: [0x50, 0x4b, 0x03, 0x04, undefined, undefined, undefined, undefined, 0x08, 0x00],
    skip: (bytes, at) => 30 + (bytes[at + 26] ?? 0) + 256 * (bytes[at + 27] ?? 0) + (bytes[at + 28] ?? 0),
    open: (bytes) => zlib.inflateRawSync(bytes, cut),
  },
  // PostgreSQL writes bytes as text this way.
  { name: "bytea", magic: [0x5c, 0x78], skip: () => 2, open: hexDigits },
];
/** First bytes of all of them. */
export const begins: ReadonlySet<number | undefined> = new Set(packings.map(({ magic }) => magic[0]));

function hexDigits(bytes: Buffer): Buffer {
  let end = 0;
  while (/[0-9a-f]/iu.test(String.fromCharCode(bytes[end] ?? 0))) end += 1;
  return Buffer.from(bytes.toString("latin1", 0, end), "hex");
}

function gzipHeader(bytes: Buffer, at: number): number {
  const flags = bytes[at + 3] ?? 0;
  let end = at + 10;
  if ((flags & 4) !== 0) end += 2 + (bytes[end] ?? 0) + 256 * (bytes[end + 1] ?? 0);
  // File name and comment end with a zero byte.
  for (const flag of [8, 16]) if ((flags & flag) !== 0) end = bytes.indexOf(0, end) + 1 || bytes.length;
  return end - at + ((flags & 2) === 0 ? 0 : 2);
}
