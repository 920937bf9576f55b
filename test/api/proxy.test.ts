// Behind a reverse proxy that asks us by another host name: signatures hold for the public host, and the ledger has the
// client's own address, whatever a client writes into the headers of proxies.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { exportDeviceKey, jwkThumbprint, signRequest } from "../../src/contract/http-signature.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { eventually } from "../harness/eventually.ts";
import { type System, startSystem } from "../harness/system.ts";

const home = "https://crm.example.com";
const client = "198.51.100.7";
const lie = "203.0.113.66";
let system: System;
let proxy: Server;
let person: Signer;

before(async () => {
  system = await startSystem({ env: { STRONGROOM_ORIGIN: home, STRONGROOM_TRUSTED_PROXIES: "127.0.0.1" } });
  proxy = createServer((incoming, answer) => {
    const headers = {
      ...incoming.headers,
      host: `127.0.0.1:${system.port}`,
      "x-forwarded-for": [incoming.headers["x-forwarded-for"] ?? [], incoming.headers["x-test-client"] ?? client]
        .flat()
        .join(", "),
      "x-forwarded-proto": incoming.headers["x-test-scheme"] ?? "https",
    };
    const options = { host: "127.0.0.1", port: system.port, path: incoming.url, method: incoming.method, headers };
    const onward = request(options, (from) => {
      answer.writeHead(from.statusCode ?? 0, from.headers);
      from.pipe(answer);
    });
    incoming.pipe(onward);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  person = await enrol();
});
after(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await system.stop();
});

test("a request that the proxy brings counts as the client's, and what the client wrote is ignored", async () => {
  const { status, body } = await person.send("GET", "/api/devices", undefined, {
    "x-forwarded-for": lie,
    forwarded: `for=${lie}`,
  });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((body as { devices: { lastIp: string }[] }).devices[0]?.lastIp, client);
  const wrong = { email: "owner@company.example", password: "not this one" };
  const refused = await person.send(
    "POST",
    "/api/sign-in/password",
    { ...wrong, deviceKey: person.jwk },
    {},
    person.key,
  );
  assert.equal(refused.status, 401);
  const entries = await ledgerWith(({ action }) => action === "sign_in.password");
  assert.deepEqual([...new Set(entries.map(({ ip }) => ip))], [client]);
});

test("beside the proxy nobody is believed: neither his address nor that he asked for the public host", async () => {
  const headers = await person.sign("GET", "/api/devices");
  const forged = { ...headers, "x-forwarded-for": lie, forwarded: `for=${lie};host=crm.example.com;proto=https` };
  const direct = (host: string) => exchange("127.0.0.2", { ...forged, host });
  assert.equal(await direct(`127.0.0.1:${system.port}`), 401, "signed for another host than the one asked");
  assert.equal(await direct("crm.example.com"), 200);
  const entries = await ledgerWith(({ ip }) => ip === "127.0.0.2");
  assert.ok(!entries.some(({ ip }) => ip === lie));
});

test("a signature for another host than the public one does not hold behind the proxy either", async () => {
  const { status } = await person.send("GET", "/api/devices", undefined, {}, undefined, "https://evil.example");
  assert.equal(status, 401);
});

test("what came to the proxy without TLS is sent to the public address, and the browser is told to keep to TLS", async () => {
  const plain = await fetch(address("/records/account?x=1"), {
    headers: { "x-test-scheme": "http" },
    redirect: "manual",
  });
  assert.deepEqual([plain.status, plain.headers.get("location")], [308, `${home}/records/account?x=1`]);
  const page = await fetch(address("/"));
  assert.equal(page.status, 200);
  assert.match(page.headers.get("strict-transport-security") ?? "", /max-age=/);
});

test("limits per address count each client behind the proxy by himself, and say when to come again", async () => {
  const path = "/api/status";
  const body = JSON.stringify({ deviceKey: person.jwk });
  const signed = await person.sign("POST", path, { deviceKey: person.jwk }, person.key);
  const ask = (ip: string) =>
    fetch(address(path), {
      method: "POST",
      body,
      headers: { ...signed, "x-test-client": ip, "accept-language": "zh-CN" },
    });
  let slowed: Response | undefined;
  for (let sent = 0; sent < 3000 && slowed === undefined; sent += 50) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask("203.0.113.80")));
    slowed = answers.find(({ status }) => status === 429);
    await Promise.all(answers.filter((one) => one !== slowed).map((one) => one.body?.cancel()));
  }
  assert.ok(slowed, "after a burst the address is slowed down");
  assert.ok(Number(slowed.headers.get("retry-after")) >= 1);
  assert.match(await slowed.text(), /尝试次数过多/);
  assert.equal((await ask("203.0.113.81")).status, 401, "another client is told that this request was used");
});

interface Signer {
  readonly jwk: Awaited<ReturnType<typeof exportDeviceKey>>;
  readonly key: string;
  sign(method: string, path: string, body?: unknown, keyId?: string, origin?: string): Promise<Record<string, string>>;
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
    keyId?: string,
    origin?: string,
  ): Promise<{ status: number; body: unknown }>;
}

function address(path: string): string {
  // It listens on a port of its own.
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${path}`;
}

async function enrol(): Promise<Signer> {
  const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const jwk = await exportDeviceKey(keys.publicKey);
  const key = await jwkThumbprint(jwk);
  let deviceId = key;
  const bytesOf = (body: unknown) => (body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body)));
  const signer: Signer = {
    jwk,
    key,
    sign: async (method, path, body, keyId = deviceId, origin = home) => {
      const bytes = bytesOf(body);
      return signRequest(keys.privateKey, keyId, { method, url: `${origin}${path}`, ...(bytes && { body: bytes }) });
    },
    send: async (method, path, body, headers = {}, keyId, origin) => {
      const signed = await signer.sign(method, path, body, keyId, origin);
      const answer = await fetch(address(path), {
        method,
        headers: { ...signed, ...headers, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.status, body: await answer.json() };
    },
  };
  // The vault accepts nothing that was signed in the second of its start.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { enrolmentCode: code } = system;
  const email = "owner@company.example";
  const begun = await signer.send("POST", "/api/enrolment/begin", { code, email, deviceKey: jwk });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const { totp } = begun.body as { totp: { secret: string } };
  const done = await signer.send("POST", "/api/enrolment/complete", {
    code,
    email,
    company: "Company",
    name: "Owner",
    password: "correct horse battery 9 staple",
    locale: "en",
    totpCode: totpAt(totp.secret, new Date()),
    deviceKey: jwk,
  });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  ({ deviceId } = done.body as { deviceId: string });
  return signer;
}

interface Entry {
  readonly ip: string | null;
  readonly action: string;
}

/** The ledger, once the sequencer has put an entry that fits into its place. */
async function ledgerWith(fits: (entry: Entry) => boolean): Promise<Entry[]> {
  return eventually("an entry that fits", async () => {
    const { body } = await person.send("POST", "/api/ledger/query", {});
    const { entries } = body as { entries: Entry[] };
    return entries.some(fits) && entries.filter(({ ip }) => ip !== null);
  });
}

/** One request from an address of this machine that is no trusted proxy's. Returns the status. */
function exchange(localAddress: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: system.port, localAddress, path: "/api/devices", headers };
    request(options, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on("error", reject)
      .end();
  });
}
