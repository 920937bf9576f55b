// The browser's side of passkeys: asks the person for one, or makes one. Options and answers are the contract's JSON.
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { PasskeyAssertion, PasskeyAttestation } from "../contract/identity-shapes.ts";
import type { CallOutput } from "./endpoint-types.ts";

/** The person closed the browser's dialog, or it found no passkey that fits. */
export class PasskeyNotUsed extends Error {
  constructor(cause: unknown) {
    super("passkey not used", { cause });
    this.name = "PasskeyNotUsed";
  }
}

export const passkeysSupported = browserSupportsWebAuthn();

type RequestOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];
type CreationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];

/** Throws PasskeyNotUsed. */
export async function askForPasskey(options: CallOutput<"stepUpPasskeyOptions">): Promise<PasskeyAssertion> {
  try {
    // The library names transports as a closed list; the contract passes on whatever the authenticator said.
    return (await startAuthentication({ optionsJSON: options as RequestOptions })) as PasskeyAssertion;
  } catch (error) {
    throw new PasskeyNotUsed(error);
  }
}

/** Throws PasskeyNotUsed. */
export async function makePasskey(options: CallOutput<"passkeyOptions">): Promise<PasskeyAttestation> {
  try {
    return (await startRegistration({ optionsJSON: options as CreationOptions })) as PasskeyAttestation;
  } catch (error) {
    throw new PasskeyNotUsed(error);
  }
}
