// Our own authority and what is served of it: kept from start to start, renewed in time, and worth nothing for any other
// site even in the hands of whoever steals its key.
import "reflect-metadata";
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { connect, createServer } from "node:tls";
import * as x509 from "@peculiar/x509";
import { openAuthority } from "./authority.ts";
import { openCertificate } from "./certificate.ts";
import { ConfigError } from "./config-error.ts";

const folder = mkdtempSync(path.join(tmpdir(), "strongroom-authority-"));
after(() => rmSync(folder, { recursive: true }));
const filesIn = (name: string) => ({
  authorityKey: path.join(folder, name, "authority.key"),
  authorityRoot: path.join(folder, name, "authority.crt"),
});
const day = 24 * 3_600_000;
const begun = new Date("2026-11-24T08:00:00Z");
const config = { tls: { from: "own" }, origins: ["https://crm.example.com", "https://192.168.1.20:8420"] } as const;

test("it is made once, for its owner's eyes; other names and a damaged file are told with the remedy", async () => {
  const files = filesIn("kept");
  const first = await openCertificate(config, files, () => begun);
  const again = await openCertificate(config, files, () => begun);
  assert.deepEqual([first?.own?.created, again?.own?.created], [true, false]);
  assert.equal(again?.own?.root, first?.own?.root);
  const { subjectAltName } = new X509Certificate(first?.pair.cert ?? "");
  for (const name of ["crm.example.com", "192.168.1.20", "localhost", "127.0.0.1"])
    assert.ok(subjectAltName?.includes(`:${name}`), name);
  const other = { ...config, origins: ["https://crm.other.example"] } as const;
  await assert.rejects(openCertificate(other, files), (error) => {
    assert.ok(error instanceof ConfigError);
    return error.message.includes("crm.other.example") && error.message.includes(files.authorityKey);
  });
  const local = { ...config, origins: ["https://crm.lan", "https://10.1.2.3"] } as const;
  await openCertificate(local, files, () => begun);
  const content = readFileSync(files.authorityKey, "utf8");
  chmodSync(files.authorityKey, 0o644);
  await assert.rejects(openCertificate(config, files), /can be read by others/u);
  chmodSync(files.authorityKey, 0o600);
  writeFileSync(files.authorityKey, content.slice(300));
  await assert.rejects(openCertificate(config, files), /is damaged/u);
});

test("a certificate of ours is made anew a month before its end, without a word to anybody", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  let now = begun;
  const served = await openCertificate(config, filesIn("renewed"), () => now);
  assert.ok(served);
  const first = served.pair.cert;
  const changes: string[] = [];
  const troubles: string[] = [];
  let told: () => void = () => {};
  const unwatch = served.watch(
    ({ cert }) => {
      changes.push(cert);
      told();
    },
    (text) => troubles.push(text),
  );
  now = new Date(begun.getTime() + 59 * day);
  context.mock.timers.tick(3_600_000);
  assert.deepEqual(changes, []);
  now = new Date(begun.getTime() + 61 * day);
  const renewed = new Promise<void>((resolve) => (told = resolve));
  context.mock.timers.tick(3_600_000);
  await renewed;
  unwatch();
  assert.notEqual(changes[0], first);
  assert.equal(served.pair.cert, changes[0]);
  assert.ok(new X509Certificate(served.pair.cert).validToDate.getTime() > now.getTime() + 80 * day);
  assert.deepEqual(troubles, []);
});

test("what a thief of its key signs for another site is refused by TLS clients that trust the root", async () => {
  const files = filesIn("stolen");
  const { root } = await openAuthority(files, ["crm.example.com"], new Date());
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const pem = /-----BEGIN PRIVATE KEY-----([^-]+)/u.exec(readFileSync(files.authorityKey, "utf8"))?.[1] ?? "";
  const stolen = await crypto.subtle.importKey("pkcs8", Buffer.from(pem, "base64"), algorithm, false, ["sign"]);
  const trusted = async (name: string): Promise<boolean> => {
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const forged = await x509.X509CertificateGenerator.create({
      subject: `CN=${name}`,
      issuer: new x509.X509Certificate(root).subject,
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
      publicKey: keys.publicKey,
      signingKey: stolen,
      signingAlgorithm: algorithm,
      extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
    });
    const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    const server = createServer({
      cert: forged.toString("pem"),
      key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on a port
    const socket = connect({ port, host: "127.0.0.1", servername: name, ca: root, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const { authorized } = socket;
    socket.destroy();
    server.close();
    return authorized;
  };
  assert.equal(await trusted("crm.example.com"), true);
  assert.equal(await trusted("bank.example"), false);
});
