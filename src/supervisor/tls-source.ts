// Where the certificate comes from: two PEM files of the operator's, or our own local authority. A pair of files counts
// only when certificate and key belong together, so a renewal that is half written changes nothing.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "./config-error.ts";
import { Secret } from "./secret.ts";

/** PEM texts. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: Secret;
}

export interface CertificateFiles extends CertificatePair {
  readonly from: "files";
  readonly certFile: string;
  readonly keyFile: string;
}

export type TlsSource = CertificateFiles | { readonly from: "own" };

/** Reads both files. Throws ConfigError. */
export function readCertificateFiles(certFile: string, keyFile: string): CertificateFiles {
  const cert = readPem("STRONGROOM_TLS_CERT", certFile, /-----BEGIN CERTIFICATE-----/);
  const key = readPem("STRONGROOM_TLS_KEY", keyFile, /-----BEGIN [A-Z ]*PRIVATE KEY-----/);
  return { from: "files", certFile, keyFile, cert, key: new Secret(key) };
}

/** Why these cannot serve together; undefined when they can. */
export function whyUnusable({ cert, key }: CertificatePair): "key" | { readonly message: string } | undefined {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key.reveal())) ? undefined : "key";
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error) };
  }
}

function readPem(name: string, file: string, mark: RegExp): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ConfigError(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (!mark.test(text)) throw new ConfigError(`${name}: ${file} is not a PEM file of the right kind.`);
  return text;
}
