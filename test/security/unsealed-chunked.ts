// Stands in for src/vault/keys/chunked.ts where sealing is switched off: the same lengths and the same functions, but the
// text is left as it is. It shows what the canary search finds when the seal does nothing.
import { headerLength, openedLength, sealedLength } from "../../src/vault/keys/chunked.ts";

export * from "../../src/vault/keys/chunked.ts";

export function sealBytes(_key: Uint8Array, _context: Uint8Array, plaintext: Uint8Array, offset = 0): Buffer {
  const out = Buffer.alloc(offset + sealedLength(plaintext.length));
  out.set(plaintext, offset + headerLength);
  return out;
}

export function openBytes(_key: Uint8Array, _context: Uint8Array, sealed: Uint8Array): Buffer {
  return Buffer.from(sealed.subarray(headerLength, headerLength + openedLength(sealed.length)));
}
