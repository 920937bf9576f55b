// The PostgreSQL server of a test run: one embedded server in a throwaway folder, which ends with the process that
// started it however that ends.
import { chmodSync, mkdtempSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { EmbeddedPostgres, socketPort } from "../../src/supervisor/embedded-postgres.ts";
import { separateUsers } from "../../src/supervisor/os-users.ts";
import { type LoginRole, loginRoles, prepareRoles } from "../../src/supervisor/roles.ts";
import { newRoleSecret, scramVerifier } from "../../src/supervisor/scram.ts";
import { removeAtEnd } from "./throwaway.ts";

/** Address and secrets of a test server; test/harness/run.ts passes it as JSON in the environment variable below. */
export interface TestServer {
  readonly host: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly passwords: Readonly<Record<LoginRole, string>>;
}

export const serverVariable = "STRONGROOM_TEST_POSTGRES";

export interface TestServerOptions {
  /** fsync off (default). Tests of durability and figures pass false. */
  readonly fast?: boolean;
  /** Settings of PostgreSQL on top of the product's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** A stopped server's data folder, which becomes this one's. */
  readonly data?: string;
}

export interface OwnTestServer extends TestServer {
  /** What the server writes about itself. */
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Starts a throwaway server in a fresh folder. The caller stops it by `stop`, or by ending this process. */
export async function startTestServer(options: TestServerOptions = {}): Promise<OwnTestServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-test-"));
  chmodSync(folder, 0o755);
  const stop = removeAtEnd(folder, path.join(folder, "data/postmaster.pid"));
  if (options.data !== undefined) renameSync(options.data, path.join(folder, "data"));
  const logFile = path.join(folder, "postgres.log");
  const superuserPassword = newRoleSecret();
  const server = await EmbeddedPostgres.start({
    dataDir: path.join(folder, "data"),
    settingsDir: path.join(folder, "settings"),
    socketDir: path.join(folder, "socket"),
    runtimeDir: path.join(tmpdir(), "strongroom-runtime"),
    logFile,
    user: separateUsers()?.db,
    superuserVerifier: scramVerifier(superuserPassword),
    settings: {
      max_connections: "100",
      ...(options.fast === false ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
      ...options.settings,
    },
  });
  server.unref();
  const secrets = loginRoles.map((role) => [role, newRoleSecret()] as const);
  // Object.fromEntries forgets the key type; the entries are exactly the login roles.
  const passwords = Object.fromEntries(secrets) as Record<LoginRole, string>;
  const verifiers = Object.fromEntries(secrets.map(([role, secret]) => [role, scramVerifier(secret)]));
  const address = { host: path.join(folder, "socket"), port: socketPort, superuserPassword, passwords };
  await asSuperuser(address, "postgres", (admin) => prepareRoles(admin, verifiers as Record<LoginRole, string>));
  return { ...address, logFile, stop };
}

/** Runs `work` on a connection of the superuser. */
export async function asSuperuser(
  server: TestServer,
  database: string,
  work: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client(clientConfig(server, database, "postgres"));
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Options of a pg client or pool that logs in as this role. */
export function clientConfig(server: TestServer, database: string, role: LoginRole | "postgres"): pg.ClientConfig {
  const password = role === "postgres" ? server.superuserPassword : server.passwords[role];
  return { host: server.host, port: server.port, database, user: role, password };
}
