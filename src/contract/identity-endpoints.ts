// The HTTP rows of identity. Rows with `auth: "key"` carry the public key that signed them in the body (`deviceKey`),
// so even a caller without a session proves which key he holds.
import { z } from "zod";
import type { EndpointDefinition } from "./endpoint.ts";
import { endpointsFor } from "./endpoint.ts";
import { deviceKeySchema } from "./identity-shapes.ts";
import { type IdentityVerbs, identityVerbs as verbs } from "./identity-verbs.ts";

const rows = endpointsFor<IdentityVerbs>();
const keyed = { deviceKey: deviceKeySchema };
const key = { method: "POST", auth: "key", permission: "anonymous" } as const;
const read = { method: "GET", auth: "device", permission: "self" } as const;
const act = { method: "POST", auth: "device", permission: "self" } as const;
const manage = { auth: "device", permission: { may: "people.manage" } } as const satisfies Partial<EndpointDefinition>;
const empty = z.strictObject({});

/** The body of a keyed row: the verb's input and the key. */
function withKey<T extends z.ZodRawShape>(input: z.ZodObject<T>) {
  return input.extend(keyed);
}

export const identityEndpoints = rows({
  installationStatus: {
    ...key,
    path: "/api/status",
    body: withKey(verbs["installation.status"].input),
    verbs: { "installation.status": {} },
  },
  checkPassword: {
    ...key,
    path: "/api/password-check",
    body: withKey(verbs["password.check"].input),
    verbs: { "password.check": { password: "body.password", personal: "body.personal" } },
  },

  checkEnrolment: {
    ...key,
    path: "/api/enrolment/check",
    body: withKey(verbs["enrolment.check"].input),
    verbs: { "enrolment.check": { code: "body.code" } },
  },
  beginEnrolment: {
    ...key,
    path: "/api/enrolment/begin",
    body: withKey(verbs["enrolment.begin"].input),
    verbs: { "enrolment.begin": { code: "body.code", email: "body.email" } },
  },
  completeEnrolment: {
    ...key,
    path: "/api/enrolment/complete",
    body: withKey(verbs["enrolment.complete"].input),
    verbs: {
      "enrolment.complete": {
        code: "body.code",
        company: "body.company",
        name: "body.name",
        email: "body.email",
        password: "body.password",
        totpCode: "body.totpCode",
        locale: "body.locale",
      },
    },
  },

  createInvitation: {
    ...manage,
    method: "POST",
    path: "/api/invitations",
    body: verbs["invitation.create"].input,
    verbs: { "invitation.create": "body" },
  },
  inspectInvitation: {
    ...key,
    path: "/api/invitations/inspect",
    body: withKey(verbs["invitation.inspect"].input),
    verbs: { "invitation.inspect": { code: "body.code" } },
  },
  acceptInvitation: {
    ...key,
    path: "/api/invitations/accept",
    body: withKey(verbs["invitation.accept"].input),
    verbs: {
      "invitation.accept": {
        code: "body.code",
        password: "body.password",
        totpCode: "body.totpCode",
        keepOthers: "body.keepOthers",
      },
    },
  },

  signInPassword: {
    ...key,
    path: "/api/sign-in/password",
    body: withKey(verbs["signIn.password"].input),
    verbs: { "signIn.password": { email: "body.email", password: "body.password" } },
  },
  signInTotp: {
    ...key,
    path: "/api/sign-in/totp",
    body: withKey(verbs["signIn.totp"].input),
    verbs: { "signIn.totp": { code: "body.code", nextCode: "body.nextCode", keepOthers: "body.keepOthers" } },
  },
  signInRecovery: {
    ...key,
    path: "/api/sign-in/recovery",
    body: withKey(verbs["signIn.recovery"].input),
    verbs: { "signIn.recovery": { recoveryCode: "body.recoveryCode", keepOthers: "body.keepOthers" } },
  },
  signInPasskeyOptions: {
    ...key,
    path: "/api/sign-in/passkey/options",
    body: withKey(verbs["signIn.passkeyOptions"].input),
    verbs: { "signIn.passkeyOptions": {} },
  },
  signInPasskey: {
    ...key,
    path: "/api/sign-in/passkey",
    body: withKey(verbs["signIn.passkey"].input),
    verbs: { "signIn.passkey": { response: "body.response", keepOthers: "body.keepOthers" } },
  },

  currentSession: {
    ...read,
    path: "/api/session",
    verbs: { "session.me": {} },
    whileLocked: true,
    passive: true,
  },
  touchSession: {
    ...act,
    path: "/api/session/touch",
    body: empty,
    verbs: { "session.touch": {} },
  },
  lockSession: {
    ...act,
    path: "/api/session/lock",
    body: empty,
    verbs: { "session.lock": {} },
    whileLocked: true,
  },
  unlockSession: {
    ...act,
    path: "/api/session/unlock",
    body: verbs["session.unlock"].input,
    verbs: { "session.unlock": "body" },
    whileLocked: true,
  },
  signOut: {
    ...act,
    path: "/api/session/sign-out",
    body: empty,
    verbs: { "session.signOut": {} },
    whileLocked: true,
  },
  listSessions: { ...read, path: "/api/sessions", verbs: { "session.list": {} } },
  revokeSession: {
    ...act,
    path: "/api/sessions/:id/revoke",
    body: empty,
    verbs: { "session.revoke": { sessionId: "path.id" } },
  },

  stepUp: {
    ...act,
    path: "/api/step-up",
    body: verbs["stepUp.prove"].input,
    verbs: { "stepUp.prove": "body" },
  },
  stepUpPasskeyOptions: {
    ...act,
    path: "/api/step-up/passkey/options",
    body: empty,
    verbs: { "stepUp.passkeyOptions": {} },
    whileLocked: true,
  },

  beginAct: {
    ...act,
    path: "/api/acts/begin",
    body: empty,
    verbs: { "act.begin": {} },
  },
  approveAct: {
    ...act,
    path: "/api/acts",
    body: verbs["act.approve"].input,
    verbs: { "act.approve": "body" },
  },

  listDevices: { ...read, path: "/api/devices", verbs: { "device.list": {} } },
  confirmDevice: {
    ...act,
    path: "/api/devices/:id/confirm",
    body: verbs["device.confirm"].input.pick({ code: true }),
    verbs: { "device.confirm": { deviceId: "path.id", code: "body.code" } },
  },
  revokeDevice: {
    ...act,
    path: "/api/devices/:id/revoke",
    body: empty,
    verbs: { "device.revoke": { deviceId: "path.id" } },
  },
  listPersonDevices: {
    ...manage,
    method: "GET",
    path: "/api/people/:userId/devices",
    verbs: { "person.devices": { userId: "path.userId" } },
  },
  confirmPersonDevice: {
    ...manage,
    method: "POST",
    path: "/api/people/:userId/devices/:id/confirm",
    body: verbs["person.confirmDevice"].input.pick({ code: true }),
    verbs: { "person.confirmDevice": { userId: "path.userId", deviceId: "path.id", code: "body.code" } },
  },
  revokePersonDevice: {
    ...manage,
    method: "POST",
    path: "/api/people/:userId/devices/:id/revoke",
    body: empty,
    verbs: { "person.revokeDevice": { userId: "path.userId", deviceId: "path.id" } },
  },

  credentialState: {
    ...read,
    path: "/api/credentials",
    verbs: { "credential.state": {} },
  },
  changePassword: {
    ...act,
    path: "/api/credentials/password",
    body: verbs["credential.changePassword"].input,
    verbs: { "credential.changePassword": "body" },
  },
  beginTotp: {
    ...act,
    path: "/api/credentials/totp/begin",
    body: empty,
    verbs: { "credential.totpBegin": {} },
  },
  confirmTotp: {
    ...act,
    path: "/api/credentials/totp/confirm",
    body: verbs["credential.totpConfirm"].input,
    verbs: { "credential.totpConfirm": "body" },
  },
  passkeyOptions: {
    ...act,
    path: "/api/credentials/passkeys/options",
    body: empty,
    verbs: { "credential.passkeyOptions": {} },
  },
  addPasskey: {
    ...act,
    path: "/api/credentials/passkeys",
    body: verbs["credential.passkeyAdd"].input,
    verbs: { "credential.passkeyAdd": "body" },
  },
  removePasskey: {
    ...act,
    path: "/api/credentials/passkeys/:id/remove",
    body: empty,
    verbs: { "credential.passkeyRemove": { passkeyId: "path.id" } },
  },
  createRecoveryCodes: {
    ...act,
    path: "/api/credentials/recovery-codes",
    body: empty,
    verbs: { "credential.recoveryCodes": {} },
  },
});
