// The few standard functions everything in this room is made of, each in the one form we use. They are checked against
// the published Wycheproof cases, so nothing here may be bent to a caller's wish.
import { createCipheriv, createDecipheriv, createHmac, hash } from "node:crypto";
import { SealBroken } from "./broken.ts";

/** Bytes of every symmetric key in this room. */
export const keyLength = 32;
/** Bytes that AES-GCM adds to a plaintext. */
export const gcmTagLength = 16;
/** Bytes of an AES-GCM nonce; other lengths are refused. */
export const gcmNonceLength = 12;

const sha512Length = 64;
const gcmOptions = { authTagLength: gcmTagLength } as const;

/** HMAC-SHA-256 (RFC 2104, FIPS 180-4): 32 bytes, about 1.5 µs for a row's tag. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Buffer {
  return hmac("sha256", 64, key, message);
}

/** HMAC-SHA-512 (RFC 2104, FIPS 180-4): 64 bytes. */
export function hmacSha512(key: Uint8Array, message: Uint8Array): Buffer {
  return hmac("sha512", 128, key, message);
}

const longestShort = 4096;
const scratch = Buffer.allocUnsafeSlow(128 + longestShort);

/**
 * For short messages the definition of RFC 2104 itself, H(K xor opad, H(K xor ipad, text)), over Node's one-call hash:
 * half the time of an Hmac object, and every row that is read or opened needs one to three.
 */
function hmac(algorithm: "sha256" | "sha512", block: number, key: Uint8Array, message: Uint8Array): Buffer {
  if (key.length > block || message.length > longestShort) return createHmac(algorithm, key).update(message).digest();
  scratch.set(message, block);
  padKey(key, block, 0x36);
  const inner = hash(algorithm, scratch.subarray(0, block + message.length), "latin1");
  padKey(key, block, 0x5c);
  const end = block + scratch.write(inner, block, "latin1");
  return Buffer.from(hash(algorithm, scratch.subarray(0, end), "latin1"), "latin1");
}

function padKey(key: Uint8Array, block: number, pad: number): void {
  scratch.fill(pad, 0, block);
  for (let index = 0; index < key.length; index++) scratch[index]! ^= key[index]!; // both are within their lengths
}

/**
 * HKDF-Expand with SHA-512 (RFC 5869, section 2.3). `key` must be uniformly random already.
 * Throws RangeError above 255 * 64 bytes.
 */
export function hkdfExpand(key: Uint8Array, info: Uint8Array, length: number): Buffer {
  const blocks = Math.ceil(length / sha512Length);
  if (blocks > 255) throw new RangeError("HKDF-SHA-512 gives at most 16320 bytes");
  const out = Buffer.allocUnsafeSlow(blocks * sha512Length);
  // T(n) = HMAC(key, T(n-1) || info || n): one scratch holds all three parts, the first round skips T(0), which is empty.
  const message = Buffer.allocUnsafe(sha512Length + info.length + 1);
  message.set(info, sha512Length);
  for (let block = 0; block < blocks; block += 1) {
    message[message.length - 1] = block + 1;
    const round = hmacSha512(key, block === 0 ? message.subarray(sha512Length) : message);
    out.set(round, block * sha512Length);
    message.set(round, 0);
  }
  message.fill(0, 0, sha512Length);
  return out.subarray(0, length);
}

/** HKDF with SHA-512 (RFC 5869): extract, then expand. */
export function hkdf(input: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  return hkdfExpand(hmacSha512(salt, input), info, length);
}

/**
 * AES-256-GCM (NIST SP 800-38D) with a 12-byte nonce and no associated data: ciphertext, then a 16-byte tag.
 * A nonce must never be used twice with one key; the callers derive both together.
 */
export function gcmSeal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array): [Buffer, Buffer] {
  checkNonce(nonce);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, gcmOptions);
  const body = cipher.update(plaintext);
  cipher.final();
  return [body, cipher.getAuthTag()];
}

/** Opens what {@link gcmSeal} made (ciphertext and tag in one piece). Throws SealBroken, and then gives nothing out. */
export function gcmOpen(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Buffer {
  checkNonce(nonce);
  const bodyLength = sealed.length - gcmTagLength;
  if (bodyLength < 0) throw new SealBroken("shorter than an authentication tag");
  const decipher = createDecipheriv("aes-256-gcm", key, nonce, gcmOptions);
  decipher.setAuthTag(sealed.subarray(bodyLength));
  const plaintext = decipher.update(sealed.subarray(0, bodyLength));
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new SealBroken("the authentication tag does not fit");
  }
  return plaintext;
}

function checkNonce(nonce: Uint8Array): void {
  if (nonce.length !== gcmNonceLength) throw new RangeError("the nonce must be 12 bytes");
}
