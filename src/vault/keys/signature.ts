// Signatures: checking those of device keys (ECDSA P-256) and making and checking those of the vault (Ed25519).
// A key is imported strictly once and kept; a signature of the wrong length is false, never an exception.
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { keyLength } from "./primitives.ts";

/** A device's public key as its browser exports it (RFC 7518, section 6.2.1). */
export interface P256Jwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

const coordinate = /^[A-Za-z0-9_-]{43}$/;
const keptKeys = 4096;
const keys = new Map<string, KeyObject>();

/**
 * Imports a P-256 public key; about 40 µs the first time, under 1 µs while it is among the last 4096.
 * Throws TypeError when a member is missing, not canonical, private, or the point is not on the curve.
 */
export function p256PublicKey(jwk: unknown): KeyObject {
  // Every member is checked on the next lines.
  const { kty, crv, x, y, d } = (jwk ?? {}) as Record<string, unknown>;
  if (kty !== "EC" || crv !== "P-256" || d !== undefined) throw new TypeError("not a public P-256 key");
  if (typeof x !== "string" || typeof y !== "string") throw new TypeError("not a public P-256 key");
  const name = `${x}.${y}`;
  const known = keys.get(name);
  if (known !== undefined) {
    keys.delete(name);
    keys.set(name, known);
    return known;
  }
  if (!canonical(x) || !canonical(y)) throw new TypeError("a coordinate is not 32 bytes in base64url");
  let key: KeyObject;
  try {
    key = createPublicKey({ key: { kty, crv, x, y }, format: "jwk" });
  } catch {
    throw new TypeError("the point is not on the curve P-256");
  }
  keys.set(name, key);
  // A Map keeps the order of insertion, so its first key is the one unused for longest.
  for (const oldest of keys.keys()) {
    if (keys.size <= keptKeys) break;
    keys.delete(oldest);
  }
  return key;
}

/**
 * ECDSA P-256 with SHA-256 (FIPS 186-5), signature in IEEE P1363 form (r || s, 64 bytes). False for anything else.
 * The same message has several good signatures (s and -s): replay is stopped by nonces, never by remembering signatures.
 */
export function ecdsaVerifyP1363(publicKey: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64) return false;
  return verify("sha256", data, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}

/** Makes Ed25519 signatures (RFC 8032), 64 bytes each. `publicKey` are its raw 32 bytes. */
export interface Signer {
  readonly publicKey: Buffer;
  sign(data: Uint8Array): Buffer;
}

// PKCS #8 (RFC 8410, section 7) and SubjectPublicKeyInfo (section 4) of Ed25519 up to the 32 raw bytes.
const privatePrefix = Buffer.from("302e020100300506032b657004220420", "hex");
const publicPrefix = Buffer.from("302a300506032b6570032100", "hex");

/** The signing key that belongs to a 32-byte seed. */
export function ed25519Signer(seed: Uint8Array): Signer {
  if (seed.length !== keyLength) throw new RangeError("a seed has 32 bytes");
  const der = Buffer.concat([privatePrefix, seed]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  der.fill(0);
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(publicPrefix.length);
  return { publicKey: Buffer.from(publicKey), sign: (data) => sign(null, data, key) };
}

/** Checks an Ed25519 signature (RFC 8032) by its raw 32-byte public key. False for anything malformed. */
export function ed25519Verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const der = Buffer.concat([publicPrefix, publicKey]);
  return verify(null, data, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
}

/** 43 letters hold 258 bits; the two spare ones must be zero, or one key would have four names. */
function canonical(text: string): boolean {
  return coordinate.test(text) && Buffer.from(text, "base64url").toString("base64url") === text;
}
