// Requests made by hand: every part of the signature can be got wrong on purpose, and each comes from an address of its
// own (127.0.0.0/8), by which its entry is found in the ledger. Needs Linux, where all of that network is this machine.
import type { webcrypto } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import { type EcPublicJwk, exportDeviceKey, jwkThumbprint, signRequest } from "../../src/contract/http-signature.ts";
import type { ProblemDetails } from "../../src/contract/problem.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface ProbeKey {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: EcPublicJwk;
  readonly thumbprint: string;
}

/** A key that nobody knows. */
export async function newKey(): Promise<ProbeKey> {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const jwk = await exportDeviceKey(publicKey);
  return { privateKey, publicKey: jwk, thumbprint: await jwkThumbprint(jwk) };
}

/** The private key of a client, taken from what it saves. */
export async function keyOf(client: DeviceClient): Promise<ProbeKey> {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-probe-"));
  try {
    const file = path.join(folder, "device.json");
    await client.save(file);
    const saved = JSON.parse(readFileSync(file, "utf8")) as { privateKey: webcrypto.JsonWebKey };
    const jwk = { ...saved.privateKey, key_ops: ["sign"] };
    const privateKey = await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]);
    return { privateKey, publicKey: client.publicKey, thumbprint: client.thumbprint };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address to come from; such a request has a connection of its own. */
  readonly from?: string;
}

const keptAlive = new Agent({ keepAlive: true });

/** Ends connections that are kept for further shots. */
export function ceaseFire(): void {
  keptAlive.destroy();
}

export interface Hit {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Sends exactly this. */
export function shoot(origin: string, shot: Shot): Promise<Hit> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
        port,
        method: shot.method,
        path: shot.path,
        headers: {
          host: `${hostname}:${port}`,
          ...(shot.body !== undefined && {
            "content-type": "application/json",
            "content-length": String(shot.body.length),
          }),
          ...shot.headers,
        },
        agent: shot.from === undefined ? keptAlive : false,
        ...(shot.from !== undefined && { localAddress: shot.from }),
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("error", reject);
        answer.on("end", () => {
          resolve({
            status: answer.statusCode ?? 0,
            type: answer.headers["content-type"] ?? "",
            headers: answer.headers,
            text: Buffer.concat(parts).toString("utf8"),
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(shot.body);
  });
}

/** Headers of a signature by this key over a request that may be another than the one sent. */
export function sign(
  origin: string,
  key: ProbeKey,
  keyId: string,
  signed: { readonly method: string; readonly path: string; readonly body?: Uint8Array<ArrayBuffer> | undefined },
  offsetMs = 0,
): Promise<Record<string, string>> {
  const { method, path: target, body } = signed;
  const url = `${origin}${target}`;
  return signRequest(key.privateKey, keyId, { method, url, ...(body !== undefined && { body }) }, { offsetMs });
}

let addresses = 0;

/** An address that no other probe of this process uses. */
export function newAddress(): string {
  addresses += 1;
  return `127.${100 + ((addresses >> 16) & 63)}.${(addresses >> 8) & 255}.${addresses & 255}`;
}

export function problemIn(hit: Hit): ProblemDetails {
  return JSON.parse(hit.text) as ProblemDetails; // checked by assertProblem before it is believed
}

export function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** Throws unless the answer is a problem as RFC 9457 and our contract have it, with nothing else in it. */
export function assertProblem(hit: Hit, what: string): ProblemDetails {
  const fail = (why: string): never => {
    throw new Error(`${what}: ${why}: ${hit.status} ${hit.text.slice(0, 500)}`);
  };
  if (hit.status < 400 || hit.status >= 500) fail("not refused");
  if (!hit.type.startsWith("application/problem+json")) fail(`is ${hit.type}`);
  const problem = problemIn(hit);
  const members = Object.keys(problem).filter((key) => !problemMembers.has(key));
  if (members.length > 0) fail(`has ${members.join()}`);
  if (problem.status !== hit.status) fail("names another status");
  if (problem.type !== `urn:strongroom:problem:${problem.code}`) fail("names another type");
  if (problem.title === "") fail("has no title");
  if (hit.headers["set-cookie"] !== undefined) fail("sets a cookie");
  return problem;
}

const problemMembers = new Set(["type", "title", "status", "code", "instance", "fields", "extra"]);
