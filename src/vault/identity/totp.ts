// Time-based one-time passwords (RFC 6238 over RFC 4226): six digits, 30 seconds, HMAC-SHA-1 as every authenticator app
// understands it. A time step that was accepted once is never accepted again.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const stepSeconds = 30;
const digits = 6;
/** Steps before and after the present one that count, for clocks that differ (RFC 6238 §5.2). */
export const driftSteps = 1;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export interface HotpOptions {
  readonly digits?: number;
  readonly algorithm?: "sha1" | "sha256" | "sha512";
}

/** RFC 4226 §5.3: the code for a counter. */
export function hotp(secret: Uint8Array, counter: number, options: HotpOptions = {}): string {
  const length = options.digits ?? digits;
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const mac = createHmac(options.algorithm ?? "sha1", secret)
    .update(message)
    .digest();
  const offset = mac.readUInt8(mac.length - 1) & 15;
  const value = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** length;
  return String(value).padStart(length, "0");
}

/** The time step of an instant (RFC 6238 §4.2). */
export function timeStep(now: Date): number {
  return Math.floor(now.getTime() / 1000 / stepSeconds);
}

export interface TotpTry {
  readonly code: string;
  /** The code that follows; with it the chance of a lucky guess is a millionth of a millionth. */
  readonly nextCode?: string | undefined;
}

/**
 * The step whose code was given, or undefined. Only steps after `lastStep` and at most one away from now count. Where
 * `nextCode` is given it must be the code of the step that follows, and that later step is the one returned as used.
 */
export function matchTotp(secret: Uint8Array, given: TotpTry, now: Date, lastStep: number): number | undefined {
  const present = timeStep(now);
  let found: number | undefined;
  for (let step = present - driftSteps - 1; step <= present + driftSteps; step += 1) {
    const used = given.nextCode === undefined ? step : step + 1;
    const fits =
      sameCode(hotp(secret, step), given.code) &&
      (given.nextCode === undefined || sameCode(hotp(secret, step + 1), given.nextCode));
    const inWindow = used >= present - driftSteps && used <= present + driftSteps;
    if (fits && inWindow && step > lastStep) found ??= used;
  }
  return found;
}

/** A new secret of 20 bytes, the length RFC 4226 §4 recommends. */
export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

/** RFC 4648 base32 without padding, as authenticator apps take it. */
export function base32(bytes: Uint8Array): string {
  let bits = "";
  for (const byte of bytes) bits += byte.toString(2).padStart(8, "0");
  return (bits.match(/.{1,5}/gu) ?? [])
    .map((group) => alphabet.charAt(Number.parseInt(group.padEnd(5, "0"), 2)))
    .join("");
}

/** Undoes {@link base32}. Throws RangeError for other letters. */
export function fromBase32(text: string): Buffer {
  let bits = "";
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value === -1) throw new RangeError("not base32");
    bits += value.toString(2).padStart(5, "0");
  }
  return Buffer.from((bits.match(/.{8}/gu) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** The address that authenticator apps scan. */
export function totpUrl(secret: Uint8Array, issuer: string, account: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}

function sameCode(expected: string, given: string): boolean {
  return expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
