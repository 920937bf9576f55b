// What a child process is told at its start, as one line of JSON on file descriptor 3. All secrets travel this way:
// never in arguments or the environment, which other processes of the same user can read.
import { flushCompileCache } from "node:module";
import { Socket } from "node:net";
import { createInterface } from "node:readline";
import { z } from "zod";

const osUser = z.strictObject({ uid: z.int().min(1), gid: z.int().min(1) });

/** Fits `pg.ClientConfig` as it is. `host` is a folder when the database listens on a Unix socket. */
export const databaseAddress = z.strictObject({
  host: z.string(),
  port: z.int(),
  database: z.string(),
  user: z.string(),
  password: z.string(),
  /** Only for a database elsewhere (DATABASE_URL); the embedded one is reached by its Unix socket. */
  ssl: z.strictObject({ rejectUnauthorized: z.boolean(), ca: z.string().optional() }).optional(),
});
export type DatabaseAddress = z.infer<typeof databaseAddress>;

export const vaultBoot = z.strictObject({
  database: databaseAddress,
  /** The database is ours, in the data folder. */
  embedded: z.boolean(),
  installationId: z.uuid(),
  /** 32 bytes, base64. */
  rootKey: z.base64(),
  keystoreDir: z.string(),
  /** The vault's own folder, mode 0700. */
  dataDir: z.string(),
  /** Where backups may go, the usual place first. */
  backupFolders: z.array(z.string()).min(1),
  /** The socket for the office. Its folder and the umask let the office's user connect, nobody else. */
  socketPath: z.string(),
  /** The socket for the command line, in a folder that only the vault's user and root can enter. */
  adminSocketPath: z.string(),
  /** Where the supervisor reads the data folder to the vault; beside the socket for the command line. */
  diskSocketPath: z.string(),
  /** Base64; the office proves that it knows it before its first call. */
  channelSecret: z.base64(),
  /** What browsers have in their address bar, without a path: for signatures (@authority) and, by the first, passkeys. */
  origins: z.tuple([z.url()], z.url()),
  /** Where the root key's file lies and how its recovery kit is printed: to be told to company owners. */
  kit: z.strictObject({ keyFile: z.string(), command: z.string() }),
  /** Set when started as root: the user to become once all code is loaded and all workers run. */
  dropTo: osUser.optional(),
});
export type VaultBoot = z.infer<typeof vaultBoot>;

/** PEM texts. */
const certificate = z.strictObject({ cert: z.string(), key: z.string() });

/** What the office is told later: a certificate that was renewed. */
export const officeNews = z.strictObject({ tls: certificate });
export type OfficeNews = z.infer<typeof officeNews>;

export const officeBoot = z.strictObject({
  database: databaseAddress,
  socketPath: z.string(),
  channelSecret: z.base64(),
  listen: z.strictObject({
    host: z.string(),
    port: z.int().min(1).max(65_535),
    tls: certificate.optional(),
    /** The root of our own authority, PEM: it is public, and told to whoever asks. */
    authority: z.string().optional(),
  }),
  publicOrigin: z.url(),
  /** Addresses and networks. */
  trustedProxies: z.array(z.string()),
  /** The header that they write the client's address into. */
  proxyHeader: z.enum(["x-forwarded-for", "forwarded"]),
  /** Folder of the built web pages, readable for the office's user. */
  webRoot: z.string(),
  dropTo: osUser.optional(),
});
export type OfficeBoot = z.infer<typeof officeBoot>;

export const migrateBoot = z.strictObject({
  admin: databaseAddress,
  /** SCRAM verifiers, not the secrets: this process logs in as nobody but the administrator. */
  verifiers: z.strictObject({
    strongroom_vault: z.string(),
    strongroom_office: z.string(),
    strongroom_audit: z.string(),
  }),
  /** The embedded server: make the database, and take the administrator's password away at the end. */
  embedded: z.boolean(),
  databaseName: z.string().regex(/^[a-z][a-z0-9_]{0,40}$/),
  dropTo: osUser.optional(),
});
export type MigrateBoot = z.infer<typeof migrateBoot>;

/**
 * Reads this process's boot message; `later` is given every line after it. The descriptor stays open: it closes when the
 * supervisor is gone, and then this process ends at once, so that nothing lives on unwatched after a SIGKILL. Throws when
 * the message does not fit.
 */
export async function readBoot<S extends z.ZodType>(
  schema: S,
  later: (message: unknown) => void = () => {},
): Promise<z.infer<S>> {
  const socket = new Socket({ fd: 3, readable: true, writable: false });
  const line = await firstLine(socket, later);
  socket.once("close", () => process.exit(70));
  socket.unref();
  // Saved now, while this process may still write there: later starts read the code without stripping its types again.
  flushCompileCache();
  return schema.parse(JSON.parse(line));
}

function firstLine(socket: Socket, later: (message: unknown) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: socket });
    lines.once("line", (first) => {
      resolve(first);
      lines.on("line", (line) => later(JSON.parse(line)));
    });
    socket.once("error", reject);
    socket.once("end", () => reject(new Error("The supervisor ended before it sent the boot message.")));
  });
}

/** The vault's event that hands over a backup to be put in place; it bears the root key and is never announced. */
export const restoreAsked = "restore-asked";

export const restoreRequest = z.object({ file: z.string(), installationId: z.uuid(), rootKey: z.base64() });

/** An event of a child process, for the supervisor: one line of JSON on standard output. Never a customer value. */
export function sayEvent(event: string, details: Readonly<Record<string, string | number | boolean>> = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...details })}\n`);
}
