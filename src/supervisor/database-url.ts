// Reads DATABASE_URL into an address. The user it names prepares roles and migrates; vault and office never use it.
import { readFileSync } from "node:fs";
import type { DatabaseAddress } from "./boot.ts";
import { ConfigError } from "./config.ts";
import type { Secret } from "./secret.ts";

/** Understands host, port, user, password, database, `?host=/folder`, `?sslmode=` and `?sslrootcert=`. Throws ConfigError. */
export function readDatabaseAddress(secret: Secret): DatabaseAddress {
  const url = new URL(secret.reveal());
  const options = url.searchParams;
  const host = options.get("host") ?? decodeURIComponent(url.hostname.replace(/^\[|\]$/g, ""));
  if (host === "") throw new ConfigError("DATABASE_URL names no host; for a Unix socket add ?host=/var/run/postgresql");
  const database = decodeURIComponent(url.pathname.slice(1));
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(database)) {
    throw new ConfigError("DATABASE_URL: the database's name must be of lower case letters, digits and _.");
  }
  const ssl = readSsl(options.get("sslmode"), options.get("sslrootcert"), host);
  return {
    host,
    port: Number(url.port || options.get("port") || 5432),
    database,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    ...(ssl && { ssl }),
  };
}

function readSsl(mode: string | null, rootCert: string | null, host: string): DatabaseAddress["ssl"] {
  const near = host.startsWith("/") || /^(localhost|127\.[\d.]+|::1)$/.test(host);
  if (mode === "disable" || (mode === null && near)) return undefined;
  if (mode === null || mode === "verify-full") {
    return { rejectUnauthorized: true, ...(rootCert !== null && { ca: readFileSync(rootCert, "utf8") }) };
  }
  if (mode === "require") return { rejectUnauthorized: false };
  throw new ConfigError(`DATABASE_URL: sslmode=${mode} is not known; use verify-full, require or disable.`);
}
