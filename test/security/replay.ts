// A thief with everything that a browser of ours stores or sends, but the key itself, which no page and no file can
// read: each attempt comes from a second client at another address and must be refused, with an entry.
import type { webcrypto } from "node:crypto";
import { request as httpRequest } from "node:http";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import {
  type EcPublicJwk,
  contentDigest,
  exportDeviceKey,
  jwkThumbprint,
  signRequest,
} from "../../src/contract/http-signature.ts";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";
import { type Company, startCompany } from "../harness/company.ts";
import { startSystem } from "../harness/system.ts";
import { verifySystem } from "./verify-system.ts";

/** Another address than the victims use, where the system has one. */
const thiefAddress = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ReplayResult {
  readonly attempts: number;
  /** How often each kind was tried. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly refused: number;
  /** What was answered with a success, by kind of attempt. */
  readonly accepted: readonly string[];
  readonly cookies: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Refusals of the thief's address in the ledger: entries, and what they stand for. */
  readonly entries: number;
  readonly counted: number;
  readonly verified: boolean;
}

/** Steals, replays `attempts` times, starts the product again and replays what was stolen once more. */
export async function runReplay(
  seed: number,
  attempts: number,
  onDone: (done: number) => void = () => undefined,
): Promise<ReplayResult> {
  const random = seededRandom(`replay ${seed}`);
  const company = await startCompany({ keep: true });
  const { system } = company;
  let again: Awaited<ReturnType<typeof startSystem>> | undefined;
  try {
    const loot = await steal(company);
    const tally = {
      attempts: 0,
      kinds: {} as Record<string, number>,
      refused: 0,
      accepted: [] as string[],
      cookies: 0,
      statuses: {} as Record<string, number>,
    };
    const tryAll = async (origin: string, count: number): Promise<void> => {
      const lane = async (): Promise<void> => {
        while (tally.attempts < count) {
          tally.attempts += 1;
          const [kind, attempt] = await forge(random, loot, origin);
          tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
          const { status, cookie } = await send(origin, attempt);
          tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
          if (cookie) tally.cookies += 1;
          if (status >= 400 && status < 500) tally.refused += 1;
          else tally.accepted.push(`${kind}: ${status} ${attempt.method} ${attempt.path}`);
          onDone(tally.refused + tally.accepted.length);
        }
      };
      await Promise.all(Array.from({ length: 12 }, lane));
    };
    await tryAll(system.origin, attempts);
    for (const person of Object.values(company.people)) person.client.close();
    await system.stop();
    again = await startSystem({ folder: system.folder, port: system.port });
    // What was signed before this start counts no more, its nonces being forgotten.
    await tryAll(again.origin, attempts + loot.requests.length);
    await again.stop();
    again = await startSystem({ folder: system.folder, port: system.port });
    const { entries, counted } = await countEntries(company);
    const { ok } = await verifySystem(again);
    return { ...tally, entries, counted, verified: ok };
  } finally {
    await again?.stop();
    await company.stop();
    await rm(system.folder, { recursive: true, force: true });
  }
}

interface Loot {
  readonly requests: readonly Sent[];
  /** Strings from storage and answers: ids of device, session, person, the key's thumbprint, languages. */
  readonly strings: readonly string[];
  readonly deviceIds: readonly string[];
  readonly publicKeys: readonly EcPublicJwk[];
  readonly own: { readonly key: CryptoKey; readonly jwk: EcPublicJwk; readonly thumbprint: string };
}

/** Requests of three people as they went over the wire and were answered, and all strings their browsers hold. */
async function steal({ people, system, accounts }: Company): Promise<Loot> {
  const requests: Sent[] = [];
  const strings = new Set(["zh-CN", "strongroom.theme", "dark", "true"]);
  const victims = [people.owner, people.east1, people.auditor];
  for (const { client, id } of victims) {
    const file = path.join(system.folder, `${id}.json`);
    await client.save(file);
    const saved = JSON.parse(await readFile(file, "utf8")) as { privateKey: webcrypto.JsonWebKey }; // written by save
    await rm(file);
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    // Only to write down what the browser sends; the thief never holds it.
    const key = await crypto.subtle.importKey("jwk", saved.privateKey, algorithm, false, ["sign"]);
    const account = accounts.find(({ of }) => of === "east1")?.id ?? "";
    const plain: readonly (readonly [string, string, string?])[] = [
      ["GET", "/api/session"],
      ["GET", "/api/devices"],
      ["GET", `/api/records/account/${account}`],
      ["POST", "/api/records/account/query", "{}"],
      ["POST", `/api/records/account/${account}/reveal`, '{"field":"phone"}'],
      ["POST", "/api/search", '{"text":"客户"}'],
      ["POST", "/api/session/touch", "{}"],
    ];
    for (const [method, target, body] of plain) {
      const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
      const url = `${system.origin}${target}`;
      const signable = { method, url, ...(bytes && { body: bytes }) };
      const headers = await signRequest(key, client.deviceId ?? "", signable);
      const sent = { method, path: target, headers, body };
      const { text } = await send(system.origin, sent, "127.0.0.1");
      for (const [id_] of text.matchAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gu)) strings.add(id_);
      requests.push(sent);
    }
    for (const one of [client.deviceId, client.userId, client.thumbprint]) if (one !== undefined) strings.add(one);
  }
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const jwk = await exportDeviceKey(pair.publicKey);
  return {
    requests,
    strings: [...strings],
    deviceIds: victims.map(({ client }) => client.deviceId ?? ""),
    publicKeys: victims.map(({ client }) => client.publicKey),
    own: { key: pair.privateKey, jwk, thumbprint: await jwkThumbprint(jwk) },
  };
}

type Forger = (random: SeededRandom, loot: Loot, origin: string) => Sent | Promise<Sent>;

const forgers: Readonly<Record<string, Forger>> = {
  "as it was": (random, { requests }) => random.pick(requests),
  "to another path": (random, { requests }) => ({ ...random.pick(requests), path: random.pick(requests).path }),
  "with another body": (random, { requests }) => changedBody(random.pick(requests)),
  "with another body and its digest": async (random, { requests }) => {
    const changed = changedBody(random.pick(requests));
    const digest = await contentDigest(new TextEncoder().encode(changed.body));
    return { ...changed, headers: { ...changed.headers, "content-digest": digest } };
  },
  "by another method": (random, { requests }) => ({
    ...random.pick(requests),
    method: random.pick(["GET", "POST", "PATCH", "PUT", "DELETE"]),
  }),
  "one's signature over another's input": (random, { requests }) => {
    const sent = random.pick(requests);
    return { ...sent, headers: { ...sent.headers, signature: random.pick(requests).headers["signature"] ?? "" } };
  },
  "dated anew": (random, { requests }) =>
    edited(random.pick(requests), /created=\d+/u, `created=${Math.floor(Date.now() / 1000)}`),
  "with a new nonce": (random, { requests }) =>
    edited(random.pick(requests), /nonce="[^"]*"/u, `nonce="${random.bytes(16).toString("base64url")}"`),
  "as another device": (random, { requests, deviceIds }) =>
    edited(random.pick(requests), /keyid="[^"]*"/u, `keyid="${random.pick(deviceIds)}"`),
  "without a signature": (random, { requests }) => ({ ...random.pick(requests), headers: {} }),
  "strings as bearer secrets": (random, { requests, strings }) => {
    const [one, two] = [random.pick(strings), random.pick(strings)];
    const headers = {
      authorization: `Bearer ${one}`,
      cookie: `session=${one}; sid=${two}; device=${two}; __Host-session=${one}`,
      "x-api-key": one,
      "x-device-id": two,
      "x-csrf-token": two,
    };
    return { ...random.pick(requests), headers };
  },
  "strings beside a used signature": (random, { requests, strings }) => {
    const sent = random.pick(requests);
    return { ...sent, headers: { ...sent.headers, cookie: `session=${random.pick(strings)}` } };
  },
  "signed by the thief as the victim's device": async (random, { requests, deviceIds, own }, origin) =>
    resigned(random.pick(requests), own.key, random.pick(deviceIds), origin),
  "signed by the thief as a string he found": async (random, { requests, strings, own }, origin) =>
    resigned(random.pick(requests), own.key, random.pick(strings), origin),
  "signed by the thief as himself": async (random, { requests, own }, origin) =>
    resigned(random.pick(requests), own.key, own.thumbprint, origin),
  "the victim's public key in the body, the thief's signature": async (random, { publicKeys, own }, origin) => {
    const jwk = random.pick(publicKeys);
    const target = random.pick(["/api/status", "/api/sign-in/password", "/api/sign-in/totp"]);
    const body = { "/api/status": {}, "/api/sign-in/password": { email: "owner@company.example", password: "x" } };
    const content = JSON.stringify({ ...(body as Record<string, object>)[target], code: "000000", deviceKey: jwk });
    const sent = { method: "POST", path: target, headers: {}, body: content };
    return resigned(sent, own.key, await jwkThumbprint(jwk), origin);
  },
};

async function forge(random: SeededRandom, loot: Loot, origin: string): Promise<[string, Sent]> {
  const kind = random.pick(Object.keys(forgers));
  // A key of the table itself.
  const forger = forgers[kind]!;
  return [kind, await forger(random, loot, origin)];
}

function changedBody(sent: Sent): Sent & { body: string } {
  return { ...sent, body: `${(sent.body ?? "{}").slice(0, -1)} }` };
}

function edited(sent: Sent, from: RegExp, to: string): Sent {
  const input = (sent.headers["signature-input"] ?? "").replace(from, to);
  return { ...sent, headers: { ...sent.headers, "signature-input": input } };
}

async function resigned(sent: Sent, key: CryptoKey, keyId: string, origin: string): Promise<Sent> {
  const { method, body } = sent;
  const bytes = body === undefined ? undefined : new TextEncoder().encode(body);
  const signable = { method, url: `${origin}${sent.path}`, ...(bytes && { body: bytes }) };
  return { ...sent, headers: await signRequest(key, keyId, signable) };
}

/** Sends as it is, without correcting or repeating anything. */
function send(
  origin: string,
  { method, path: target, headers, body }: Sent,
  localAddress = thiefAddress,
): Promise<{ status: number; cookie: boolean; text: string }> {
  const { hostname, port, host } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        hostname: hostname === "localhost" ? "127.0.0.1" : hostname,
        port,
        localAddress,
        method,
        path: target,
        headers: {
          ...headers,
          host,
          "user-agent": "Mozilla/5.0 (stolen profile)",
          ...(body !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.once("end", () => {
          resolve({ status: response.statusCode ?? 0, cookie: response.headers["set-cookie"] !== undefined, text });
        });
      },
    );
    request.once("error", reject);
    request.end(body);
  });
}

async function countEntries({ people }: Company): Promise<{ entries: number; counted: number }> {
  interface Page {
    readonly entries: readonly { readonly ip: string | null; readonly repeated: number; readonly actor: string }[];
    readonly next: number | null;
  }
  let entries = 0;
  let counted = 0;
  for (let before: number | null | undefined; before !== null;) {
    const page: Page = await people.owner.client.request("POST", "/api/ledger/query", {
      ip: thiefAddress,
      result: "refused",
      limit: 200,
      ...(before !== undefined && { before }),
    });
    entries += page.entries.length;
    for (const entry of page.entries) counted += entry.repeated;
    before = page.next;
  }
  return { entries, counted };
}
