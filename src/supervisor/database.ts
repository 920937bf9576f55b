// The database as the supervisor sees it: the embedded server, or the one DATABASE_URL names; a fresh secret per role
// at each start; and the migrate process that runs before anything else may connect.
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Announcer } from "./announce.ts";
import type { DatabaseAddress, MigrateBoot } from "./boot.ts";
import { Child } from "./child.ts";
import type { Config } from "./config.ts";
import { readDatabaseAddress } from "./database-url.ts";
import { EmbeddedPostgres, type EmbeddedOptions, socketPort } from "./embedded-postgres.ts";
import type { Layout } from "./layout.ts";
import type { OsUsers } from "./os-users.ts";
import { type LoginRole, loginRoles } from "./roles.ts";
import { newRoleSecret, scramVerifier } from "./scram.ts";

const embeddedName = "strongroom";

/** How the embedded server of this data folder is started; `secret` becomes its administrator's for this run. */
export function embeddedServer(layout: Layout, users: OsUsers | undefined, secret: string): EmbeddedOptions {
  return {
    dataDir: layout.postgres,
    settingsDir: layout.postgresSettings,
    socketDir: layout.postgresSocket,
    runtimeDir: layout.runtime,
    logFile: layout.postgresLog,
    user: users?.db,
    superuserVerifier: scramVerifier(secret),
  };
}

export function embeddedAddress(layout: Layout, user: string, password: string): DatabaseAddress {
  return { host: layout.postgresSocket, port: socketPort, database: embeddedName, user, password };
}

export class SupervisedDatabase {
  readonly #config: Config;
  readonly #layout: Layout;
  readonly #users: OsUsers | undefined;
  readonly #announce: Announcer;
  readonly #secrets: Readonly<Record<LoginRole, string>>;
  #server: EmbeddedPostgres | undefined;
  #stopping = false;
  #starting: Promise<void> = Promise.resolve();

  constructor(config: Config, layout: Layout, users: OsUsers | undefined, announce: Announcer) {
    this.#config = config;
    this.#layout = layout;
    this.#users = users;
    this.#announce = announce;
    // Object.fromEntries forgets the key type; the entries are exactly the login roles.
    this.#secrets = Object.fromEntries(loginRoles.map((role) => [role, newRoleSecret()])) as Record<LoginRole, string>;
  }

  /** The process id of the embedded server; undefined with DATABASE_URL. */
  get pid(): number | undefined {
    return this.#server?.pid;
  }

  /** Starts the embedded server if it is ours, prepares roles and schemas, applies the migrations. */
  start(): Promise<void> {
    const started = this.#startWith(this.#spawnMigrate());
    this.#starting = started.catch(() => {});
    return started;
  }

  async #startWith(migrating: Child): Promise<void> {
    // It loads its code while the server starts; it ends with this step, whatever comes of it.
    try {
      const url = this.#config.databaseUrl;
      if (url !== undefined) {
        await this.#migrate(migrating, readDatabaseAddress(url), false);
        return;
      }
      const secret = newRoleSecret();
      this.#server = await EmbeddedPostgres.start(embeddedServer(this.#layout, this.#users, secret));
      this.#announce.event("process", { name: "postgres", pid: this.#server.pid });
      await this.#migrate(migrating, embeddedAddress(this.#layout, "postgres", secret), true);
    } finally {
      await migrating.stop();
    }
    void this.#keep();
  }

  /** How a process with this role reaches the database. */
  address(role: LoginRole): DatabaseAddress {
    const url = this.#config.databaseUrl;
    if (url === undefined) return embeddedAddress(this.#layout, role, this.#secrets[role]);
    return { ...readDatabaseAddress(url), user: role, password: this.#secrets[role] };
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#starting;
    await this.#server?.stop();
  }

  #spawnMigrate(): Child {
    return new Child({
      name: "migrate",
      script: path.join(import.meta.dirname, "migrate.ts"),
      nodeFlags: ["--disallow-code-generation-from-strings"],
      umask: "077",
      compileCache: this.#layout.compileCache,
      onEvent: ({ event, ...details }) => this.#announce.event(event, details),
      onLine: (line) => this.#announce.line("migrate", line),
    });
  }

  async #migrate(child: Child, admin: DatabaseAddress, embedded: boolean): Promise<void> {
    const entries = loginRoles.map((role) => [role, scramVerifier(this.#secrets[role])]);
    const message: MigrateBoot = {
      admin,
      // Object.fromEntries forgets the key type; the entries are exactly the login roles.
      verifiers: Object.fromEntries(entries) as MigrateBoot["verifiers"],
      embedded,
      databaseName: admin.database,
      ...(this.#users && { dropTo: this.#users.db }),
    };
    await child.boot(message, "migrated");
    await child.ended();
  }

  /** A server that ends by itself is started again; its roles and their secrets are kept in its own catalogue. */
  async #keep(): Promise<void> {
    for (let failures = 0; !this.#stopping;) {
      const code = await this.#server?.ended;
      if (this.#stopping) return;
      this.#announce.warn(`PostgreSQL ended (exit code ${code}); starting it again.`);
      try {
        const restarted = EmbeddedPostgres.start(embeddedServer(this.#layout, this.#users, newRoleSecret()));
        // stop() waits for this, so that a server that is just starting is stopped too.
        this.#starting = restarted.then(
          (server) => void (this.#server = server),
          () => {},
        );
        this.#announce.event("process", { name: "postgres", pid: (await restarted).pid });
        await this.#starting;
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#announce.warn(error instanceof Error ? error.message : String(error));
        await sleep(Math.min(1000 * 2 ** failures, 30_000));
      }
    }
  }
}
