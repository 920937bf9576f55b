// Our own local authority: an ECDSA P-256 root, made once and kept beside the root key, and certificates for the addresses
// of this installation, whose keys live in memory alone. The root may vouch for private addresses and for the names that
// were configured when it was made, and for nothing else: whoever steals its key cannot pretend to be a bank.
import "reflect-metadata";
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { BlockList, isIP, isIPv6 } from "node:net";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from "@peculiar/asn1-x509";
import * as x509 from "@peculiar/x509";
import { createPrivateFile, readPrivateFile } from "../vault/keys/private-file.ts";
import { ConfigError } from "./config-error.ts";
import { Secret } from "./secret.ts";
import type { CertificatePair } from "./tls-source.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 24 * 3_600_000;
/** Clocks of clients may be behind. */
const backdatedMs = day;
const rootMs = 3652 * day;
/** Below the 825 days that Apple's systems take, and short enough for a stolen memory image to age. */
const leafMs = 90 * day;
/** What no public authority ever vouches for: names of local networks and private addresses. */
const localNames = ["localhost", "local", "lan", "internal", "home.arpa"];
const localNetworks = ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"].concat([
  "100.64.0.0/10",
  "::1/128",
  "fc00::/7",
  "fe80::/10",
]);

export interface Authority {
  /** PEM; public. */
  readonly root: string;
  /** A new certificate with a key of its own for these host names and addresses. Throws ConfigError. */
  issue(names: readonly string[], now: Date): Promise<CertificatePair>;
}

export interface AuthorityFiles {
  readonly authorityKey: string;
  readonly authorityRoot: string;
}

/** Reads the authority, or makes it when its key is not there. Throws ConfigError or KeysUnusable. */
export async function openAuthority(
  files: AuthorityFiles,
  names: readonly string[],
  now: Date,
): Promise<Authority & { readonly created: boolean }> {
  const created = !existsSync(files.authorityKey);
  if (created) await makeAuthority(files, names, now);
  const stored = readAuthority(files);
  // For whoever looks for it there; written anew at each start, never read by us.
  writeFileSync(files.authorityRoot, stored.root, { mode: 0o644 });
  const keys = await importKeys(stored.key);
  const root = new x509.X509Certificate(stored.root);
  return { created, root: stored.root, issue: (asked, at) => issue(root, keys, files, asked, at) };
}

/** Key and root lie in one file, so that neither is ever without the other. */
function readAuthority(files: AuthorityFiles): { readonly key: string; readonly root: string } {
  const text = readPrivateFile(files.authorityKey);
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/u.exec(text) ?? [];
  const [root] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/u.exec(text) ?? [];
  if (key === undefined || root === undefined)
    throw new ConfigError(`${files.authorityKey} is damaged. Remove it and start again: a new authority is made.`);
  return { key, root };
}

async function makeAuthority(files: AuthorityFiles, names: readonly string[], now: Date): Promise<void> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const own = names.filter((name) => isIP(name) === 0);
  const addresses = names.filter((name) => isIP(name) !== 0).map((ip) => `${ip}/${isIPv6(ip) ? 128 : 32}`);
  const permitted = [
    ...[...new Set([...own, ...localNames])].map((dNSName) => ({ dNSName })),
    ...[...new Set([...addresses, ...localNetworks])].map((iPAddress) => ({ iPAddress })),
  ].map((name) => new GeneralSubtree({ base: new GeneralName(name) }));
  const constraints = new NameConstraints({ permittedSubtrees: new GeneralSubtrees(permitted) });
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [`Strongroom ${names[0] ?? "local"} ${now.toISOString().slice(0, 10)}`] }, { O: ["Strongroom"] }],
    notBefore: new Date(now.getTime() - backdatedMs),
    notAfter: new Date(now.getTime() + rootMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints)),
    ],
  });
  createPrivateFile(files.authorityKey, `${await privatePem(keys.privateKey)}${root.toString("pem")}\n`);
}

async function issue(
  root: x509.X509Certificate,
  signingKey: CryptoKey,
  files: AuthorityFiles,
  names: readonly string[],
  now: Date,
): Promise<CertificatePair> {
  demandMayIssue(root, files, names, now);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: [{ CN: [names[0] ?? "localhost"] }],
    issuer: root.subject,
    notBefore: new Date(Math.max(root.notBefore.getTime(), now.getTime() - backdatedMs)),
    notAfter: new Date(Math.min(root.notAfter.getTime(), now.getTime() + leafMs)),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(root),
    ],
  });
  return { cert: `${certificate.toString("pem")}\n`, key: new Secret(await privatePem(keys.privateKey)) };
}

/** The stored root, once it is sure that it may vouch for these names today. Throws ConfigError or KeysUnusable. */
export function readRootFor(files: AuthorityFiles, names: readonly string[], now: Date): string {
  const { root } = readAuthority(files);
  demandMayIssue(new x509.X509Certificate(root), files, names, now);
  return root;
}

function demandMayIssue(root: x509.X509Certificate, files: AuthorityFiles, names: readonly string[], now: Date): void {
  const beyond = names.filter((name) => !mayVouchFor(root, name));
  const wrong =
    beyond.length > 0
      ? `was made for other names and may not vouch for ${beyond.join(", ")}`
      : root.notAfter.getTime() < now.getTime() + day
        ? "has come to its end"
        : undefined;
  if (wrong !== undefined)
    throw new ConfigError(
      `The authority in ${files.authorityKey} ${wrong}. Remove that file and start again: a new authority is made, whose root everybody then has to install.`,
    );
}

/** RFC 5280 §4.2.1.10, for the constraints that we write. */
function mayVouchFor(root: x509.X509Certificate, name: string): boolean {
  const extension = root.getExtension(id_ce_nameConstraints);
  const bases = extension ? (AsnConvert.parse(extension.value, NameConstraints).permittedSubtrees ?? []) : [];
  const list = new BlockList();
  for (const { base } of bases) {
    const [address, bits] = base.iPAddress?.split("/") ?? [];
    if (address !== undefined) list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  if (isIP(name) !== 0) return list.check(name, isIPv6(name) ? "ipv6" : "ipv4");
  return bases.some(({ base: { dNSName } }) => dNSName && (name === dNSName || name.endsWith(`.${dNSName}`)));
}

function serial(): string {
  // Positive, and 126 random bits (RFC 5280 §4.1.2.2 allows 20 octets).
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

function importKeys(pem: string): Promise<CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/gu, ""), "base64");
  return crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

async function privatePem(key: CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey("pkcs8", key)).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${base64.replaceAll(/.{64}(?=.)/gu, "$&\n")}\n-----END PRIVATE KEY-----\n`;
}
