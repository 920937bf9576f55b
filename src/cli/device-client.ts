// A Strongroom client for programs: it holds a device key of its own and signs every request with it, exactly as the
// browser does. Used by the command line, the tests and the benchmarks.
import type { webcrypto } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { type EcPublicJwk, exportDeviceKey, jwkThumbprint, signRequest } from "../contract/http-signature.ts";
import type { IdentityVerbs } from "../contract/identity-verbs.ts";
import type { Proof, SignedIn } from "../contract/identity-shapes.ts";
import type { ProblemDetails } from "../contract/problem.ts";
import { Approvals, type Approver, isAct } from "./act-approval.ts";
import { type Answer, exchange, problemOf } from "./http-exchange.ts";

/** Any answer that is not a success; `details` is its RFC 9457 body. */
export class RequestRefused extends Error {
  readonly status: number;
  readonly details: ProblemDetails;
  constructor(status: number, details: ProblemDetails) {
    super(`${status} ${details.code}: ${details.title}`);
    this.name = "RequestRefused";
    this.status = status;
    this.details = details;
  }
  get code(): string {
    return this.details.code;
  }
}

/** The person's authenticator: given the secret once at setup, and the code whenever one is asked for. */
export interface TotpSetup {
  readonly secret: string;
  readonly url: string;
}
type PasswordAnswer = z.infer<IdentityVerbs["signIn.password"]["output"]>;
type CodeOf = (setup: TotpSetup) => string | Promise<string>;

export interface DeviceClientOptions {
  readonly userAgent?: string;
  readonly language?: "zh-CN" | "en";
  /** Certificates to trust beyond the system's, for an installation with its own authority. */
  readonly ca?: string;
}

/** What {@link DeviceClient.save} writes: the private key stands in it, so the file is for its owner's eyes only. */
interface Saved {
  readonly origin: string;
  readonly privateKey: webcrypto.JsonWebKey;
  readonly deviceId?: string;
  readonly userId?: string;
  readonly offsetMs: number;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const defaultUserAgent = `Strongroom-CLI/1 (${process.platform})`;
const tries = 4;

export class DeviceClient {
  readonly origin: string;
  readonly publicKey: EcPublicJwk;
  readonly thumbprint: string;
  /** Once signed in. */
  deviceId: string | undefined;
  userId: string | undefined;
  /** Asked for every act that needs the person's signature; without one such acts are refused. */
  approver: Approver | undefined;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #options: DeviceClientOptions;
  readonly #agent: Agent;
  #offsetMs = 0;
  readonly #approvals = new Approvals(this);

  private constructor(
    origin: string,
    keys: webcrypto.CryptoKeyPair,
    publicKey: EcPublicJwk,
    thumbprint: string,
    options: DeviceClientOptions,
  ) {
    this.origin = origin.replace(/\/$/u, "");
    this.#keys = keys;
    this.publicKey = publicKey;
    this.thumbprint = thumbprint;
    this.#options = options;
    const agent = { keepAlive: true, ...(options.ca !== undefined && { ca: options.ca }) };
    this.#agent = this.origin.startsWith("https:") ? new TlsAgent(agent) : new Agent(agent);
  }

  /** A client with a new device key, bound to nobody yet. */
  static async create(origin: string, options: DeviceClientOptions = {}): Promise<DeviceClient> {
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    return DeviceClient.#of(origin, keys, options);
  }

  /** Reads what {@link save} wrote. */
  static async load(path: string, options: DeviceClientOptions = {}): Promise<DeviceClient> {
    const saved = JSON.parse(await readFile(path, "utf8")) as Saved; // our own file
    const { d: _, ...publicPart } = saved.privateKey;
    const privateKey = await crypto.subtle.importKey(
      "jwk",
      { ...saved.privateKey, key_ops: ["sign"] },
      algorithm,
      true,
      ["sign"],
    );
    const publicKey = await crypto.subtle.importKey("jwk", { ...publicPart, key_ops: ["verify"] }, algorithm, true, [
      "verify",
    ]);
    const client = await DeviceClient.#of(saved.origin, { privateKey, publicKey }, options);
    client.deviceId = saved.deviceId;
    client.userId = saved.userId;
    client.#offsetMs = saved.offsetMs;
    return client;
  }

  static async #of(origin: string, keys: webcrypto.CryptoKeyPair, options: DeviceClientOptions): Promise<DeviceClient> {
    const publicKey = await exportDeviceKey(keys.publicKey);
    return new DeviceClient(origin, keys, publicKey, await jwkThumbprint(publicKey), options);
  }

  /** Writes key and binding to a file that only its owner can read (mode 0600). */
  async save(path: string): Promise<void> {
    const saved: Saved = {
      origin: this.origin,
      privateKey: await crypto.subtle.exportKey("jwk", this.#keys.privateKey),
      offsetMs: this.#offsetMs,
      ...(this.deviceId !== undefined && { deviceId: this.deviceId }),
      ...(this.userId !== undefined && { userId: this.userId }),
    };
    await writeFile(path, `${JSON.stringify(saved)}\n`, { mode: 0o600 });
  }

  /** A request signed by the bound device. A `Uint8Array` is sent as it is, anything else as JSON. Throws RequestRefused. */
  async request<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return this.#parsed<T>(await this.send(method, path, body));
  }

  /** A request of someone not signed in (`auth: "key"`): the public key is added to the body. Throws RequestRefused. */
  async requestWithKey<T = unknown>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<T> {
    return this.#parsed<T>(await this.send("POST", path, { ...body, deviceKey: this.publicKey }, this.thumbprint));
  }

  /** As {@link request}, whatever the answer is. A wrong clock is corrected and the request signed anew. */
  async send(method: string, path: string, body?: unknown, keyId = this.deviceId ?? this.thumbprint): Promise<Answer> {
    const raw = body instanceof Uint8Array;
    const bytes =
      body === undefined ? undefined : raw ? new Uint8Array(body) : new TextEncoder().encode(JSON.stringify(body));
    const { approver } = this;
    let asked = approver === undefined;
    const ask = async (): Promise<void> => {
      asked = true;
      if (approver) await this.#approvals.ask(approver, method, path, bytes);
    };
    if (!asked && isAct(method, path, body)) await ask();
    for (let left = tries - 1; ; left -= 1) {
      const answer = await this.#once(method, path, bytes, raw, keyId, left > 0);
      if (answer === undefined) continue;
      if (answer.status !== 401 || left === 0) return answer;
      if (!asked && problemOf(answer.body.toString("utf8"), 401).code === "act_signature_required") await ask();
      else if (!(await this.#correctClock(answer))) return answer;
    }
  }

  /** The first person of an installation, by the code on its console. Returns the TOTP setup for later codes. */
  async enrolOwner(owner: {
    code: string;
    company: string;
    name: string;
    email: string;
    password: string;
    locale?: "zh-CN" | "en";
    totp: CodeOf;
  }): Promise<{ signedIn: SignedIn; totp: TotpSetup }> {
    const { code, company, name, email, password } = owner;
    const { totp } = await this.requestWithKey<{ totp: TotpSetup }>("/api/enrolment/begin", { code, email });
    const totpCode = await owner.totp(totp);
    const locale = owner.locale ?? "zh-CN";
    const signedIn = await this.requestWithKey<SignedIn>("/api/enrolment/complete", {
      code,
      company,
      name,
      email,
      password,
      totpCode,
      locale,
    });
    return { signedIn: this.#bound(signedIn), totp };
  }

  /**
   * By password and TOTP. `totp(1)` asks for the code that follows, which after wrong codes is needed as well.
   * `keepOthers` (default): no other entry of this person is taken for the same browser.
   */
  async signIn(person: {
    email: string;
    password: string;
    totp: (ahead: 0 | 1) => string | Promise<string>;
    keepOthers?: boolean;
  }): Promise<SignedIn> {
    const { email, password } = person;
    const { nextCodeNeeded } = await this.requestWithKey<PasswordAnswer>("/api/sign-in/password", { email, password });
    const code = await person.totp(0);
    const nextCode = nextCodeNeeded ? { nextCode: await person.totp(1) } : {};
    const keepOthers = person.keepOthers ?? true;
    return this.#bound(await this.requestWithKey<SignedIn>("/api/sign-in/totp", { code, ...nextCode, keepOthers }));
  }

  /** By the code of an invitation link (the part after `#`). */
  async acceptInvitation(invitation: {
    code: string;
    password: string;
    totp: CodeOf;
  }): Promise<{ signedIn: SignedIn; totp: TotpSetup; email: string }> {
    const { code, password } = invitation;
    const { totp, email } = await this.requestWithKey<{ totp: TotpSetup; email: string }>("/api/invitations/inspect", {
      code,
    });
    const totpCode = await invitation.totp(totp);
    const signedIn = await this.requestWithKey<SignedIn>("/api/invitations/accept", {
      code,
      password,
      totpCode,
      keepOthers: true,
    });
    return { signedIn: this.#bound(signedIn), totp, email };
  }

  /** Confirms for 30 minutes that it is the person. */
  async stepUp(proof: Proof): Promise<void> {
    await this.request("POST", "/api/step-up", proof);
  }

  async signOut(): Promise<void> {
    await this.request("POST", "/api/session/sign-out", {});
    this.deviceId = undefined;
    this.userId = undefined;
  }

  /** Closes kept-alive connections. */
  close(): void {
    this.#agent.destroy();
  }

  #bound(signedIn: SignedIn): SignedIn {
    this.deviceId = signedIn.deviceId;
    this.userId = signedIn.userId;
    return signedIn;
  }

  #parsed<T>({ status, body }: Answer): T {
    const text = body.toString("utf8");
    // The office answers every request with JSON of its contract, or a problem.
    if (status < 400) return (text === "" ? undefined : JSON.parse(text)) as T;
    throw new RequestRefused(status, problemOf(text, status));
  }

  /** One signed attempt; undefined when nothing was sent and it may be tried again. */
  async #once(
    method: string,
    path: string,
    bytes: Uint8Array<ArrayBuffer> | undefined,
    raw: boolean,
    keyId: string,
    again: boolean,
  ): Promise<Answer | undefined> {
    const url = `${this.origin}${path}`;
    const signable = { method, url, ...(bytes !== undefined && { body: bytes }) };
    const signed = await signRequest(this.#keys.privateKey, keyId, signable, { offsetMs: this.#offsetMs });
    const headers = {
      ...signed,
      accept: "application/json",
      "accept-language": this.#options.language ?? "en",
      "user-agent": this.#options.userAgent ?? defaultUserAgent,
      ...(bytes !== undefined && {
        "content-type": raw ? "application/octet-stream" : "application/json",
        "content-length": String(bytes.length),
      }),
    };
    try {
      return await exchange(url, method, headers, bytes, this.#agent);
    } catch (error) {
      // A refused connection carried nothing; a broken one may have, so only reading is repeated.
      const { code } = error as NodeJS.ErrnoException;
      if (!again || !(code === "ECONNREFUSED" || (method === "GET" && code === "ECONNRESET"))) throw error;
      await sleep(100);
      return undefined;
    }
  }

  async #correctClock({ body }: Answer): Promise<boolean> {
    const { code, extra } = problemOf(body.toString("utf8"), 401);
    const serverTime = Date.parse(String(extra?.["serverTime"]));
    if (code !== "clock_skew" || Number.isNaN(serverTime)) return false;
    this.#offsetMs = serverTime - Date.now();
    await sleep(Number(extra?.["retryAfterMs"] ?? 0));
    return true;
  }
}
