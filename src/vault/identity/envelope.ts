// A signed HTTP request as the office hands it over, and the proof that it is what a device key signed: signature over
// method, authority, path, query and body digest, fresh by its date, and never seen before.
import { createHash, type KeyObject } from "node:crypto";
import {
  bodyComponent,
  componentValue,
  parseContentDigest,
  parseSignature,
  parseSignatureInput,
  signatureAlgorithm,
  signatureBase,
  signatureLabel,
  signatureTag,
  signatureWindowSeconds,
  signedComponents,
} from "../../contract/http-signature.ts";
import { Problem } from "../../contract/problem.ts";
import { SignatureMalformed } from "../../contract/structured-fields.ts";
import { ecdsaVerifyP1363 } from "../keys/signature.ts";
import type { NonceStore } from "./nonce-store.ts";
import { sameBytes } from "./secret-code.ts";

export interface Envelope {
  readonly method: string;
  /** As in the request line, percent-encoded. */
  readonly path: string;
  /** With its leading `?`; "?" or "" where there is none. */
  readonly query: string;
  /** The Host header. */
  readonly authority: string;
  /** Lower-case names; only the three of the signature are read here. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** An envelope whose signature fields are well formed and cover what must be covered; not yet verified. */
export interface ParsedEnvelope {
  readonly keyId: string;
  readonly created: number;
  readonly nonce: string;
  readonly signature: Uint8Array;
  readonly base: string;
}

/**
 * Reads the signature fields. Throws Problem `signature_missing` where there are none, `signature_invalid` where they
 * are not exactly what our clients send (label, components and their order, parameters) or the body is not the one
 * that was signed. Costs one SHA-256 over the body, no public-key work.
 */
export function parseEnvelope(envelope: Envelope): ParsedEnvelope {
  const input = envelope.headers["signature-input"];
  const signature = envelope.headers["signature"];
  if (input === undefined || signature === undefined) throw new Problem("signature_missing");
  try {
    return parseFields(envelope, input, signature);
  } catch (error) {
    if (error instanceof SignatureMalformed) throw new Problem("signature_invalid");
    throw error;
  }
}

function parseFields(envelope: Envelope, inputField: string, signatureField: string): ParsedEnvelope {
  if (inputField.length > 1024 || signatureField.length > 256) throw new SignatureMalformed("too long");
  const [input, ...others] = parseSignatureInput(inputField);
  const signatures = parseSignature(signatureField);
  const signature = signatures.get(signatureLabel);
  if (input?.label !== signatureLabel || others.length > 0 || signatures.size !== 1 || signature?.length !== 64)
    throw new SignatureMalformed("not one signature");

  const digest = envelope.headers["content-digest"];
  checkBody(envelope.body, digest);
  const expected: readonly string[] = digest === undefined ? signedComponents : [...signedComponents, bodyComponent];
  const covered = input.components.map((component) => component.name + component.parameters);
  if (covered.length !== expected.length || covered.some((name, index) => name !== expected[index]))
    throw new SignatureMalformed("other components");

  const { created, expires, nonce, alg, keyid, tag } = input.parameters;
  if (created === undefined || expires !== undefined || nonce === undefined || keyid === undefined)
    throw new SignatureMalformed("other parameters");
  if (alg !== signatureAlgorithm || tag !== signatureTag) throw new SignatureMalformed("other algorithm or tag");
  if (!/^[A-Za-z0-9_-]{16,64}$/u.test(nonce) || !/^[A-Za-z0-9_-]{36,43}$/u.test(keyid))
    throw new SignatureMalformed("nonce or key id");

  const target = {
    method: envelope.method,
    authority: envelope.authority.toLowerCase(),
    path: envelope.path,
    query: envelope.query === "" ? "?" : envelope.query,
  };
  const base = signatureBase(input, ({ name }) => componentValue(target, digest, name));
  return { keyId: keyid, created, nonce, signature, base };
}

/** A body needs a digest, a digest needs to be the body's. */
function checkBody(body: Buffer, digest: string | undefined): void {
  if (digest === undefined) {
    if (body.length > 0) throw new SignatureMalformed("body without digest");
    return;
  }
  if (digest.length > 256) throw new SignatureMalformed("too long");
  if (!sameBytes(parseContentDigest(digest), createHash("sha256").update(body).digest()))
    throw new SignatureMalformed("other body");
}

export interface Freshness {
  /** The vault's time, ms. */
  readonly now: number;
  /** Nothing signed before this second counts: nonces of an earlier life of the vault are not known. */
  readonly notBeforeSeconds: number;
  readonly nonces: NonceStore;
  /** Whose part of the nonce store the request uses up. */
  readonly share: string;
}

/**
 * Verifies the signature, then the date, then burns the nonce: a stranger's forgeries never enter the nonce store.
 * Throws Problem `signature_invalid`; `clock_skew` with `serverTime` (and `retryAfterMs` within the vault's first
 * second); `signature_replayed`; `too_many` when the nonce store is full.
 */
export function verifyEnvelope(parsed: ParsedEnvelope, key: KeyObject, fresh: Freshness): void {
  if (!ecdsaVerifyP1363(key, Buffer.from(parsed.base, "latin1"), parsed.signature))
    throw new Problem("signature_invalid");
  const windowMs = signatureWindowSeconds * 1000;
  const early = parsed.created < fresh.notBeforeSeconds;
  if (early || Math.abs(fresh.now - parsed.created * 1000) > windowMs) {
    const waitMs = fresh.notBeforeSeconds * 1000 - fresh.now;
    throw new Problem("clock_skew", {
      extra: { serverTime: new Date(fresh.now).toISOString(), ...(waitMs > 0 && { retryAfterMs: waitMs }) },
    });
  }
  const state = fresh.nonces.burn(fresh.share, parsed.keyId, parsed.nonce, fresh.now);
  if (state === "used") throw new Problem("signature_replayed");
  if (state === "full") throw new Problem("too_many", { extra: { retryAfterSeconds: signatureWindowSeconds } });
}
