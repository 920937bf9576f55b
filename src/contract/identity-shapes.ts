// What crosses the wire about who is there: proofs, codes, sessions, devices, invitations.
import { z } from "zod";
import { instant, uuid } from "./ids.ts";
import { passkeyAssertion, type passkeyAttestation } from "./passkey-shapes.ts";

/** What is wrong with a password; `password_weak` bears them in `extra.feedback`, the web has a text for each. */
export const passwordFeedback = [
  "too_short", // fewer than 8 characters
  "too_long", // more than 128 characters
  "common", // among the passwords everybody tries
  "personal", // made of the person's or company's name or e-mail
  "dictionary", // an ordinary word, name or pinyin
  "repeats", // aaaa, abcabc
  "sequence", // abcd, 4321
  "keyboard", // qwerty, 1qaz2wsx
  "date", // a year or a birthday
  "guessable", // none of the above alone, but too easy together
] as const;

/** How strongly a session was opened. */
export const assurances = ["enrolment", "invitation", "passkey", "password_totp", "password_recovery"] as const;

/** How a device came to be trusted with full values. */
export const confirmations = ["enrolment", "invitation", "passkey", "device", "manager", "console"] as const;

export const locales = ["zh-CN", "en"] as const;

/** The public half of a device key, as WebCrypto exports it (RFC 7517), reduced to its required members. */
export const deviceKeySchema = z.strictObject({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/u),
  y: z.string().regex(/^[A-Za-z0-9_-]{43}$/u),
});
export type DeviceKey = z.infer<typeof deviceKeySchema>;

export const totpCode = z.string().regex(/^\d{6}$/u);
export const password = z.string().min(1).max(1024);
/** Codes of invitations, enrolment and recovery: Crockford letters in groups; spaces, hyphens and case do not matter. */
export const secretCode = z.string().min(8).max(64);
export const email = z.string().min(3).max(254);
/** Eight digits that an unconfirmed device shows. */
export const confirmationCode = z.string().regex(/^\d{8}$/u);
export const personName = z.string().trim().min(1).max(100);

/** `keepOthers`: this is one more browser, so an entry that looks like the same browser is not marked replaced. */
export const keepOthers = z.boolean().optional();

export const totpSetup = z.strictObject({ secret: z.string(), url: z.string() });

export const signedIn = z.strictObject({
  userId: uuid,
  deviceId: uuid,
  sessionId: uuid,
  /** Unconfirmed devices see masks only. */
  confirmed: z.boolean(),
  expiresAt: instant,
  /** The entry of the same browser that this one replaced. */
  replacedDeviceId: uuid.optional(),
});
export type SignedIn = z.infer<typeof signedIn>;

export type PasskeyAssertion = z.infer<typeof passkeyAssertion>;
export type PasskeyAttestation = z.infer<typeof passkeyAttestation>;

/** One way of showing that it is still the same person. `nextCode`: the code after it, asked for after wrong codes. */
export const proof = z.discriminatedUnion("with", [
  z.strictObject({ with: z.literal("password"), password }),
  z.strictObject({ with: z.literal("totp"), code: totpCode, nextCode: totpCode.optional() }),
  z.strictObject({ with: z.literal("passkey"), response: passkeyAssertion }),
]);
export type Proof = z.infer<typeof proof>;

/** How a person signs an act: a passkey, or a code that counts once. Never the password, which would count always. */
export const actWays = ["passkey", "totp", "recovery"] as const;
export const actProof = z.discriminatedUnion("with", [
  z.strictObject({ with: z.literal("passkey"), response: passkeyAssertion }),
  z.strictObject({ with: z.literal("totp"), code: totpCode, nextCode: totpCode.optional() }),
  z.strictObject({ with: z.literal("recovery"), recoveryCode: secretCode }),
]);
export type ActProof = z.infer<typeof actProof>;
export const actNonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/u);
/** The code is told once and stored nowhere. */
export const invitation = z.strictObject({ invitationId: uuid, code: z.string(), url: z.string(), expiresAt: instant });

export const sessionView = z.strictObject({
  userId: uuid,
  deviceId: uuid,
  sessionId: uuid,
  confirmed: z.boolean(),
  /** Shown (also as QR) on an unconfirmed device; typed or scanned on a confirmed one. */
  confirmCode: z.string().optional(),
  assurance: z.enum(assurances),
  startedAt: instant,
  expiresAt: instant,
  locked: z.boolean(),
  idleLockSeconds: z.int(),
  /** Confirmed that it is the person, and until when that holds. */
  mfaAt: instant.optional(),
  mfaUntil: instant.optional(),
  serverTime: instant,
  /** Other devices bound or replaced in the last seven days: the person is told. */
  news: z.array(
    z.strictObject({
      kind: z.enum(["device_bound", "device_replaced"]),
      deviceId: uuid,
      family: z.string(),
      at: instant,
    }),
  ),
});

export const deviceView = z.strictObject({
  id: uuid,
  /** Browser and system, for example "Chrome · Windows". */
  family: z.string(),
  current: z.boolean(),
  confirmed: z.boolean(),
  confirmedHow: z.enum(confirmations).optional(),
  createdAt: instant,
  lastSeen: instant,
  lastIp: z.string().optional(),
  endedAt: instant.optional(),
  replaced: z.boolean(),
});

export const sessionRow = z.strictObject({
  id: uuid,
  deviceId: uuid,
  family: z.string(),
  current: z.boolean(),
  assurance: z.enum(assurances),
  startedAt: instant,
  expiresAt: instant,
  lastActive: instant,
  locked: z.boolean(),
});

export const passkeyView = z.strictObject({
  id: uuid,
  family: z.string(),
  synced: z.boolean(),
  createdAt: instant,
  lastUsed: instant.optional(),
});
