/** The verifier's look at signed acts: each assertion must be one over exactly the act that its entry names, by the key that the credential has had from its first act on. */
import { createPublicKey, verify } from "node:crypto";
import { actChallenge } from "../../contract/act.ts";
import type { ActRecord } from "./act-record.ts";
import type { EntryBody } from "./entry.ts";
import type { Findings } from "./findings.ts";

export class ActBook {
  readonly #findings: Findings;
  /** By credential. */
  readonly #keys = new Map<string, string>();
  /** Entries with a passkey's signature that holds. */
  signed = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  async check({ act, actor }: EntryBody, position: number): Promise<void> {
    if (act?.passkey === undefined) return;
    const { credential, key } = act.passkey;
    const known = this.#keys.get(credential);
    if (known === undefined) this.#keys.set(credential, key);
    else if (known !== key) this.#findings.add("act", "the passkey of this act had another key before", { position });
    if (await holds(act, act.passkey, actor.device ?? "")) this.signed++;
    else this.#findings.add("act", "the signature over this act does not hold", { position });
  }
}

/** WebAuthn level 3 §7.2: type, challenge, user verified, signature over authenticator data and the hash of the client's. */
async function holds(
  { method, path, commitment }: ActRecord,
  passkey: NonNullable<ActRecord["passkey"]>,
  device: string,
): Promise<boolean> {
  try {
    const clientData = Buffer.from(passkey.clientData, "base64url");
    const said: unknown = JSON.parse(clientData.toString("utf8"));
    const { type, challenge } = Object(said) as { type?: unknown; challenge?: unknown }; // compared below
    const data = Buffer.from(passkey.authenticatorData, "base64url");
    const userVerified = ((data[32] ?? 0) & 0x04) !== 0;
    if (type !== "webauthn.get" || !userVerified) return false;
    if (challenge !== (await actChallenge({ device, method, path, commitment }))) return false;
    const key = createPublicKey({ key: Buffer.from(passkey.key, "base64"), format: "der", type: "spki" });
    const algorithm = key.asymmetricKeyType === "ed25519" ? null : "sha256";
    const hash = Buffer.from(await crypto.subtle.digest("SHA-256", clientData));
    return verify(algorithm, Buffer.concat([data, hash]), key, Buffer.from(passkey.signature, "base64url"));
  } catch {
    return false;
  }
}
