// What `strongroom doctor` says about figures that a test cannot make on a real machine: certificates, disks, clocks.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openCertificate } from "../supervisor/certificate.ts";
import { layoutOf } from "../supervisor/layout.ts";
import { Secret } from "../supervisor/secret.ts";
import type { AuditorConnection } from "./auditor-connection.ts";
import { checkAuthority } from "./doctor-authority.ts";
import { checkDisk, checkNode, checkProxies, checkTls, type Finding } from "./doctor-checks.ts";
import { checkDatabase, linesOf } from "./doctor.ts";
import { type Code, titles, words } from "./doctor-words.ts";

/** Self-signed, for crm.example.com and 192.0.2.8, from 23 November 2026 to 30 October 2126; used here alone. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBrjCCAVOgAwIBAgIUc6BbyXO9As+W3Li7/oRCLWuYwaswCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPY3JtLmV4YW1wbGUuY29tMCAXDTI2MTEyMzIzMTUxNloYDzIx
MjYxMDMwMjMxNTE2WjAaMRgwFgYDVQQDDA9jcm0uZXhhbXBsZS5jb20wWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAASo0Gii2h3gYNwLjDhysn5sg0G65ZDpjOiaS2F6
91pvYR8pnLjq6ruqS7VX6NSM8ViNevx1fssxqUmtqxu4FWoro3UwczAdBgNVHQ4E
FgQU7oBmP/bGcpwQq0Fh4EPgyNsoexIwHwYDVR0jBBgwFoAU7oBmP/bGcpwQq0Fh
4EPgyNsoexIwDwYDVR0TAQH/BAUwAwEB/zAgBgNVHREEGTAXgg9jcm0uZXhhbXBs
ZS5jb22HBMAAAggwCgYIKoZIzj0EAwIDSQAwRgIhAOqSwsqZUXohUb2w0rka9M1L
XPYIjLF/B7FIfyCT/qEyAiEA+VD4Rnv7VcpQ365YAfxQY7hcBEtK4SFUfjKY1FWh
W80=
-----END CERTIFICATE-----`;
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgbRdXZUc5ezcySz1V
ZcztEU7pVrTChsHnmsRFnCAymw6hRANCAASo0Gii2h3gYNwLjDhysn5sg0G65ZDp
jOiaS2F691pvYR8pnLjq6ruqS7VX6NSM8ViNevx1fssxqUmtqxu4FWor
-----END PRIVATE KEY-----`;

const day = 24 * 3_600_000;

function tlsCode(publicOrigin: string, now: string, parts: { cert?: string; key?: string } = {}): string {
  const tls = { cert: parts.cert ?? cert, key: new Secret(parts.key ?? key) };
  return checkTls({ tls, publicOrigin }, new Date(now)).code;
}

test("a certificate is looked at for its time, its name and its key", () => {
  const home = "https://crm.example.com";
  assert.equal(tlsCode(home, "2030-01-01"), "tls_ok");
  assert.equal(tlsCode("https://192.0.2.8:8443", "2030-01-01"), "tls_ok");
  assert.equal(tlsCode(home, "2126-10-15"), "tls_soon");
  assert.equal(tlsCode(home, "2126-11-01"), "tls_over");
  assert.equal(tlsCode(home, "2026-11-01"), "tls_over");
  assert.equal(tlsCode("https://intern.example.com", "2030-01-01"), "tls_host");
  assert.equal(tlsCode("https://192.0.2.9", "2030-01-01"), "tls_host");
  const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  assert.equal(tlsCode(home, "2030-01-01", { key: String(other.export({ format: "pem", type: "pkcs8" })) }), "tls_key");
  assert.equal(tlsCode(home, "2030-01-01", { cert: "-----BEGIN CERTIFICATE-----\nAAAA\n" }), "tls_unreadable");
  assert.equal(checkTls({ tls: undefined, publicOrigin: home }, new Date()).code, "tls_proxy");
  assert.equal(checkTls({ tls: undefined, publicOrigin: "http://localhost:8420" }, new Date()).code, "tls_near");
});

test("our own authority is looked at for its file, its names and its end", async () => {
  const keysDir = mkdtempSync(path.join(tmpdir(), "strongroom-doctor-"));
  try {
    const config = {
      keysDir,
      dataDir: "/nowhere",
      tls: { from: "own" },
      origins: ["https://crm.example.com"],
    } as const;
    const code = (at: Date, origin: string = config.origins[0]) =>
      checkAuthority({ ...config, origins: [origin] }, at).code;
    const now = new Date("2026-11-24T08:00:00Z");
    assert.equal(code(now), "tls_authority_new");
    await openCertificate(config, layoutOf(config), () => now);
    assert.equal(code(now), "tls_authority");
    assert.equal(code(now, "https://crm.lan"), "tls_authority");
    assert.equal(code(now, "https://crm.other.example"), "tls_authority_wrong");
    assert.equal(code(new Date("2036-03-01")), "tls_authority_soon");
    assert.equal(code(new Date("2036-12-01")), "tls_authority_wrong");
    chmodSync(layoutOf(config).authorityKey, 0o644);
    assert.equal(code(now), "tls_authority_wrong");
  } finally {
    rmSync(keysDir, { recursive: true });
  }
});

test("a proxy that is not trusted and a network that is too wide are named, and who is trusted by which header", () => {
  const settings = { tls: undefined, proxyHeader: "x-forwarded-for" } as const;
  const codes = (publicOrigin: string, ...trustedProxies: string[]): string[] =>
    checkProxies({ ...settings, publicOrigin, trustedProxies }).map(({ code }) => code);
  assert.deepEqual(codes("http://localhost:8420"), ["proxies_none"]);
  assert.deepEqual(codes("https://crm.example.com"), ["proxies_missing"]);
  assert.deepEqual(codes("https://crm.example.com", "127.0.0.1", "10.1.0.0/24", "fd00::/64"), ["proxies_ok"]);
  assert.deepEqual(codes("https://crm.example.com", "10.0.0.0/8", "::1"), ["proxies_ok", "proxies_wide"]);
  const trustedProxies = ["127.0.0.1", "10.1.0.0/24"];
  const [told] = checkProxies({ ...settings, publicOrigin: "https://x", trustedProxies, proxyHeader: "forwarded" });
  assert.deepEqual(told?.figures, { list: "127.0.0.1, 10.1.0.0/24", header: "Forwarded" });
});

test("a disk that fills up and another Node are named", () => {
  const disk = (bytes: number): string => checkDisk({ bavail: bytes / 4096, bsize: 4096 }).code;
  assert.deepEqual([disk(6e9), disk(2e9), disk(5e8)], ["disk_ok", "disk_low", "disk_full"]);
  assert.equal(checkNode(process.versions.node).code, "node_pinned");
  assert.equal(checkNode("24.1.0").code, "node_other");
});

test("a database that is away or old, and a clock that is off or went back, are named", async () => {
  const at = new Date("2026-11-23T10:00:00Z");
  const codes = async (facts: { number?: number; newest?: Date }, now = at.getTime()): Promise<Code[]> => {
    const row = { number: 180_004, version: "18.4", at, newest: null, ...facts };
    const connect = async (): Promise<AuditorConnection> => ({
      query: async (text) => {
        if (!text.includes("server_version")) throw new Error("that is all this one answers");
        return { rows: [row] };
      },
      end: async () => undefined,
    });
    const found: Finding[] = [];
    const run = async (): Promise<void> => {
      for await (const finding of checkDatabase(connect, () => now)) found.push(finding);
    };
    await assert.rejects(run(), /all this one answers/u, "the ledger is asked for after that");
    return found.map(({ code }) => code);
  };
  assert.deepEqual(await codes({}), ["database_ok", "clock_ok"]);
  assert.deepEqual(await codes({ number: 140_010 }), ["database_old", "clock_ok"]);
  assert.deepEqual(await codes({}, at.getTime() + 9000), ["database_ok", "clock_off"]);
  assert.deepEqual(await codes({ newest: new Date(at.getTime() + day) }), ["database_ok", "clock_back"]);
  const gone: Finding[] = [];
  const refuse = () => Promise.reject(new Error("connection refused"));
  for await (const finding of checkDatabase(refuse)) gone.push(finding);
  assert.deepEqual(gone, [{ code: "database_away", figures: { message: "connection refused" } }]);
});

test("whatever is not well says what to do, in both languages, and no figure is left open", () => {
  for (const [code, word] of Object.entries(words)) {
    const { state, says }: { state: string; says: { zh: string; en: string } } = word;
    assert.ok(Object.hasOwn(titles, code.slice(0, code.indexOf("_"))), code);
    assert.equal("todo" in word, state !== "ok", code);
    const named = (text: string): string[] => [...text.matchAll(/\{\w+\}/gu)].map(([name]) => name).toSorted();
    assert.deepEqual(named(says.zh), named(says.en), code);
    assert.match(says.zh, /\p{Script=Han}|\{version\}/u, code);
  }
  assert.deepEqual(linesOf({ code: "disk_low", figures: { free: "2.0" } }, "en"), [
    "[warning] disk: only 2.0 GB are free",
    "    what to do: make room, or move the data to a larger disk",
  ]);
});
