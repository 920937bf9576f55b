// The one file that reads the environment. It understands all of it or refuses with a text that says what to change;
// nothing else in the program asks for a variable.
import { isIP } from "node:net";
import { homedir, networkInterfaces } from "node:os";
import path from "node:path";
import { ConfigError } from "./config-error.ts";
import { Secret } from "./secret.ts";
import { readCertificateFiles, type TlsSource } from "./tls-source.ts";

export { ConfigError } from "./config-error.ts";

export interface Config {
  readonly dataDir: string;
  readonly keysDir: string;
  /** Where backups may go, the usual place first. */
  readonly backupFolders: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Where the certificate comes from; undefined: no TLS of our own. */
  readonly tls: TlsSource | undefined;
  /** What people have in their address bar, without a path; the first of `origins`. */
  readonly publicOrigin: string;
  /** All addresses by which people come. */
  readonly origins: readonly [string, ...string[]];
  /** Addresses and networks of reverse proxies whose word about the client is taken. */
  readonly trustedProxies: readonly string[];
  /** The header that they write the client's address into; what stands in the other one may be the client's own word. */
  readonly proxyHeader: "x-forwarded-for" | "forwarded";
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | undefined;
  /** Print events as lines of JSON instead of text. */
  readonly jsonEvents: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const known = new Set([
  "DATA",
  "KEYS",
  "BACKUPS",
  "HOST",
  "PORT",
  "TLS",
  "TLS_CERT",
  "TLS_KEY",
  "ORIGIN",
  "TRUSTED_PROXIES",
  "PROXY_HEADER",
  "EVENTS",
]);

/** Reads and checks the settings. Throws ConfigError. */
export function readConfig(env: Environment = process.env, isRoot = process.getuid?.() === 0): Config {
  refuseUnknown(env);
  const home = env["HOME"] ?? homedir();
  const host = env["STRONGROOM_HOST"] || "127.0.0.1";
  const port = readPort(env["STRONGROOM_PORT"] || "8420");
  const tls = readTls(env["STRONGROOM_TLS"], env["STRONGROOM_TLS_CERT"], env["STRONGROOM_TLS_KEY"]);
  if (!isLoopback(host) && tls === undefined) throw new ConfigError(beyondLoopback(host, port));
  const origins = readOrigins(env["STRONGROOM_ORIGIN"], host, port, tls !== undefined);
  const events = env["STRONGROOM_EVENTS"] ?? "text";
  if (events !== "text" && events !== "json") throw new ConfigError("STRONGROOM_EVENTS is text or json.");
  const dataDir = folder("STRONGROOM_DATA", env, defaultData(env, home, isRoot));
  const keysDir = folder("STRONGROOM_KEYS", env, defaultKeys(env, home, isRoot));
  return {
    dataDir,
    keysDir,
    backupFolders: readBackups(env["STRONGROOM_BACKUPS"], dataDir, keysDir),
    host,
    port,
    tls,
    publicOrigin: origins[0],
    origins,
    trustedProxies: readProxies(env["STRONGROOM_TRUSTED_PROXIES"], env["STRONGROOM_ORIGIN"]),
    proxyHeader: readProxyHeader(env["STRONGROOM_PROXY_HEADER"] || "x-forwarded-for"),
    databaseUrl: readDatabaseUrl(env["DATABASE_URL"]),
    jsonEvents: events === "json",
  };
}

/**
 * For glibc, which otherwise keeps what it once held: every thread has an arena of its own, and freed blocks raise its
 * limits for giving memory back. With two arenas and fixed limits the vault is a good deal smaller after an import.
 */
const memory = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: "65536", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * What a child process inherits: nothing of ours, so that no setting or secret leaks into it. `compileCache` is a folder
 * that only the supervisor's user may write to, because what lies there is run.
 */
export function childEnvironment(compileCache: string, env: Environment = process.env): Record<string, string> {
  const kept = ["PATH", "LANG", "LC_ALL", "TZ", "TMPDIR"].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), ...memory, NODE_ENV: "production", NODE_COMPILE_CACHE: compileCache };
}

function refuseUnknown(env: Environment): void {
  for (const name of Object.keys(env)) {
    if (!name.startsWith("STRONGROOM_") || name.startsWith("STRONGROOM_TEST_")) continue;
    if (known.has(name.slice("STRONGROOM_".length))) continue;
    const all = [...known].map((one) => `STRONGROOM_${one}`).join(", ");
    throw new ConfigError(`${name} is not a setting of Strongroom. The settings are ${all} and DATABASE_URL.`);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new ConfigError(`STRONGROOM_PORT is ${text}; it must be a number from 1 to 65535.`);
  }
  return port;
}

function readTls(from: string | undefined, cert: string | undefined, key: string | undefined): Config["tls"] {
  const files = [cert, key].filter(Boolean).length;
  if (from === "own" && files === 0) return { from: "own" };
  if (from) {
    throw new ConfigError(
      `STRONGROOM_TLS is ${from}; it is own, for a certificate that Strongroom makes itself, and then without ` +
        "STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY.",
    );
  }
  if (files === 0) return undefined;
  if (!cert || !key) throw new ConfigError("Set STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY together, or neither.");
  return readCertificateFiles(cert, key);
}

function readOrigins(text: string | undefined, host: string, port: number, tls: boolean): [string, ...string[]] {
  const [first, ...more] = (text ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  if (first !== undefined) return [readOrigin(first, tls), ...more.map((entry) => readOrigin(entry, tls))];
  if (isIP(host) !== 0 && isWildcard(host)) throw new ConfigError(whichAddress(host, port));
  const name = isLoopback(host) ? "localhost" : host;
  const shown = isIP(name) === 6 ? `[${name}]` : name;
  return [new URL(`${tls ? "https" : "http"}://${shown}:${port}`).origin];
}

function readOrigin(text: string, tls: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, "")) {
    throw new ConfigError(`STRONGROOM_ORIGIN is ${text}; it must look like https://crm.example.com`);
  }
  if (url.protocol === "http:" && (tls || !isLoopback(url.hostname.replace(/^\[|\]$/g, "")))) {
    const where = tls ? "with TLS" : "beyond this machine";
    throw new ConfigError(`STRONGROOM_ORIGIN is ${text}; ${where} it must begin with https://`);
  }
  return url.origin;
}

function readProxies(text: string | undefined, origin: string | undefined): string[] {
  const list = (text ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  for (const entry of list) {
    const [address = "", prefix, ...more] = entry.split("/");
    const most = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
    const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0;
    if (more.length > 0 || bits < 1 || bits > most) {
      throw new ConfigError(
        `STRONGROOM_TRUSTED_PROXIES: ${entry} is neither an address nor a network, such as 10.0.0.5 or 10.0.0.0/24.`,
      );
    }
  }
  if (list.length > 0 && !origin) {
    throw new ConfigError(
      "STRONGROOM_TRUSTED_PROXIES is set: set STRONGROOM_ORIGIN as well, to the proxy's address as people type it.",
    );
  }
  return list;
}

function readProxyHeader(text: string): Config["proxyHeader"] {
  const name = text.toLowerCase();
  if (name === "x-forwarded-for" || name === "forwarded") return name;
  throw new ConfigError(`STRONGROOM_PROXY_HEADER is ${text}; it must be X-Forwarded-For or Forwarded.`);
}

function readDatabaseUrl(text: string | undefined): Secret | undefined {
  if (!text) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2) {
    // The value is not repeated: it may hold a password.
    throw new ConfigError("DATABASE_URL must look like postgres://user:password@host:5432/database");
  }
  return new Secret(text);
}

function folder(name: string, env: Environment, fallback: string): string {
  const given = env[name];
  if (given !== undefined && given !== "" && !path.isAbsolute(given)) {
    throw new ConfigError(`${name} is ${given}; it must be an absolute path.`);
  }
  return path.resolve(given || fallback);
}

/** Beside the data by default: a place that is always there, though on the same disk. */
function readBackups(text: string | undefined, dataDir: string, keysDir: string): string[] {
  if (!text) return [`${dataDir}-backups`];
  return text.split(path.delimiter).map((given) => {
    const place = path.resolve(given);
    const within = [dataDir, keysDir].some((one) => place === one || place.startsWith(one + path.sep));
    if (!path.isAbsolute(given) || within) {
      throw new ConfigError(
        `STRONGROOM_BACKUPS: ${given || "an empty name"} must be an absolute path, outside the folders of data and keys.`,
      );
    }
    return place;
  });
}

function defaultData(env: Environment, home: string, isRoot: boolean): string {
  if (isRoot) return "/var/lib/strongroom";
  return path.join(env["XDG_DATA_HOME"] || path.join(home, ".local/share"), "strongroom");
}

function defaultKeys(env: Environment, home: string, isRoot: boolean): string {
  if (isRoot) return "/etc/strongroom";
  return path.join(env["XDG_CONFIG_HOME"] || path.join(home, ".config"), "strongroom");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isWildcard(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

/** By which other machines may reach this one. */
function ownAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.filter(({ internal, family }) => !internal && family === "IPv4").map(({ address }) => address);
}

function whichAddress(host: string, port: number): string {
  const [address = "192.168.1.20"] = ownAddresses();
  return [
    `STRONGROOM_HOST is ${host}: set STRONGROOM_ORIGIN to the address that colleagues type, such as`,
    `https://${address}:${port} or https://crm.example.com:${port}`,
  ].join(" ");
}

function beyondLoopback(host: string, port: number): string {
  const [address = "192.168.1.20"] = ownAddresses();
  return [
    `STRONGROOM_HOST is ${host}: beyond this machine Strongroom listens with TLS only. Choose one of three:`,
    "1. Let Strongroom make the certificate; colleagues install its root once:",
    `   STRONGROOM_HOST=${host} STRONGROOM_TLS=own STRONGROOM_ORIGIN=https://${address}:${port} npm start`,
    "2. Set STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY to the PEM files of a certificate and its private key, and",
    "   STRONGROOM_ORIGIN to the address it is for.",
    `3. Leave STRONGROOM_HOST alone, put a reverse proxy with TLS in front of port ${port}, and set STRONGROOM_ORIGIN to`,
    "   its address, such as https://crm.example.com, and STRONGROOM_TRUSTED_PROXIES=127.0.0.1",
  ].join("\n");
}
