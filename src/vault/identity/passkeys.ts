// Passkeys (WebAuthn level 3): challenges made and used up here, answers checked by @simplewebauthn/server. User
// verification is always required, so a passkey is two factors at once; attestation is not asked for.
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import type { PasskeyAssertion, PasskeyAttestation } from "../../contract/identity-shapes.ts";
import type { passkeyCreation, passkeyRequest } from "../../contract/passkey-shapes.ts";
import { Problem } from "../../contract/problem.ts";
import type { Credential, PasskeySecret } from "./credentials.ts";
import { MemoryMap } from "./memory-map.ts";
import { challengeMs, type IdentitySettings, passkeyState } from "./settings.ts";

/** ES256, EdDSA, RS256: what authenticators in the field have. */
const algorithms = [-7, -8, -257];
/** Someone who is asked for a passkey: the key of an unknown browser, or a bound device. */
export type Asker = `key:${string}` | `device:${string}`;
type Purpose = "sign_in" | "step_up" | "register";

export class Passkeys {
  readonly #settings: IdentitySettings;
  /** Apart, so that no stranger takes the place of a device's challenge. */
  readonly #challenges: { readonly device: MemoryMap<string>; readonly key: MemoryMap<string> };

  constructor(settings: IdentitySettings, limit: number) {
    this.#settings = settings;
    const bounds = { lifetimeMs: challengeMs, limit };
    this.#challenges = { device: new MemoryMap(bounds), key: new MemoryMap(bounds) };
  }

  get rpId(): string {
    return new URL(this.#settings.origins[0]).hostname;
  }

  /** Throws Problem `invalid` for a host where passkeys cannot work. */
  requirePossible(authority: string): void {
    const state = passkeyState(this.#settings, authority);
    if (state !== "possible") throw new Problem("invalid", { extra: { passkeys: state } });
  }

  /**
   * Options for `navigator.credentials.get`; without `allowed` any passkey of this installation may answer. `share` is
   * whose part of the memory the challenge takes.
   */
  request(
    asker: Asker,
    purpose: "sign_in" | "step_up",
    now: Date,
    allowed?: readonly Credential<"passkey">[],
    share: string = asker,
  ): z.infer<typeof passkeyRequest> {
    return { challenge: this.#challenge(asker, purpose, now, share), ...this.question(allowed) };
  }

  /** As {@link request}, for a challenge that the asker derives himself. */
  question(allowed?: readonly Credential<"passkey">[]): Omit<z.infer<typeof passkeyRequest>, "challenge"> {
    return {
      rpId: this.rpId,
      timeout: challengeMs,
      userVerification: "required",
      ...(allowed && { allowCredentials: allowed.map(descriptor) }),
    };
  }

  /** Options for `navigator.credentials.create`; a person's passkeys of before cannot be registered twice. */
  creation(
    asker: Asker,
    user: { userId: string; name: string; email: string; company: string },
    now: Date,
    existing: readonly Credential<"passkey">[],
  ): z.infer<typeof passkeyCreation> {
    return {
      rp: { id: this.rpId, name: user.company },
      user: { id: userHandle(user.userId), name: user.email, displayName: user.name },
      challenge: this.#challenge(asker, "register", now, asker),
      pubKeyCredParams: algorithms.map((alg) => ({ type: "public-key", alg })),
      timeout: challengeMs,
      excludeCredentials: existing.map(descriptor),
      authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      attestation: "none",
    };
  }

  /** Checks what `create` gave. Throws Problem `code_invalid` for a spent challenge or anything that does not hold. */
  async verifyCreation(asker: Asker, response: PasskeyAttestation, family: string, now: Date): Promise<PasskeySecret> {
    const expectedChallenge = this.#take(asker, "register", now);
    const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
    const verified = await verifyRegistrationResponse({
      // Its optional members are absent, not undefined: the body came from JSON.
      response: response as Parameters<typeof verifyRegistrationResponse>[0]["response"],
      expectedChallenge,
      expectedOrigin: this.#origins(),
      expectedRPID: this.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    }).catch(() => undefined);
    if (verified?.verified !== true) throw new Problem("code_invalid");
    const { credential, credentialDeviceType } = verified.registrationInfo;
    return {
      credentialId: credential.id,
      publicKey: Buffer.from(credential.publicKey).toString("base64"),
      counter: credential.counter,
      transports: credential.transports ?? [],
      synced: credentialDeviceType === "multiDevice",
      family,
    };
  }

  /** As {@link verifyAnswer}, to the challenge that was given out last, which is gone afterwards. */
  async verifyAssertion(
    asker: Asker,
    purpose: "sign_in" | "step_up",
    response: PasskeyAssertion,
    credential: Credential<"passkey">,
    now: Date,
  ): Promise<PasskeySecret> {
    const challenge = this.#challengesOf(asker).take(`${purpose} ${asker}`, now);
    if (challenge === undefined) throw new Problem("credentials_wrong");
    return this.verifyAnswer(challenge, response, credential);
  }

  /**
   * Checks what `get` gave and returns the passkey with its new counter. Throws Problem `credentials_wrong` for another
   * challenge, a signature that does not hold, a counter that went back, or no user verification.
   */
  async verifyAnswer(
    expectedChallenge: string,
    response: PasskeyAssertion,
    credential: Credential<"passkey">,
  ): Promise<PasskeySecret> {
    const { secret, row } = credential;
    const handle = response.response.userHandle;
    if (handle !== undefined && handle !== userHandle(row.userId)) throw new Problem("credentials_wrong");
    const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
    const verified = await verifyAuthenticationResponse({
      // As above.
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]["response"],
      expectedChallenge,
      expectedOrigin: this.#origins(),
      expectedRPID: this.rpId,
      requireUserVerification: true,
      credential: {
        id: secret.credentialId,
        publicKey: new Uint8Array(Buffer.from(secret.publicKey, "base64")),
        counter: secret.counter,
      },
    }).catch(() => undefined);
    if (verified?.verified !== true) throw new Problem("credentials_wrong");
    return { ...secret, counter: verified.authenticationInfo.newCounter };
  }

  #challengesOf(asker: Asker): MemoryMap<string> {
    return this.#challenges[asker.startsWith("key:") ? "key" : "device"];
  }

  #challenge(asker: Asker, purpose: Purpose, now: Date, share: string): string {
    const challenge = randomBytes(32).toString("base64url");
    this.#challengesOf(asker).set(`${purpose} ${asker}`, share, challenge, now);
    return challenge;
  }

  #take(asker: Asker, purpose: Purpose, now: Date): string {
    const challenge = this.#challengesOf(asker).take(`${purpose} ${asker}`, now);
    if (challenge === undefined) throw new Problem("code_invalid");
    return challenge;
  }

  #origins(): string[] {
    return this.#settings.origins.filter((origin) => new URL(origin).hostname === this.rpId);
  }
}

function descriptor({ secret }: Credential<"passkey">) {
  return { id: secret.credentialId, type: "public-key" as const, transports: [...secret.transports] };
}

/** The person's id as the authenticator keeps it: 16 bytes, no name and no address. */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll("-", ""), "hex").toString("base64url");
}
