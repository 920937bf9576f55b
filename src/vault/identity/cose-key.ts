// A passkey's public key as anybody can use it: COSE (RFC 9052) in, SubjectPublicKeyInfo out. Loaded only when a passkey
// signs an act.
import { createPublicKey } from "node:crypto";
import { cose, decodeCredentialPublicKey } from "@simplewebauthn/server/helpers";

/** base64 of the DER. Throws TypeError for a kind of key that is not asked for when a passkey is made. */
export function publicKeyOf(coseBase64: string): string {
  const key = decodeCredentialPublicKey(new Uint8Array(Buffer.from(coseBase64, "base64")));
  const jwk = jwkOf(key);
  if (jwk === undefined) throw new TypeError("a passkey with a key of another kind");
  return createPublicKey({ key: jwk, format: "jwk" }).export({ format: "der", type: "spki" }).toString("base64");
}

function jwkOf(key: ReturnType<typeof decodeCredentialPublicKey>) {
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64url");
  if (cose.isCOSEPublicKeyEC2(key)) {
    const { crv, x, y } = cose.COSEKEYS;
    if (key.get(crv) !== cose.COSECRV.P256) return undefined;
    return { kty: "EC", crv: "P-256", x: text(key.get(x)), y: text(key.get(y)) };
  }
  if (cose.isCOSEPublicKeyRSA(key))
    return { kty: "RSA", n: text(key.get(cose.COSEKEYS.n)), e: text(key.get(cose.COSEKEYS.e)) };
  if (cose.isCOSEPublicKeyOKP(key)) return { kty: "OKP", crv: "Ed25519", x: text(key.get(cose.COSEKEYS.x)) };
  return undefined;
}
