// The vault's verbs about who is there: setting up, signing in, devices, sessions and credentials. A caller without a
// session is known only by the key that signed his request; nothing here returns a secret that opens anything alone.
import { z } from "zod";
import { instant, uuid } from "./ids.ts";
import {
  actNonce,
  actProof,
  actWays,
  confirmationCode,
  deviceView,
  email,
  invitation,
  keepOthers,
  locales,
  passkeyView,
  password,
  passwordFeedback,
  personName,
  proof,
  secretCode,
  sessionRow,
  sessionView,
  signedIn,
  totpCode,
  totpSetup,
} from "./identity-shapes.ts";
import { passkeyAssertion, passkeyAttestation, passkeyCreation, passkeyRequest } from "./passkey-shapes.ts";
import { defineVerbs } from "./verb.ts";

const nothing = z.strictObject({});
const done = z.strictObject({ done: z.literal(true) });

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
