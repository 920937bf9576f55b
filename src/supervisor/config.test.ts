// The settings: what is understood, and that everything else is refused with a text that says the remedy.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { ConfigError, childEnvironment, readConfig } from "./config.ts";
import { readDatabaseAddress } from "./database-url.ts";
import { Secret } from "./secret.ts";

const folder = mkdtempSync(path.join(tmpdir(), "strongroom-config-"));
after(() => rmSync(folder, { recursive: true }));
const cert = path.join(folder, "cert.pem");
const key = path.join(folder, "key.pem");
writeFileSync(cert, "-----BEGIN CERTIFICATE-----\n");
writeFileSync(key, "-----BEGIN PRIVATE KEY-----\nplain\n");
const origin = { STRONGROOM_ORIGIN: "https://crm.example.com" };
const tls = { STRONGROOM_TLS_CERT: cert, STRONGROOM_TLS_KEY: key };

test("root and other users have default folders of their own, keys and data apart", () => {
  const root = readConfig({ HOME: "/root" }, true);
  assert.deepEqual([root.dataDir, root.keysDir], ["/var/lib/strongroom", "/etc/strongroom"]);
  const user = readConfig({ HOME: "/home/a" }, false);
  assert.deepEqual([user.dataDir, user.keysDir], ["/home/a/.local/share/strongroom", "/home/a/.config/strongroom"]);
  const xdg = readConfig({ HOME: "/home/a", XDG_DATA_HOME: "/d", XDG_CONFIG_HOME: "/c" }, false);
  assert.deepEqual([xdg.dataDir, xdg.keysDir], ["/d/strongroom", "/c/strongroom"]);
});

test("it listens on this machine, port 8420, unless told otherwise", () => {
  const config = readConfig({ HOME: "/h" }, false);
  assert.deepEqual([config.host, config.port, config.publicOrigin], ["127.0.0.1", 8420, "http://localhost:8420"]);
  const wide = readConfig(
    { HOME: "/h", STRONGROOM_HOST: "0.0.0.0", STRONGROOM_ORIGIN: "https://crm.example.com", ...tls },
    false,
  );
  assert.equal(wide.publicOrigin, "https://crm.example.com");
  assert.equal(readConfig({ HOME: "/h", STRONGROOM_HOST: "::1" }, false).publicOrigin, "http://localhost:8420");
});

test("beyond this machine it refuses to listen without TLS and says how", () => {
  for (const host of ["0.0.0.0", "::", "192.168.1.5", "crm.example.com", "10.0.0.1"]) {
    assert.throws(
      () => readConfig({ HOME: "/h", STRONGROOM_HOST: host }, false),
      (error) =>
        error instanceof ConfigError &&
        [/STRONGROOM_TLS=own/, /STRONGROOM_TLS_CERT/, /proxy/].every((way) => way.test(error.message)),
      host,
    );
  }
});

test("people may come by several addresses; for all interfaces they are asked for", () => {
  const own = { HOME: "/h", STRONGROOM_TLS: "own" };
  const several = { ...own, STRONGROOM_ORIGIN: "https://crm.lan:8420, https://192.168.1.5:8420" };
  const { origins, publicOrigin } = readConfig(several, false);
  assert.deepEqual(origins, ["https://crm.lan:8420", "https://192.168.1.5:8420"]);
  assert.equal(publicOrigin, origins[0]);
  assert.equal(readConfig(own, false).publicOrigin, "https://localhost:8420");
  for (const host of ["0.0.0.0", "::"])
    assert.throws(() => readConfig({ ...own, STRONGROOM_HOST: host }, false), /set STRONGROOM_ORIGIN to the address/);
});

test("trusted proxies are addresses and networks, apart by commas or spaces; nobody is trusted unasked", () => {
  assert.deepEqual(readConfig({ HOME: "/h" }, false).trustedProxies, []);
  const list = { ...origin, STRONGROOM_TRUSTED_PROXIES: "127.0.0.1, 10.1.0.0/16 ::1,fd00::/8" };
  assert.deepEqual(readConfig({ HOME: "/h", ...list }, false).trustedProxies, [
    "127.0.0.1",
    "10.1.0.0/16",
    "::1",
    "fd00::/8",
  ]);
});

test("of the headers of proxies one is read: X-Forwarded-For unless the settings say Forwarded", () => {
  const header = (env: Record<string, string>): string => readConfig({ HOME: "/h", ...env }, false).proxyHeader;
  assert.equal(header({}), "x-forwarded-for");
  assert.equal(header({ STRONGROOM_PROXY_HEADER: "X-Forwarded-For" }), "x-forwarded-for");
  assert.equal(header({ STRONGROOM_PROXY_HEADER: "Forwarded" }), "forwarded");
});

const refused: readonly (readonly [Record<string, string>, RegExp])[] = [
  [{ STRONGROOM_PROT: "1" }, /STRONGROOM_PROT is not a setting/],
  [{ STRONGROOM_PORT: "0" }, /from 1 to 65535/],
  [{ STRONGROOM_PORT: "80a" }, /from 1 to 65535/],
  [{ STRONGROOM_PORT: "65536" }, /from 1 to 65535/],
  [{ STRONGROOM_DATA: "data" }, /absolute path/],
  [{ STRONGROOM_EVENTS: "xml" }, /text or json/],
  [{ STRONGROOM_TLS_CERT: cert }, /together/],
  [{ STRONGROOM_TLS: "yes" }, /it is own/],
  [{ STRONGROOM_TLS: "own", ...tls }, /without STRONGROOM_TLS_CERT/],
  [{ STRONGROOM_TLS: "own", STRONGROOM_ORIGIN: "http://localhost:8420" }, /with TLS it must begin with https/],
  [{ STRONGROOM_TLS_CERT: cert, STRONGROOM_TLS_KEY: "/nowhere" }, /ENOENT/],
  [{ STRONGROOM_TLS_CERT: key, STRONGROOM_TLS_KEY: key }, /not a PEM file of the right kind/],
  [{ STRONGROOM_ORIGIN: "crm.example.com" }, /must look like/],
  [{ STRONGROOM_ORIGIN: "https://crm.example.com/path" }, /must look like/],
  [{ STRONGROOM_ORIGIN: "http://crm.example.com" }, /https/],
  [{ STRONGROOM_TRUSTED_PROXIES: "127.0.0.1" }, /STRONGROOM_ORIGIN as well/],
  [{ ...origin, STRONGROOM_TRUSTED_PROXIES: "proxy.local" }, /proxy\.local is neither/],
  [{ ...origin, STRONGROOM_TRUSTED_PROXIES: "0.0.0.0/0" }, /neither an address nor a network/],
  [{ ...origin, STRONGROOM_TRUSTED_PROXIES: "::1, 10.0.0.0/33" }, /neither an address nor a network/],
  [{ ...origin, STRONGROOM_TRUSTED_PROXIES: "10.0.0.0/8/8" }, /neither an address nor a network/],
  [{ STRONGROOM_PROXY_HEADER: "X-Real-IP" }, /must be X-Forwarded-For or Forwarded/],
  [{ DATABASE_URL: "mysql://u:secretword@h/d" }, /postgres:\/\//],
];

test("every other setting is refused with the remedy, and a secret is not repeated", () => {
  for (const [env, remedy] of refused) {
    assert.throws(
      () => readConfig({ HOME: "/h", ...env }, false),
      (error) => error instanceof ConfigError && remedy.test(error.message) && !error.message.includes("secretword"),
      JSON.stringify(env),
    );
  }
});

test("DATABASE_URL becomes an address; TLS is checked unless the database is near", () => {
  const read = (url: string): unknown => readDatabaseAddress(new Secret(url));
  const near = { host: "localhost", port: 5432, database: "crm", user: "u", password: "p@ss" };
  assert.deepEqual(read("postgres://u:p%40ss@localhost/crm"), near);
  assert.deepEqual(read("postgresql://u:p@db.example:5433/crm"), {
    host: "db.example",
    port: 5433,
    database: "crm",
    user: "u",
    password: "p",
    ssl: { rejectUnauthorized: true },
  });
  assert.deepEqual(read("postgres://u@localhost/crm?host=/run/pg"), { ...near, host: "/run/pg", password: "" });
  assert.throws(() => read("postgres://u:p@h/crm?sslmode=prefer"), ConfigError);
  assert.throws(() => read("postgres://u:p@h/Crm"), ConfigError);
});

test("secrets print as [secret], and no setting reaches a child's environment", () => {
  const config = readConfig({ HOME: "/h", DATABASE_URL: "postgres://u:hidden@h/d", ...tls }, false);
  assert.doesNotMatch(
    inspect(config, { depth: 9 }) + JSON.stringify(config) + String(config.databaseUrl),
    /hidden|plain/,
  );
  assert.equal(config.databaseUrl?.reveal(), "postgres://u:hidden@h/d");
  const child = childEnvironment("/cache", {
    PATH: "/bin",
    DATABASE_URL: "x",
    STRONGROOM_DATA: "y",
    NODE_OPTIONS: "--inspect",
    TZ: "UTC",
  });
  assert.deepEqual(child, {
    PATH: "/bin",
    TZ: "UTC",
    MALLOC_ARENA_MAX: "2",
    MALLOC_MMAP_THRESHOLD_: "65536",
    MALLOC_TRIM_THRESHOLD_: "131072",
    NODE_ENV: "production",
    NODE_COMPILE_CACHE: "/cache",
  });
});
