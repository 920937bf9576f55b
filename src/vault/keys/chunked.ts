// C2SP chunked-encryption in the instance Cobblestone-256: HKDF-Expand with SHA-512, AES-256-GCM, chunks of 16 KiB.
// Nothing is given out before the commitment and the chunk that holds it are checked. https://c2sp.org/chunked-encryption
import { randomFillSync, timingSafeEqual } from "node:crypto";
import { SealBroken } from "./broken.ts";
import { gcmNonceLength, gcmOpen, gcmSeal, gcmTagLength, hkdfExpand, keyLength } from "./primitives.ts";

const saltLength = 24;
const commitmentLength = 32;
/** Bytes before the first chunk: salt and commitment. */
export const headerLength = saltLength + commitmentLength;
/** Plaintext bytes of every chunk but the last, which is always shorter (and may be empty). */
export const chunkLength = 16 * 1024;
/** Bytes of a sealed full chunk. */
export const sealedChunkLength = chunkLength + gcmTagLength;
/** The specification allows 2^38 chunks; JavaScript's safe integers end at 2^53 bytes, which is 2^39 chunks. */
export const maxChunks = 2 ** 38;

const label = Buffer.from("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0", "latin1");

/** What one message is sealed by: derived afresh for each salt, never stored. */
export interface MessageKey {
  readonly key: Buffer;
  readonly baseNonce: Buffer;
  readonly commitment: Buffer;
}

// Salts are public and must only never repeat, so they are drawn from a block that one system call fills.
const saltPool = Buffer.allocUnsafeSlow(saltLength * 256);
let saltsUsed = saltPool.length;

/** 24 random bytes, given out once. The slice is overwritten later: copy it at once. */
function nextSalt(): Buffer {
  if (saltsUsed === saltPool.length) {
    randomFillSync(saltPool);
    saltsUsed = 0;
  }
  const salt = saltPool.subarray(saltsUsed, saltsUsed + saltLength);
  saltsUsed += saltLength;
  return salt;
}

/** Derives the message key. Throws SealBroken when the input key is not 32 bytes. */
export function deriveMessageKey(key: Uint8Array, salt: Uint8Array, context: Uint8Array): MessageKey {
  if (key.length !== keyLength) throw new SealBroken("the key must be 32 bytes");
  const info = Buffer.allocUnsafe(label.length + saltLength + context.length);
  info.set(label, 0);
  info.set(salt, label.length);
  info.set(context, label.length + saltLength);
  const okm = hkdfExpand(key, info, keyLength + gcmNonceLength + commitmentLength);
  return {
    key: okm.subarray(0, keyLength),
    baseNonce: okm.subarray(keyLength, keyLength + gcmNonceLength),
    commitment: okm.subarray(keyLength + gcmNonceLength),
  };
}

/** Reads salt and commitment and checks the latter in constant time. Throws SealBroken. */
export function openHeader(key: Uint8Array, context: Uint8Array, header: Uint8Array): MessageKey {
  if (header.length < headerLength) throw new SealBroken("shorter than a header");
  const message = deriveMessageKey(key, header.subarray(0, saltLength), context);
  if (!timingSafeEqual(message.commitment, header.subarray(saltLength, headerLength))) {
    throw new SealBroken("another key or another place: the commitment does not fit");
  }
  return message;
}

/** Makes a fresh salt and writes the header into `target` at `offset`. */
export function startMessage(key: Uint8Array, context: Uint8Array, target: Buffer, offset: number): MessageKey {
  const salt = nextSalt();
  target.set(salt, offset);
  const message = deriveMessageKey(key, salt, context);
  target.set(message.commitment, offset + saltLength);
  return message;
}

/** The nonce of one chunk: the base nonce with its last five bytes XORed with the chunk number, big-endian. */
export function chunkNonce(message: MessageKey, chunk: number): Buffer {
  if (chunk === 0) return message.baseNonce;
  if (!(chunk < maxChunks)) throw new RangeError("a message has at most 2^38 chunks");
  const nonce = Buffer.from(message.baseNonce);
  const low = gcmNonceLength - 4;
  nonce.writeUInt32BE((nonce.readUInt32BE(low) ^ (chunk % 2 ** 32)) >>> 0, low);
  nonce.writeUInt8(nonce.readUInt8(low - 1) ^ Math.floor(chunk / 2 ** 32), low - 1);
  return nonce;
}

/** Bytes that `length` bytes of plaintext have when sealed. */
export function sealedLength(length: number): number {
  return headerLength + length + (Math.floor(length / chunkLength) + 1) * gcmTagLength;
}

/** Bytes of plaintext inside `sealed` bytes. Throws SealBroken when no message has that length. */
export function openedLength(sealed: number): number {
  const chunks = Math.floor((sealed - headerLength) / sealedChunkLength);
  const last = sealed - headerLength - chunks * sealedChunkLength - gcmTagLength;
  if (sealed < headerLength || last < 0) throw new SealBroken("truncated");
  return chunks * chunkLength + last;
}

/**
 * Seals bytes under a 32-byte key for one place, named by `context`; `offset` bytes are left free before the result
 * for a caller's own prefix. A key may seal 2^45 messages of up to 1 GiB.
 */
export function sealBytes(key: Uint8Array, context: Uint8Array, plaintext: Uint8Array, offset = 0): Buffer {
  const out = Buffer.allocUnsafeSlow(offset + sealedLength(plaintext.length));
  const message = startMessage(key, context, out, offset);
  let at = offset + headerLength;
  for (let chunk = 0; chunk * chunkLength <= plaintext.length; chunk += 1) {
    const start = chunk * chunkLength;
    const [body, tag] = gcmSeal(
      message.key,
      chunkNonce(message, chunk),
      plaintext.subarray(start, start + chunkLength),
    );
    out.set(body, at);
    out.set(tag, at + body.length);
    at += body.length + gcmTagLength;
  }
  return out;
}

/** Opens what {@link sealBytes} made with the same key and context. Throws SealBroken, and then gives nothing out. */
export function openBytes(key: Uint8Array, context: Uint8Array, sealed: Uint8Array): Buffer {
  const length = openedLength(sealed.length);
  const message = openHeader(key, context, sealed);
  if (length < chunkLength) return gcmOpen(message.key, message.baseNonce, sealed.subarray(headerLength));
  const out = Buffer.allocUnsafeSlow(length);
  for (let chunk = 0; chunk * chunkLength <= length; chunk += 1) {
    const start = headerLength + chunk * sealedChunkLength;
    const body = sealed.subarray(start, start + sealedChunkLength);
    out.set(gcmOpen(message.key, chunkNonce(message, chunk), body), chunk * chunkLength);
  }
  return out;
}
