// What passkeys send and receive, as JSON (WebAuthn level 3): options from the vault, answers from the browser.
import { z } from "zod";

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,8192}$/u);

/** A browser writes some 300 bytes; what stands here is kept in the ledger. */
const clientData = z.string().regex(/^[A-Za-z0-9_-]{1,1024}$/u);

const descriptor = z.strictObject({
  id: base64url,
  type: z.literal("public-key"),
  transports: z.array(z.string()).optional(),
});

/** PublicKeyCredentialRequestOptionsJSON (WebAuthn level 3). */
export const passkeyRequest = z.strictObject({
  challenge: base64url,
  rpId: z.string(),
  timeout: z.int(),
  userVerification: z.literal("required"),
  allowCredentials: z.array(descriptor).optional(),
});

/** PublicKeyCredentialCreationOptionsJSON (WebAuthn level 3). */
export const passkeyCreation = z.strictObject({
  rp: z.strictObject({ id: z.string(), name: z.string() }),
  user: z.strictObject({ id: base64url, name: z.string(), displayName: z.string() }),
  challenge: base64url,
  pubKeyCredParams: z.array(z.strictObject({ type: z.literal("public-key"), alg: z.int() })),
  timeout: z.int(),
  excludeCredentials: z.array(descriptor),
  authenticatorSelection: z.strictObject({
    residentKey: z.literal("required"),
    requireResidentKey: z.literal(true),
    userVerification: z.literal("required"),
  }),
  attestation: z.literal("none"),
});

const attachment = z.enum(["platform", "cross-platform"]).optional();
const extensionResults = z.record(z.string().max(60), z.unknown());

/** What the browser's `navigator.credentials.get` gave, as JSON. */
export const passkeyAssertion = z.strictObject({
  id: base64url,
  rawId: base64url,
  type: z.literal("public-key"),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
  response: z.strictObject({
    clientDataJSON: clientData,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.optional(),
  }),
});

/** What the browser's `navigator.credentials.create` gave, as JSON. */
export const passkeyAttestation = z.strictObject({
  id: base64url,
  rawId: base64url,
  type: z.literal("public-key"),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
  response: z.strictObject({
    clientDataJSON: clientData,
    attestationObject: base64url,
    authenticatorData: base64url.optional(),
    transports: z.array(z.string().max(40)).max(10).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: base64url.optional(),
  }),
});
