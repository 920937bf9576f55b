// AES key wrap with padding (RFC 5649, NIST SP 800-38F KWP). A key of ours is always wrapped together with the name of
// the place it belongs to, so that a wrapped key put into another row does not unwrap there.
import { createCipheriv, createDecipheriv, timingSafeEqual } from "node:crypto";
import { WrapBroken } from "./broken.ts";
import { keyLength } from "./primitives.ts";

// The alternative initial value of RFC 5649, section 3; the library puts the length behind it.
const initialValue = Buffer.from("A65959A6", "hex");
const ciphers = new Map([
  [16, "id-aes128-wrap-pad"],
  [24, "id-aes192-wrap-pad"],
  [keyLength, "id-aes256-wrap-pad"],
]);

/** Wraps 1 byte or more under a key of 16, 24 or 32 bytes (ours have 32). Throws RangeError for other lengths. */
export function wrap(kek: Uint8Array, payload: Uint8Array): Buffer {
  if (payload.length === 0) throw new RangeError("there is nothing to wrap");
  const cipher = createCipheriv(cipherFor(kek), kek, initialValue);
  return Buffer.concat([cipher.update(payload), cipher.final()]);
}

/** Unwraps what {@link wrap} made. Throws WrapBroken for another key or any change, RangeError for a bad key length. */
export function unwrap(kek: Uint8Array, wrapped: Uint8Array): Buffer {
  const decipher = createDecipheriv(cipherFor(kek), kek, initialValue);
  let payload: Buffer;
  try {
    payload = decipher.update(wrapped);
    // In this mode everything happens in `update`; what `final` would add is always empty.
  } catch {
    throw new WrapBroken("the wrapped key does not unwrap");
  }
  if (payload.length === 0) throw new WrapBroken("the wrapped key is empty");
  return payload;
}

/** Wraps a 32-byte key for the place named by `label` (at least one byte). */
export function wrapKey(kek: Uint8Array, key: Uint8Array, label: Uint8Array): Buffer {
  if (key.length !== keyLength) throw new RangeError("a key has 32 bytes");
  const payload = Buffer.allocUnsafe(keyLength + label.length);
  payload.set(key, 0);
  payload.set(label, keyLength);
  const wrapped = wrap(kek, payload);
  payload.fill(0);
  return wrapped;
}

/** Unwraps a 32-byte key and checks that it was wrapped for this very place. Throws WrapBroken. */
export function unwrapKey(kek: Uint8Array, wrapped: Uint8Array, label: Uint8Array): Buffer {
  const payload = unwrap(kek, wrapped);
  const place = payload.subarray(keyLength);
  if (place.length !== label.length || !timingSafeEqual(place, label)) {
    throw new WrapBroken("the wrapped key belongs to another place");
  }
  return payload.subarray(0, keyLength);
}

function cipherFor(kek: Uint8Array): string {
  const cipher = ciphers.get(kek.length);
  if (cipher === undefined) throw new RangeError("a wrapping key has 16, 24 or 32 bytes");
  return cipher;
}
