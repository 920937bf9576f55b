// The vault's verbs about who is there: setting up, signing in, devices, sessions and credentials. A caller without a
// session is known only by the key that signed his request; nothing here returns a secret that opens anything alone.
import { z } from "zod";
import { instant, uuid } from "./ids.ts";
import { passkeyAssertion, passkeyAttestation, passkeyCreation, passkeyRequest } from "./passkey-shapes.ts";
import { defineVerbs } from "./verb.ts";

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
const keepOthers = z.boolean().optional();

const totpSetup = z.strictObject({ secret: z.string(), url: z.string() });

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
const actNonce = z.string().regex(/^[A-Za-z0-9_-]{43}$/u);
/** The code is told once and stored nowhere. */
export const invitation = z.strictObject({ invitationId: uuid, code: z.string(), url: z.string(), expiresAt: instant });

const nothing = z.strictObject({});
const done = z.strictObject({ done: z.literal(true) });

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

const anonymous = { effect: "read", permission: "anonymous", meter: "none", stepUp: "none" } as const;
const self = { effect: "read", permission: "self", meter: "none", stepUp: "none" } as const;
const managing = { effect: "read", permission: { may: "people.manage" }, meter: "none", stepUp: "none" } as const;
const entering = { ...anonymous, effect: "own" } as const;
const own = { ...self, effect: "own" } as const;
const changing = { ...managing, effect: "write" } as const;

export const identityVerbs = defineVerbs({
  "installation.status": {
    ...anonymous,
    logged: false,
    input: nothing,
    output: z.strictObject({
      setUp: z.boolean(),
      serverTime: instant,
      version: z.string(),
      languages: z.array(z.enum(locales)),
      /** Passkeys need a host name: on a bare IP they are hidden with the reason. */
      passkeys: z.enum(["possible", "needs_host_name", "other_host"]),
      host: z.string(),
    }),
  },
  "password.check": {
    ...anonymous,
    logged: false,
    input: z.strictObject({ password, personal: z.array(z.string().max(254)).max(8) }),
    output: z.strictObject({
      acceptable: z.boolean(),
      score: z.int().min(0).max(4),
      feedback: z.array(z.enum(passwordFeedback)),
    }),
  },

  /** Whether the code is the console's, before anything else is typed; guesses are counted as at the next step. */
  "enrolment.check": { ...entering, input: z.strictObject({ code: secretCode }), output: done },
  "enrolment.begin": {
    ...entering,
    input: z.strictObject({ code: secretCode, email }),
    output: z.strictObject({ totp: totpSetup }),
  },
  "enrolment.complete": {
    ...entering,
    input: z.strictObject({
      code: secretCode,
      company: z.string().trim().min(1).max(200),
      name: personName,
      email,
      password,
      totpCode,
      locale: z.enum(locales),
    }),
    output: signedIn,
  },

  "invitation.create": {
    ...changing,
    stepUp: "act",
    input: z.strictObject({ userId: uuid }),
    output: invitation,
  },
  "invitation.inspect": {
    ...anonymous,
    input: z.strictObject({ code: secretCode }),
    output: z.strictObject({
      name: z.string(),
      email: z.string(),
      company: z.string(),
      expiresAt: instant,
      totp: totpSetup,
    }),
  },
  "invitation.accept": {
    ...entering,
    input: z.strictObject({ code: secretCode, password, totpCode, keepOthers }),
    output: signedIn,
  },

  "signIn.password": {
    ...entering,
    input: z.strictObject({ email, password }),
    /** `nextCodeNeeded`: the TOTP step asks for the code after it as well. */
    output: z.strictObject({
      factors: z.array(z.enum(["totp", "recovery"])),
      nextCodeNeeded: z.boolean(),
      expiresAt: instant,
    }),
  },
  "signIn.totp": {
    ...entering,
    input: z.strictObject({ code: totpCode, nextCode: totpCode.optional(), keepOthers }),
    output: signedIn,
  },
  "signIn.recovery": {
    ...entering,
    input: z.strictObject({ recoveryCode: secretCode, keepOthers }),
    output: signedIn,
  },
  "signIn.passkeyOptions": { ...anonymous, logged: false, input: nothing, output: passkeyRequest },
  "signIn.passkey": {
    ...entering,
    input: z.strictObject({ response: passkeyAssertion, keepOthers }),
    output: signedIn,
  },

  "session.me": { ...self, logged: false, input: nothing, output: sessionView },
  "session.touch": { ...own, logged: false, input: nothing, output: done },
  "session.lock": { ...own, input: nothing, output: done },
  "session.unlock": { ...own, input: proof, output: z.strictObject({ mfaUntil: instant }) },
  "session.list": { ...self, logged: false, input: nothing, output: z.strictObject({ sessions: z.array(sessionRow) }) },
  "session.revoke": { ...own, input: z.strictObject({ sessionId: uuid }), output: done },
  "session.signOut": { ...own, input: nothing, output: done },

  "stepUp.prove": { ...own, input: proof, output: z.strictObject({ mfaUntil: instant, confirmed: z.boolean() }) },
  "stepUp.passkeyOptions": { ...self, logged: false, input: nothing, output: passkeyRequest },

  /** What a signature over an act needs: a nonce that counts once, and by which ways this person may sign here. */
  "act.begin": {
    ...self,
    logged: false,
    input: nothing,
    output: z.strictObject({
      nonce: actNonce,
      expiresAt: instant,
      ways: z.array(z.enum(actWays)),
      /** The code after the next one is needed as well. */
      nextCodeNeeded: z.boolean(),
      /** The challenge is not here: the client derives it from the act itself (act.ts). */
      passkey: passkeyRequest.omit({ challenge: true }).optional(),
    }),
  },
  /** Approves one request that this device is about to send, to the byte; it counts once and for two minutes. */
  "act.approve": {
    ...own,
    input: z.strictObject({
      nonce: actNonce,
      method: z.enum(["POST", "PATCH", "DELETE", "PUT"]),
      path: z.string().regex(/^\/api(?:\/[A-Za-z0-9._-]{1,100}){1,10}$/u),
      /** The Content-Digest of the body; null: no body. */
      digest: z
        .string()
        .regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/u)
        .nullable(),
      proof: actProof,
    }),
    output: z.strictObject({ until: instant }),
  },

  "device.list": { ...self, input: nothing, output: z.strictObject({ devices: z.array(deviceView) }) },
  "device.confirm": {
    ...own,
    stepUp: "act",
    input: z.strictObject({ deviceId: uuid, code: confirmationCode }),
    output: done,
  },
  "device.revoke": { ...own, input: z.strictObject({ deviceId: uuid }), output: done },

  "person.devices": {
    ...managing,
    input: z.strictObject({ userId: uuid }),
    output: z.strictObject({ devices: z.array(deviceView) }),
  },
  /** By the code that the device shows, so that nobody confirms a stranger's device in place of his colleague's. */
  "person.confirmDevice": {
    ...changing,
    stepUp: "act",
    input: z.strictObject({ userId: uuid, deviceId: uuid, code: confirmationCode }),
    output: done,
  },
  "person.revokeDevice": {
    ...changing,
    stepUp: "recent",
    input: z.strictObject({ userId: uuid, deviceId: uuid }),
    output: done,
  },

  "credential.state": {
    ...self,
    logged: false,
    input: nothing,
    output: z.strictObject({
      passwordChangedAt: instant.optional(),
      totpSince: instant.optional(),
      recoveryCodesLeft: z.int(),
      passkeys: z.array(passkeyView),
    }),
  },
  "credential.changePassword": { ...own, stepUp: "act", input: z.strictObject({ password }), output: done },
  "credential.totpBegin": { ...own, input: nothing, output: totpSetup },
  "credential.totpConfirm": { ...own, stepUp: "act", input: z.strictObject({ code: totpCode }), output: done },
  "credential.passkeyOptions": { ...self, input: nothing, output: passkeyCreation },
  "credential.passkeyAdd": {
    ...own,
    stepUp: "actOnceSettled",
    input: z.strictObject({ response: passkeyAttestation }),
    output: passkeyView,
  },
  "credential.passkeyRemove": { ...own, stepUp: "act", input: z.strictObject({ passkeyId: uuid }), output: done },
  "credential.recoveryCodes": {
    ...own,
    stepUp: "actOnceSettled",
    input: nothing,
    output: z.strictObject({ codes: z.array(z.string()) }),
  },
});
export type IdentityVerbs = typeof identityVerbs;
