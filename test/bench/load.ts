// The load generator: requests signed ahead, as a device signs them, and sent over kept-alive connections. It shares the
// machine with what it measures, so it does as little as it can while the clock runs.
import { type KeyObject, createHash, createPrivateKey, randomBytes, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import type { DeviceClient } from "../../src/cli/device-client.ts";
import {
  bodyComponent,
  componentValue,
  requestTarget,
  signatureBase,
  signatureLabel,
  signatureParams,
  signedComponents,
} from "../../src/contract/http-signature.ts";

export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface SignedRequest {
  readonly options: RequestOptions;
  readonly body: Buffer | undefined;
}

/** Signs with the device key of a client that is signed in. */
export class Signer {
  readonly #key: KeyObject;
  readonly #keyId: string;
  readonly #origin: string;

  private constructor(key: KeyObject, keyId: string, origin: string) {
    this.#key = key;
    this.#keyId = keyId;
    this.#origin = origin;
  }

  static async of(client: DeviceClient): Promise<Signer> {
    const folder = mkdtempSync(path.join(tmpdir(), "strongroom-bench-"));
    try {
      const file = path.join(folder, "device.json");
      await client.save(file);
      // Written by DeviceClient.save.
      const saved = JSON.parse(readFileSync(file, "utf8")) as { privateKey: object };
      const key = createPrivateKey({ key: { ...saved.privateKey }, format: "jwk" });
      return new Signer(key, client.deviceId ?? client.thumbprint, client.origin);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Good for 60 s: to be sent soon. */
  sign({ method, path: target, body }: PlainRequest): SignedRequest {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const digest = bytes && `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
    const components = digest === undefined ? signedComponents : [...signedComponents, bodyComponent];
    const value = signatureParams(components, {
      created: Math.floor(Date.now() / 1000),
      nonce: randomBytes(16).toString("base64url"),
      keyid: this.#keyId,
    });
    const url = `${this.#origin}${target}`;
    const parts = requestTarget(method, url);
    const covered = components.map((name) => ({ name, parameters: "" }));
    const base = signatureBase({ components: covered, value }, ({ name }) => componentValue(parts, digest, name));
    const signature = sign("sha256", Buffer.from(base), { key: this.#key, dsaEncoding: "ieee-p1363" });
    const { hostname, port } = new URL(this.#origin);
    const headers = {
      ...(digest !== undefined && { "content-digest": digest }),
      "signature-input": `${signatureLabel}=${value}`,
      signature: `${signatureLabel}=:${signature.toString("base64")}:`,
      "user-agent": "Strongroom-Bench/1",
      ...(bytes && { "content-type": "application/json", "content-length": String(bytes.length) }),
    };
    return { options: { method, hostname, port, path: target, headers }, body: bytes };
  }
}

export interface Driven {
  readonly seconds: number;
  /** ms from sending a request to the last byte of its answer. */
  readonly times: readonly number[];
  /** Bodies of the answers in the order of the requests, when asked for. */
  readonly answers: readonly string[];
}

/** Sends all requests, each connection one after the other. Throws at the first answer that is no success. */
export async function drive(
  requests: readonly SignedRequest[],
  connections: number,
  options: { readonly answers?: boolean } = {},
): Promise<Driven> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  const answers: string[] = [];
  let next = 0;
  const line = async (): Promise<void> => {
    for (let index = next++; index < requests.length; index = next++) {
      const one = requests[index];
      if (one === undefined) return;
      const start = performance.now();
      const body = await exchange(one, agent);
      times.push(performance.now() - start);
      if (options.answers === true) answers[index] = body.toString("utf8");
    }
  };
  const start = performance.now();
  try {
    await Promise.all(Array.from({ length: connections }, line));
  } finally {
    agent.destroy();
  }
  return { seconds: (performance.now() - start) / 1000, times, answers };
}

function exchange({ options, body }: SignedRequest, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, agent }, (answer: IncomingMessage) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const whole = Buffer.concat(parts);
        if (answer.statusCode === 200) resolve(whole);
        else
          reject(
            new Error(
              `${options.method} ${options.path} answered ${answer.statusCode}: ${whole.toString("utf8").slice(0, 300)}`,
            ),
          );
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
