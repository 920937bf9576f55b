// Signed requests: what a browser signs is accepted once; anything altered, replayed, early or late is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportDeviceKey, signRequest } from "../../contract/http-signature.ts";
import { Problem, type ProblemCode } from "../../contract/problem.ts";
import { p256PublicKey } from "../keys/signature.ts";
import { type Envelope, parseEnvelope, verifyEnvelope } from "./envelope.ts";
import { NonceStore } from "./nonce-store.ts";

const keyId = "01938f2e-0000-7000-8000-000000000001";
const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const publicKey = p256PublicKey(await exportDeviceKey(keys.publicKey));
const body = Buffer.from('{"name":"华信"}');

async function signed(offsetMs = 0): Promise<Envelope> {
  const headers = await signRequest(
    keys.privateKey,
    keyId,
    { method: "POST", url: "https://crm.example.com/api/records?x=1", body: new Uint8Array(body) },
    { offsetMs },
  );
  return { method: "POST", path: "/api/records", query: "?x=1", authority: "crm.example.com", headers, body };
}

const fresh = () => ({
  now: Date.now(),
  notBeforeSeconds: 0,
  nonces: new NonceStore({ lifetimeMs: 120_000, limit: 1000 }),
  share: keyId,
});

function refused(code: ProblemCode, work: () => unknown, what = ""): void {
  assert.throws(work, (error) => error instanceof Problem && error.code === code, `${code} ${what}`);
}

function accept(envelope: Envelope, state = fresh()): void {
  verifyEnvelope(parseEnvelope(envelope), publicKey, state);
}

test("accepted once", async () => {
  const envelope = await signed();
  const state = fresh();
  accept(envelope, state);
  refused("signature_replayed", () => accept(envelope, state));
});

test("a request without body signs none", async () => {
  const headers = await signRequest(keys.privateKey, keyId, {
    method: "GET",
    url: "https://crm.example.com/api/session",
  });
  const envelope: Envelope = {
    method: "GET",
    path: "/api/session",
    query: "",
    authority: "CRM.example.com",
    headers,
    body: Buffer.alloc(0),
  };
  accept(envelope);
  refused("signature_invalid", () => accept({ ...envelope, body }), "a body slipped in");
});

test("every altered part is refused", async () => {
  const envelope = await signed();
  const { headers } = envelope;
  const input = headers["signature-input"] ?? "";
  const other = await signed();
  const altered: [string, Partial<Envelope>][] = [
    ["method", { method: "PUT" }],
    ["path", { path: "/api/record" }],
    ["path case", { path: "/API/records" }],
    ["query", { query: "?x=2" }],
    ["no query", { query: "" }],
    ["authority", { authority: "evil.example.com" }],
    ["port", { authority: "crm.example.com:8443" }],
    ["body", { body: Buffer.from('{"name":"华新"}') }],
    ["no body", { body: Buffer.alloc(0) }],
    [
      "digest of another body",
      { body, headers: { ...headers, "content-digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:" } },
    ],
    ["no digest", { headers: { ...headers, "content-digest": undefined } }],
    ["another signature", { headers: { ...headers, signature: other.headers["signature"] } }],
    ["another nonce", { headers: { ...headers, "signature-input": other.headers["signature-input"] } }],
    ["another label", { headers: { ...headers, "signature-input": input.replace("sig1=", "sig2=") } }],
    ["component dropped", { headers: { ...headers, "signature-input": input.replace(' "@query"', "") } }],
    ["component added", { headers: { ...headers, "signature-input": input.replace(' "@query"', ' "@query" "host"') } }],
    [
      "component reordered",
      { headers: { ...headers, "signature-input": input.replace('"@method" "@authority"', '"@authority" "@method"') } },
    ],
    [
      "component with parameter",
      { headers: { ...headers, "signature-input": input.replace('"@query"', '"@query";req') } },
    ],
    [
      "other algorithm",
      { headers: { ...headers, "signature-input": input.replace("ecdsa-p256-sha256", "hmac-sha256") } },
    ],
    ["other tag", { headers: { ...headers, "signature-input": input.replace('"strongroom"', '"other"') } }],
    ["expires", { headers: { ...headers, "signature-input": `${input};expires=9999999999` } }],
    ["unknown parameter", { headers: { ...headers, "signature-input": `${input};x=1` } }],
    [
      "second signature",
      { headers: { ...headers, "signature-input": `${input}, ${input.replace("sig1=", "sig2=")}` } },
    ],
    ["short nonce", { headers: { ...headers, "signature-input": input.replace(/nonce="[^"]+"/u, 'nonce="x"') } }],
    [
      "other date",
      {
        headers: {
          ...headers,
          "signature-input": input.replace(/created=(\d+)/u, (_, at: string) => `created=${Number(at) + 1}`),
        },
      },
    ],
    ["very long", { headers: { ...headers, "signature-input": input + " ".repeat(2000) } }],
  ];
  for (const [what, part] of altered) refused("signature_invalid", () => accept({ ...envelope, ...part }), what);
  accept(envelope);
});

test("no signature at all", async () => {
  const envelope = await signed();
  for (const name of ["signature", "signature-input"])
    refused("signature_missing", () => accept({ ...envelope, headers: { ...envelope.headers, [name]: undefined } }));
});

test("another key does not verify, and its nonce is not burnt", async () => {
  const stranger = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const envelope = await signed();
  const state = fresh();
  const theirs = p256PublicKey(await exportDeviceKey(stranger.publicKey));
  refused("signature_invalid", () => verifyEnvelope(parseEnvelope(envelope), theirs, state));
  assert.equal(state.nonces.size, 0);
  accept(envelope, state);
});

test("a wrong clock learns the right time", async () => {
  for (const offset of [-62_000, 62_000, -3_600_000, 86_400_000]) {
    const envelope = await signed(offset);
    assert.throws(
      () => accept(envelope),
      (error) =>
        error instanceof Problem &&
        error.code === "clock_skew" &&
        Math.abs(Date.parse(String(error.extra?.["serverTime"])) - Date.now()) < 5000,
    );
  }
  for (const offset of [-57_000, 57_000]) accept(await signed(offset));
});

test("nothing signed before the vault's start counts", async () => {
  const envelope = await signed();
  const notBeforeSeconds = Math.ceil(Date.now() / 1000) + 1;
  assert.throws(
    () => accept(envelope, { ...fresh(), notBeforeSeconds }),
    (error) => error instanceof Problem && error.code === "clock_skew" && Number(error.extra?.["retryAfterMs"]) > 0,
  );
});
