// The parts of identity that its flows share: plain wiring, put together once in identity.ts.
import { createHmac } from "node:crypto";
import { Problem } from "../../contract/problem.ts";
import type { Database } from "../db/database.ts";
import type { Keyring } from "../keys/keyring.ts";
import { sourceOf } from "../ledger/refusals.ts";
import type { Acts } from "./acts.ts";
import type { Binding } from "./binding.ts";
import type { Credentials } from "./credentials.ts";
import type { EnrolmentCode } from "./enrolment-code.ts";
import { type GuessLimits, tooManyToday } from "./guess-limits.ts";
import type { DeviceIdentity, IdentityCall, KeyIdentity } from "./identity-call.ts";
import type { LiveDevices } from "./live-devices.ts";
import type { MemoryMap } from "./memory-map.ts";
import type { Passkeys } from "./passkeys.ts";
import type { PasswordHasher } from "./password-hash.ts";
import type { PasswordPolicy } from "./password-policy.ts";
import type { People } from "./people.ts";
import type { Presences } from "./presence.ts";
import { hashSecretCode, sameBytes } from "./secret-code.ts";
import type { SourceRate } from "./source-rate.ts";
import type { IdentitySettings } from "./settings.ts";
import type { DeviceRow, Tables } from "./tables.ts";

/** A sign-in between password and second factor. `userId` is absent when the password was wrong and that stays untold. */
export interface Attempt {
  readonly userId: string | undefined;
  /** The bound device of this person that signs, when it is one. */
  readonly deviceId: string | undefined;
  /** What guesses of strangers are counted on. */
  readonly account: string;
  /** Password and codes are judged together. */
  readonly joint: boolean;
  wrong: number;
}

export interface Room {
  readonly db: Database;
  readonly keyring: Pick<Keyring, "tag" | "verifyTag" | "lookup" | "derive">;
  readonly people: People;
  readonly settings: IdentitySettings;
  readonly idleLockSeconds: number;
  readonly tables: Tables;
  readonly presences: Presences;
  readonly live: LiveDevices;
  readonly limits: GuessLimits;
  readonly hasher: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly credentials: Credentials;
  readonly passkeys: Passkeys;
  readonly acts: Acts;
  readonly binding: Binding;
  readonly enrolment: EnrolmentCode;
  /** Of expensive work, per source. */
  readonly rate: SourceRate;
  /** Of all that is signed by a mere key, per source. */
  readonly strangerRate: SourceRate;
  readonly attempts: MemoryMap<Attempt>;
  /** TOTP secrets shown but not confirmed yet, to people and to strangers with a code. */
  readonly totpSetups: MemoryMap<Buffer>;
  readonly strangerTotpSetups: MemoryMap<Buffer>;
  /** Key of the hashes of one-time codes. */
  readonly codeKey: Buffer;
}

/** Throws Problem `device_unknown` for a call that was signed by a mere key. */
export function requireDevice(call: IdentityCall): DeviceIdentity {
  if (call.identity.kind !== "device") throw new Problem("device_unknown");
  return call.identity;
}

/** Throws Problem `signature_invalid` for a call that was signed by a device. */
export function requireKey(call: IdentityCall): KeyIdentity {
  if (call.identity.kind !== "key") throw new Problem("signature_invalid");
  return call.identity;
}

/** For what prepares a change of credentials: Problem `device_unconfirmed`. */
export function requireConfirmed(call: IdentityCall): DeviceIdentity {
  const identity = requireDevice(call);
  if (!identity.confirmed) throw new Problem("device_unconfirmed");
  return identity;
}

/**
 * What a phisher could bind ends nothing that is trusted: Problem `device_unconfirmed` when an unconfirmed device would
 * end a confirmed one.
 */
export function demandMayEnd(by: DeviceIdentity, device: Pick<DeviceRow, "confirmedHow"> | undefined): void {
  if (!by.confirmed && device !== undefined && device.confirmedHow !== null) throw new Problem("device_unconfirmed");
}

export function sourceOfCall(call: IdentityCall): string {
  return sourceOf(call.ip) ?? "unknown";
}

/** The eight digits an unconfirmed device shows; they belong to this device and key alone. */
export function confirmCode(room: Pick<Room, "codeKey">, deviceId: string, thumbprint: string): string {
  const mac = createHmac("sha256", room.codeKey).update(`confirm\0${deviceId}\0${thumbprint}`).digest();
  return String(mac.readUIntBE(0, 6) % 100_000_000).padStart(8, "0");
}

/** Whether it is this device that shows the code. */
export function showsCode(
  room: Pick<Room, "codeKey">,
  device: { readonly id: string; readonly thumbprint: string },
  code: string,
): boolean {
  return sameBytes(Buffer.from(confirmCode(room, device.id, device.thumbprint)), Buffer.from(code));
}

/**
 * Takes one guess at a one-time code of a source: Problem `too_many` when it has guessed enough today. Call what it
 * returns when the code was right.
 */
export function chargeCode(room: Room, call: IdentityCall): () => void {
  const source = sourceOfCall(call);
  if (room.limits.spent("secret.source", source, call.now)) throw tooManyToday(call.now);
  return room.limits.charge("secret.source", source, call.now);
}

export function codeHash(
  room: Pick<Room, "codeKey">,
  use: "invitation" | "recovery" | "enrolment",
  code: string,
): Buffer {
  return hashSecretCode(room.codeKey, use, code);
}
