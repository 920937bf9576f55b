// What a person signs when he approves one act: the very request that his device is about to send. Client, vault and
// verifier derive the challenge with this one file; it holds no schema, so that it can go to the browser.
import { toBase64Url } from "./http-signature.ts";

/** One request, by what of it may be known: the commitment hides the body until nonce and digest are shown. */
export interface Act {
  /** Id of the device that will send it. */
  readonly device: string;
  readonly method: string;
  readonly path: string;
  readonly commitment: string;
}

const domain = "strongroom act v1";

/**
 * Binds the body's Content-Digest (null: no body) without telling it: a body may be one short value, and its plain hash
 * would let whoever reads the ledger guess it. The nonce has 256 random bits.
 */
export function actCommitment(nonce: string, digest: string | null): Promise<string> {
  return sha256(`${domain} body\n${nonce}\n${digest ?? "-"}`);
}

/** The WebAuthn challenge, base64url. No part can hold a line break: the text is read in one way only. */
export function actChallenge({ device, method, path, commitment }: Act): Promise<string> {
  return sha256(`${domain}\n${device}\n${method}\n${path}\n${commitment}`);
}

async function sha256(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}
