// One database connection of the auditor's role, which reads the ledger and the tags of rows and nothing else. While
// the product runs its supervisor gives the address; otherwise the embedded server is started for as long as it takes.
import pg from "pg";
import { type Config, ConfigError, readConfig } from "../supervisor/config.ts";
import { askAuditAddress } from "../supervisor/control.ts";
import { findLockHolder, lockDataFolder } from "../supervisor/data-lock.ts";
import { readDatabaseAddress } from "../supervisor/database-url.ts";
import { EmbeddedPostgres } from "../supervisor/embedded-postgres.ts";
import { layoutOf, prepareLayout } from "../supervisor/layout.ts";
import { demandOwnFolder } from "../supervisor/run-folder.ts";
import { separateUsers } from "../supervisor/os-users.ts";
import { embeddedAddress, embeddedServer } from "../supervisor/database.ts";
import { newRoleSecret } from "../supervisor/scram.ts";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

export interface AuditorConnection {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  end(): Promise<void>;
}

/** Connects; the caller ends the connection, which also stops a server started for it. */
export async function connectAuditor(): Promise<AuditorConnection> {
  const config = readConfig();
  if (findLockHolder(config.dataDir) !== undefined) return open(await askRunning(config));
  if (config.databaseUrl !== undefined) return open(readDatabaseAddress(config.databaseUrl), { asAuditor: true });
  return await withEmbedded(config);
}

async function askRunning(config: Config): Promise<pg.ClientConfig> {
  const { controlSocket } = layoutOf(config);
  try {
    demandOwnFolder(path.dirname(controlSocket), statSync(config.dataDir).uid);
    return await askAuditAddress(controlSocket);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") throw new ConfigError("Strongroom runs as another user; run this command as that user.");
    throw new ConfigError(`Strongroom is just starting or stopping (${code ?? "no answer"}); try again in a moment.`);
  }
}

async function withEmbedded(config: Config): Promise<AuditorConnection> {
  if (!existsSync(layoutOf(config).postgres))
    throw new ConfigError(`There is no Strongroom data in ${config.dataDir}.`);
  const users = separateUsers();
  const layout = prepareLayout(config, users);
  const unlock = lockDataFolder(config.dataDir);
  const secret = newRoleSecret();
  let server: EmbeddedPostgres | undefined;
  const close = async (): Promise<void> => {
    await server?.stop();
    unlock();
  };
  try {
    server = await EmbeddedPostgres.start(embeddedServer(layout, users, secret));
    const connection = await open(embeddedAddress(layout, "postgres", secret), { asAuditor: true });
    return { query: connection.query, end: () => connection.end().finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(address: pg.ClientConfig, { asAuditor = false } = {}): Promise<AuditorConnection> {
  const client = new pg.Client(address);
  await client.connect();
  if (asAuditor) await client.query("set role strongroom_audit");
  return { query: (text, values) => client.query(text, values), end: () => client.end() };
}
