// The product beyond this machine, with certificates of its own authority and with files: what real TLS clients agree on,
// who is believed, and what is answered to whoever comes without TLS.
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import path from "node:path";
import { after, before, test } from "node:test";
import { connect, type ConnectionOptions } from "node:tls";
import { DeviceClient } from "../../src/cli/device-client.ts";
import { openAuthority } from "../../src/supervisor/authority.ts";
import { eventually } from "../harness/eventually.ts";
import { freePort, startSystem, type System } from "../harness/system.ts";
import { makeFolder } from "../harness/throwaway.ts";
import { totpOf } from "../harness/totp.ts";

/** Of this machine, but by no name that stands for the machine itself: as the address of another one. */
const host = "127.0.0.2";
const proxyAddress = "127.0.0.3";
const folder = makeFolder();
let port = 0;
let origin: string;
let system: System;
let root: string;
let owner: DeviceClient;

before(async () => {
  port = await freePort();
  origin = `https://${host}:${port}`;
  const env = {
    STRONGROOM_HOST: "0.0.0.0",
    STRONGROOM_TLS: "own",
    STRONGROOM_ORIGIN: `${origin} https://crm.lan:${port}`,
    STRONGROOM_TRUSTED_PROXIES: proxyAddress,
  };
  system = await startSystem({ port, folder, env });
  root = readFileSync(path.join(system.keysDir, "authority.crt"), "utf8");
  owner = await DeviceClient.create(origin, { ca: root });
  await owner.enrolOwner({
    code: system.enrolmentCode ?? "",
    company: "Company",
    name: "Owner",
    email: "owner@company.example",
    password: "correct horse battery 9 staple",
    totp: ({ secret }) => totpOf(secret)(),
  });
});
after(async () => {
  owner.close();
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Agreed {
  readonly protocol: string | null;
  readonly group: unknown;
  readonly fingerprint: string | undefined;
}

/** Rejects when the certificate is not trusted. */
function handshake(options: ConnectionOptions = {}): Promise<Agreed> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ca: root, ...options }, () => {
      const { name: group } = socket.getEphemeralKeyInfo() as { name?: string };
      resolve({
        protocol: socket.getProtocol(),
        group,
        fingerprint: socket.getPeerX509Certificate()?.fingerprint256,
      });
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

function ask(url: string, options: Parameters<typeof tlsRequest>[1] = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith("https:") ? tlsRequest : plainRequest;
    send(url, { ca: root, agent: false, ...options }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.once("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    })
      .once("error", reject)
      .end();
  });
}

test("TLS 1.3 with the ML-KEM hybrid, also for a client that likes X25519 better; older clients still connect", async () => {
  const groupOf = async (options?: ConnectionOptions): Promise<unknown> => {
    const { protocol, group } = await handshake(options);
    assert.equal(protocol, "TLSv1.3");
    return group;
  };
  assert.equal(await groupOf(), "X25519MLKEM768");
  assert.equal(await groupOf({ ecdhCurve: "X25519:X25519MLKEM768" }), "X25519MLKEM768");
  assert.equal(await groupOf({ ecdhCurve: "X25519:P-256" }), "X25519");
  await assert.rejects(handshake({ maxVersion: "TLSv1.2" }));
});

test("the certificate is our root's, for every configured name, and the root may vouch for nothing public", async () => {
  for (const servername of [undefined, "crm.lan", "localhost"])
    await handshake(servername === undefined ? {} : { servername });
  await assert.rejects(handshake({ servername: "crm.example.com" }), /altnames/u);
  await assert.rejects(handshake({ ca: [] }), /certificate/u);
  const key = path.join(system.keysDir, "authority.key");
  assert.equal(statSync(key).mode & 0o777, 0o600);
  const files = { authorityKey: key, authorityRoot: path.join(folder, "copy.crt") };
  const { issue } = await openAuthority(files, [], new Date());
  await assert.rejects(issue(["bank.example"], new Date()), /may not vouch for bank\.example/u);
  await assert.rejects(issue(["203.0.113.5"], new Date()), /may not vouch for 203/u);
});

test("what is signed for the public address holds behind TLS, and the log has the client's address", async () => {
  const { devices } = await owner.request<{ devices: { lastIp: string }[] }>("GET", "/api/devices");
  assert.match(devices[0]?.lastIp ?? "", /^127\.0\.0\.[12]$/u);
  const second = await DeviceClient.create(`https://localhost:${port}`, { ca: root });
  await second.requestWithKey("/api/status");
  second.close();
});

test("a trusted proxy's word about the client is taken over TLS as well, and nobody else's", async () => {
  const forwarded = { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https", host: "inside.example" };
  const status = (localAddress: string, headers: Record<string, string>): Promise<Seen> =>
    ask(`${origin}/api/session`, { localAddress, headers, servername: "localhost" });
  for (const from of [proxyAddress, "127.0.0.5"]) assert.equal((await status(from, forwarded)).status, 401);
  const seen = await eventually("the refusals of both", async () => {
    const { entries } = await owner.request<{ entries: { ip: string | null; result: string }[] }>(
      "POST",
      "/api/ledger/query",
      { result: "refused" },
    );
    const ips = new Set(entries.map(({ ip }) => ip));
    return ips.has("127.0.0.5") && ips;
  });
  assert.ok(seen.has("198.51.100.7"));
  assert.ok(!seen.has(proxyAddress));
});

test("browsers are told to keep to TLS at the public address", async () => {
  const page = await ask(`${origin}/`);
  assert.equal(page.status, 200);
  assert.match(String(page.headers["strict-transport-security"]), /max-age=\d{8}/u);
});

test("without TLS there is the page about the root, and the way to the public address; nothing else", async () => {
  const plain = `http://${host}:${port}`;
  const moved = await ask(`${plain}/accounts?x=1`);
  assert.deepEqual([moved.status, moved.headers["location"]], [308, `${origin}/accounts?x=1`]);
  assert.equal((await ask(`${plain}/api/status`, { method: "POST" })).status, 400);
  for (const [language, title] of [
    ["zh-CN", "安装根证书"],
    ["en", "Install the root certificate"],
  ] as const) {
    const page = await ask(`${plain}/authority`, { headers: { "accept-language": language } });
    const html = page.body.toString("utf8");
    assert.equal(page.status, 200);
    assert.ok(html.includes(title));
    assert.ok(html.includes(new X509Certificate(root).fingerprint256), "for comparing");
    for (const name of ["Windows", "macOS", "iOS", "Android", "Linux"]) assert.ok(html.includes(name), name);
    assert.doesNotMatch(html, /<script/u);
    assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/u);
    const styles = [...html.matchAll(/<link rel="stylesheet" href="([^"]+)"/gu)].map(([, href]) => href);
    assert.ok(styles.length > 0);
    for (const href of styles) assert.equal((await ask(`${plain}${href}`)).status, 200);
  }
  const file = await ask(`${plain}/authority.crt`);
  assert.equal(new X509Certificate(file.body).fingerprint256, new X509Certificate(root).fingerprint256);
  const told = await system.waitFor(({ event }) => event === "authority");
  assert.deepEqual(
    [told["page"], told["fingerprint"]],
    [`${plain}/authority`, new X509Certificate(root).fingerprint256],
  );
});

test("this machine's own browser needs no certificate, and only by a name of this machine", async () => {
  const near = await DeviceClient.create(`http://localhost:${port}`);
  await near.requestWithKey("/api/status");
  near.close();
  const named = await ask(`http://127.0.0.1:${port}/`, { headers: { host: "crm.lan" } });
  assert.equal(named.status, 308);
});

test(
  "another certificate is served as soon as its files are there, and half of a pair never",
  { timeout: 60_000 },
  async () => {
    const at = makeFolder();
    const authority = await openAuthority(
      { authorityKey: path.join(at, "a.key"), authorityRoot: path.join(at, "a.crt") },
      [],
      new Date(),
    );
    const files = { cert: path.join(at, "cert.pem"), key: path.join(at, "key.pem") };
    const place = async (parts: readonly ("cert" | "key")[]): Promise<string> => {
      const pair = await authority.issue(["localhost", "127.0.0.1"], new Date());
      for (const part of parts) writeFileSync(files[part], part === "key" ? pair.key.reveal() : pair.cert);
      return new X509Certificate(pair.cert).fingerprint256;
    };
    let expected = await place(["cert", "key"]);
    const other = await startSystem({ env: { STRONGROOM_TLS_CERT: files.cert, STRONGROOM_TLS_KEY: files.key } });
    try {
      const { root: ca } = authority;
      const served = async () =>
        (await handshake({ host: "127.0.0.1", port: other.port, servername: "localhost", ca })).fingerprint;
      assert.equal(await served(), expected);
      await place(["cert"]);
      await other.waitFor(({ event, text }) => event === "warning" && /do not belong together/u.test(String(text)));
      assert.equal(await served(), expected);
      expected = await place(["cert", "key"]);
      await other.waitFor(({ event, text }) => event === "step" && text === "serving the new certificate");
      await eventually("the new certificate", async () => (await served()) === expected);
    } finally {
      await other.stop();
      rmSync(at, { recursive: true, force: true });
    }
  },
);
