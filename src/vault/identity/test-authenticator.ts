// A passkey authenticator in software, for tests: real CBOR, COSE and signatures (WebAuthn level 3, attestation none),
// and switches for what an attacker's authenticator might do differently.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type webcrypto,
} from "node:crypto";
import type { z } from "zod";
import type { PasskeyAssertion, PasskeyAttestation } from "../../contract/identity-shapes.ts";
import type { passkeyCreation, passkeyRequest } from "../../contract/passkey-shapes.ts";

type Cbor = number | string | Uint8Array | Map<number | string, Cbor>;

/** The part of RFC 8949 that attestation objects and COSE keys need. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([
    head(5, value.size),
    ...Array.from(value, ([key, item]) => Buffer.concat([cbor(key), cbor(item)])),
  ]);
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.from([(major << 5) | length]);
  if (length < 256) return Buffer.from([(major << 5) | 24, length]);
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
}

export interface Behaviour {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly userVerified?: boolean;
  readonly type?: string;
  readonly userHandle?: string;
  readonly counter?: number;
}

/** What {@link SoftwareAuthenticator.save} gives: the whole authenticator, its private key included. */
export interface SavedAuthenticator {
  readonly id: string;
  readonly key: webcrypto.JsonWebKey;
  readonly counter: number;
  readonly userHandle: string;
}

export class SoftwareAuthenticator {
  readonly #origin: string;
  readonly #id: Buffer;
  readonly #privateKey: KeyObject;
  readonly #cose: Buffer;
  #counter: number;
  #userHandle: string;

  /** A new authenticator, or a saved one in a browser that is at `origin`. */
  constructor(origin: string, saved?: SavedAuthenticator) {
    this.#origin = origin;
    this.#id = saved ? Buffer.from(saved.id, "base64url") : randomBytes(16);
    this.#counter = saved?.counter ?? 0;
    this.#userHandle = saved?.userHandle ?? "";
    this.#privateKey = saved
      ? createPrivateKey({ key: saved.key, format: "jwk" })
      : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const { x = "", y = "" } = createPublicKey(this.#privateKey).export({ format: "jwk" });
    this.#cose = cbor(
      new Map<number, Cbor>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x, "base64url")],
        [-3, Buffer.from(y, "base64url")],
      ]),
    );
  }

  get id(): string {
    return this.#id.toString("base64url");
  }

  save(): SavedAuthenticator {
    const key = this.#privateKey.export({ format: "jwk" });
    return { id: this.id, key, counter: this.#counter, userHandle: this.#userHandle };
  }

  create(options: z.infer<typeof passkeyCreation>, behaviour: Behaviour = {}): PasskeyAttestation {
    this.#userHandle = options.user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.#id, this.#cose]);
    const authData = Buffer.concat([this.#authData(options.rp.id, 0x40, behaviour), attested]);
    const attestationObject = cbor(
      new Map<string, Cbor>([
        ["fmt", "none"],
        ["attStmt", new Map()],
        ["authData", authData],
      ]),
    );
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.#clientData("webauthn.create", options.challenge, behaviour).toString("base64url"),
        attestationObject: attestationObject.toString("base64url"),
        transports: ["internal"],
      },
    };
  }

  get(options: z.infer<typeof passkeyRequest>, behaviour: Behaviour = {}): PasskeyAssertion {
    this.#counter = behaviour.counter ?? this.#counter + 1;
    const authData = this.#authData(options.rpId, 0, behaviour);
    const clientData = this.#clientData("webauthn.get", options.challenge, behaviour);
    const signed = createSign("sha256")
      .update(authData)
      .update(createHash("sha256").update(clientData).digest())
      .sign(this.#privateKey);
    return {
      id: this.id,
      rawId: this.id,
      type: "public-key",
      authenticatorAttachment: "platform",
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: authData.toString("base64url"),
        signature: signed.toString("base64url"),
        ...((behaviour.userHandle ?? this.#userHandle) !== "" && {
          userHandle: behaviour.userHandle ?? this.#userHandle,
        }),
      },
    };
  }

  #authData(rpId: string, extraFlags: number, behaviour: Behaviour): Buffer {
    const flags = 0x01 | (behaviour.userVerified === false ? 0 : 0x04) | extraFlags;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    return Buffer.concat([
      createHash("sha256")
        .update(behaviour.rpId ?? rpId)
        .digest(),
      Buffer.from([flags]),
      counter,
    ]);
  }

  #clientData(type: string, challenge: string, behaviour: Behaviour): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: behaviour.type ?? type,
        challenge: behaviour.challenge ?? challenge,
        origin: behaviour.origin ?? this.#origin,
        crossOrigin: false,
      }),
    );
  }
}
