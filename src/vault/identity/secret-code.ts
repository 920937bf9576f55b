// One-time secrets that people read, type or scan: enrolment, invitation and recovery codes. Only their keyed hash is
// ever stored, so a copy of the database opens nothing.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Crockford's letters: no I, L, O or U, so that a code survives handwriting. */
const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A random code of `groups` groups of four letters; every group adds 20 bits. */
export function newSecretCode(groups: number): string {
  const bytes = randomBytes(groups * 4);
  // 256 is a multiple of 32: the low five bits are uniform.
  const text = Array.from(bytes, (byte) => letters.charAt(byte & 31)).join("");
  return text.match(/.{4}/gu)?.join("-") ?? "";
}

/** The code as it was made, whatever case, spaces, hyphens or look-alike letters were typed. */
export function normaliseSecretCode(typed: string): string {
  const bare = typed.normalize("NFKC").toUpperCase().replaceAll(/[\s-]/gu, "");
  return bare.replaceAll("O", "0").replaceAll(/[IL]/gu, "1");
}

/** HMAC-SHA-256 of the normalised code, 32 bytes; `use` keeps codes of different kinds apart. */
export function hashSecretCode(key: Uint8Array, use: string, typed: string): Buffer {
  return createHmac("sha256", key)
    .update(`${use}\0${normaliseSecretCode(typed)}`)
    .digest();
}

/** Compares in constant time. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
