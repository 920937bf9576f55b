// The one file that reads the environment. It understands all of it or refuses with a text that says what to change;
// nothing else in the program asks for a variable.
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import path from "node:path";
import { Secret } from "./secret.ts";

export interface Config {
  readonly dataDir: string;
  readonly keysDir: string;
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: Secret } | undefined;
  /** What people have in their address bar, without a path. */
  readonly publicOrigin: string;
  /** Addresses and networks of reverse proxies whose word about the client is taken. */
  readonly trustedProxies: readonly string[];
  /** The header that they write the client's address into; what stands in the other one may be the client's own word. */
  readonly proxyHeader: "x-forwarded-for" | "forwarded";
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl: Secret | undefined;
  /** Print events as lines of JSON instead of text. */
  readonly jsonEvents: boolean;
}

/** The settings do not make sense; the message is for the operator and says the remedy. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

const known = new Set([
  "DATA",
  "KEYS",
  "HOST",
  "PORT",
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
  const tls = readTls(env["STRONGROOM_TLS_CERT"], env["STRONGROOM_TLS_KEY"]);
  if (!isLoopback(host) && tls === undefined) throw new ConfigError(beyondLoopback(host));
  const events = env["STRONGROOM_EVENTS"] ?? "text";
  if (events !== "text" && events !== "json") throw new ConfigError("STRONGROOM_EVENTS is text or json.");
  const dataDir = folder("STRONGROOM_DATA", env, defaultData(env, home, isRoot));
  const keysDir = folder("STRONGROOM_KEYS", env, defaultKeys(env, home, isRoot));
  return {
    dataDir,
    keysDir,
    host,
    port,
    tls,
    publicOrigin: readOrigin(env["STRONGROOM_ORIGIN"], host, port, tls !== undefined),
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

function readTls(cert: string | undefined, key: string | undefined): Config["tls"] {
  if (!cert && !key) return undefined;
  if (!cert || !key) throw new ConfigError("Set STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY together, or neither.");
  const read = (name: string, file: string, mark: RegExp): string => {
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw new ConfigError(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
    }
    if (!mark.test(text)) throw new ConfigError(`${name}: ${file} is not a PEM file of the right kind.`);
    return text;
  };
  return {
    cert: read("STRONGROOM_TLS_CERT", cert, /-----BEGIN CERTIFICATE-----/),
    key: new Secret(read("STRONGROOM_TLS_KEY", key, /-----BEGIN [A-Z ]*PRIVATE KEY-----/)),
  };
}

function readOrigin(text: string | undefined, host: string, port: number, tls: boolean): string {
  if (!text) {
    const name = isLoopback(host) || host === "0.0.0.0" || host === "::" ? "localhost" : host;
    const shown = isIP(name) === 6 ? `[${name}]` : name;
    return new URL(`${tls ? "https" : "http"}://${shown}:${port}`).origin;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, "")) {
    throw new ConfigError(`STRONGROOM_ORIGIN is ${text}; it must look like https://crm.example.com`);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname.replace(/^\[|\]$/g, ""))) {
    throw new ConfigError(`STRONGROOM_ORIGIN is ${text}; beyond this machine it must begin with https://`);
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

function beyondLoopback(host: string): string {
  return [
    `STRONGROOM_HOST is ${host}: beyond this machine Strongroom listens with TLS only.`,
    "Set STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY to the PEM files of a certificate and its private key,",
    "or leave STRONGROOM_HOST alone, put a reverse proxy with TLS in front of port 8420, and set STRONGROOM_ORIGIN to",
    "its address, such as https://crm.example.com, and STRONGROOM_TRUSTED_PROXIES=127.0.0.1",
  ].join("\n");
}
