// RFC 9421 HTTP Message Signatures as Strongroom uses them, for browser and Node alike (WebCrypto, no dependencies).
// Signer and verifier build the signature base with this one file, and the list of signed components stands only here.
import { type CoveredComponent, SignatureMalformed, StructuredFieldReader } from "./structured-fields.ts";

/** The components every API request signs, in this order; `content-digest` whenever there is a body. */
export const signedComponents = ["@method", "@authority", "@path", "@query"] as const;
export const bodyComponent = "content-digest";
export const signatureAlgorithm = "ecdsa-p256-sha256";
export const signatureTag = "strongroom";
export const signatureLabel = "sig1";
/** A request counts as fresh for so long before and after the vault's time. */
export const signatureWindowSeconds = 60;

export interface SignatureParameters {
  created?: number; // seconds since 1970
  expires?: number;
  nonce?: string;
  alg?: string;
  keyid?: string;
  tag?: string;
}

export interface SignatureInput {
  readonly label: string;
  readonly components: readonly CoveredComponent[];
  readonly parameters: SignatureParameters;
  /** The member's value exactly as it came: the last line of the signature base. */
  readonly value: string;
}

/** A request as it is signed: nothing that an intermediary may change without breaking the signature. */
export interface RequestTarget {
  readonly method: string;
  /** Host with the port where it is not the scheme's own; lower case (RFC 9421 §2.2.3). */
  readonly authority: string;
  readonly path: string;
  /** With its leading `?`, which stands alone where there is no query (RFC 9421 §2.2.7). */
  readonly query: string;
}

/** Method, authority, path and query of an absolute URL, normalised as RFC 9421 §2.2 asks. Throws TypeError. */
export function requestTarget(method: string, url: string): RequestTarget {
  const parsed = new URL(url);
  return {
    method: method.toUpperCase(),
    authority: parsed.host.toLowerCase(),
    path: parsed.pathname || "/",
    query: parsed.search || "?",
  };
}

/**
 * The signature base (RFC 9421 §2.5). `valueOf` gives the value of a component, or undefined when the message has none.
 * Throws SignatureMalformed for an absent component, a repeated one, or a value with a line break or beyond ASCII.
 */
export function signatureBase(
  input: Pick<SignatureInput, "components" | "value">,
  valueOf: (component: CoveredComponent) => string | undefined,
): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const component of input.components) {
    const identifier = `"${component.name}"${component.parameters}`;
    if (seen.has(identifier)) throw new SignatureMalformed(`component ${identifier} twice`);
    seen.add(identifier);
    const value = valueOf(component);
    if (value === undefined) throw new SignatureMalformed(`component ${identifier} is absent`);
    if (!/^[\x20-\x7e]*$/u.test(value)) throw new SignatureMalformed(`component ${identifier} is not ASCII`);
    lines.push(`${identifier}: ${value}`);
  }
  lines.push(`"@signature-params": ${input.value}`);
  return lines.join("\n");
}

/** The inner list with its parameters, in the order that all Strongroom clients use. */
export function signatureParams(
  components: readonly string[],
  parameters: Required<Pick<SignatureParameters, "created" | "nonce" | "keyid">>,
): string {
  const list = components.map((name) => `"${name}"`).join(" ");
  const { created, nonce, keyid } = parameters;
  return `(${list});created=${created};nonce="${nonce}";keyid="${keyid}";alg="${signatureAlgorithm}";tag="${signatureTag}"`;
}

/**
 * Reads a Signature-Input field (RFC 9421 §4.1, a dictionary of inner lists). Stricter than RFC 8941: a repeated label,
 * parameter or component and every unknown signature parameter is an error. Throws SignatureMalformed.
 */
export function parseSignatureInput(text: string): SignatureInput[] {
  const reader = new StructuredFieldReader(text);
  const found: SignatureInput[] = [];
  do {
    const label = reader.key();
    if (found.some((input) => input.label === label)) throw new SignatureMalformed(`label ${label} twice`);
    reader.expect("=");
    const start = reader.position;
    const components = reader.innerList();
    const parameters = signatureParameters(reader);
    found.push({ label, components, parameters, value: text.slice(start, reader.position) });
  } while (reader.comma());
  return found;
}

/** Reads a Signature field (RFC 9421 §4.2): one byte sequence per label. Throws SignatureMalformed. */
export function parseSignature(text: string): Map<string, Uint8Array<ArrayBuffer>> {
  return byteSequences(text);
}

/** The value of a Content-Digest field for this body (RFC 9530 §2), SHA-256. */
export async function contentDigest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return `sha-256=:${toBase64(new Uint8Array(await crypto.subtle.digest("SHA-256", body)))}:`;
}

/** The SHA-256 in a Content-Digest field; other algorithms are ignored. Throws SignatureMalformed without one. */
export function parseContentDigest(text: string): Uint8Array<ArrayBuffer> {
  const digest = byteSequences(text).get("sha-256");
  if (digest?.length !== 32) throw new SignatureMalformed("no sha-256 digest");
  return digest;
}

export interface EcPublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

/** RFC 7638 §3 thumbprint, base64url: the key id of requests signed by a key that is not bound yet. */
export async function jwkThumbprint(jwk: EcPublicJwk): Promise<string> {
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonical))));
}

/** The public half of a device key, with no more than its required members. Throws when it is no P-256 key. */
export async function exportDeviceKey(publicKey: CryptoKey): Promise<EcPublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  if (kty !== "EC" || crv !== "P-256" || x === undefined || y === undefined)
    throw new SignatureMalformed("not a P-256 key");
  return { kty, crv, x, y };
}

export interface SignableRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** Exactly the bytes sent; absent for a request without a body. */
  readonly body?: Uint8Array<ArrayBuffer>;
}

/**
 * The headers that sign a request: a fresh nonce each time, so a retry signs anew. `offsetMs` is the server's clock
 * minus this one's, as learnt from a `clock_skew` answer.
 */
export async function signRequest(
  key: CryptoKey,
  keyId: string,
  request: SignableRequest,
  options: { offsetMs?: number } = {},
): Promise<Record<string, string>> {
  const target = requestTarget(request.method, request.url);
  const digest = request.body && (await contentDigest(request.body));
  const components: readonly string[] = digest === undefined ? signedComponents : [...signedComponents, bodyComponent];
  const created = Math.floor((Date.now() + (options.offsetMs ?? 0)) / 1000);
  const nonce = toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
  const value = signatureParams(components, { created, nonce, keyid: keyId });
  const covered = components.map((name) => ({ name, parameters: "" }));
  const base = signatureBase({ components: covered, value }, ({ name }) => componentValue(target, digest, name));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, new TextEncoder().encode(base));
  return {
    ...(digest !== undefined && { "content-digest": digest }),
    "signature-input": `${signatureLabel}=${value}`,
    signature: `${signatureLabel}=:${toBase64(new Uint8Array(signature))}:`,
  };
}

/** The value of one of the components that we sign; undefined for any other. */
export function componentValue(target: RequestTarget, digest: string | undefined, name: string): string | undefined {
  switch (name) {
    case "@method":
      return target.method;
    case "@authority":
      return target.authority;
    case "@path":
      return target.path;
    case "@query":
      return target.query;
    case bodyComponent:
      return digest;
    default:
      return undefined;
  }
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function signatureParameters(reader: StructuredFieldReader): SignatureParameters {
  const parameters: SignatureParameters = {};
  for (const [name, value] of reader.parameters()) {
    switch (name) {
      case "created":
      case "expires":
        if (typeof value !== "number") throw new SignatureMalformed(`${name} is not an integer`);
        parameters[name] = value;
        break;
      case "nonce":
      case "alg":
      case "keyid":
      case "tag":
        if (typeof value !== "string") throw new SignatureMalformed(`${name} is not a string`);
        parameters[name] = value;
        break;
      default:
        throw new SignatureMalformed(`unknown parameter ${name}`);
    }
  }
  return parameters;
}

function byteSequences(text: string): Map<string, Uint8Array<ArrayBuffer>> {
  const reader = new StructuredFieldReader(text);
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  do {
    const label = reader.key();
    if (found.has(label)) throw new SignatureMalformed(`label ${label} twice`);
    reader.expect("=");
    found.set(label, reader.bytes());
  } while (reader.comma());
  return found;
}
