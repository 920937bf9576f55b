// The supervisor: prepares folders, key and database, then starts vault and office, watches them and stops them in
// order. It hands each process its own secrets and nothing else, and it never touches customer data.
import { randomBytes, X509Certificate } from "node:crypto";
import { flushCompileCache } from "node:module";
import { createServer, Socket } from "node:net";
import path from "node:path";
import { appFolder } from "./app-folder.ts";
import { type Announcer, announcer } from "./announce.ts";
import type { OfficeBoot, OfficeNews, VaultBoot } from "./boot.ts";
import { restoreAsked } from "./boot.ts";
import { openCertificate } from "./certificate.ts";
import { Child } from "./child.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { serveControl } from "./control.ts";
import { lockDataFolder } from "./data-lock.ts";
import { SupervisedDatabase } from "./database.ts";
import { kitCommand } from "./kit-command.ts";
import { prepareLayout, reachablePages } from "./layout.ts";
import { officeFlags, vaultFlags } from "./node-flags.ts";
import { separateUsers } from "./os-users.ts";
import { openToAll } from "./reachable.ts";
import { openRootKey, sharesDisk, sharesFolder } from "./root-key.ts";
import { prepareBackupFolders } from "./backup-folders.ts";
import { serveDisk } from "./disk-reader.ts";
import { type AskedRestore, putInPlace, readAsked } from "./asked-restore.ts";
import { finishRestore } from "./restore.ts";
import { judgeSeparation } from "./separation.ts";
import type { CertificatePair } from "./tls-source.ts";

const checkout = path.resolve(import.meta.dirname, "../..");

/** Runs Strongroom until a signal stops it, also through restores. Returns the exit code. */
async function run(config: Config): Promise<number> {
  const announce = announcer(config.jsonEvents);
  const stopped = stopSignal();
  for (;;) {
    const end = await runOnce(config, announce, stopped);
    if (end === "stop") return 0;
    await putInPlace(config, announce, end);
  }
}

/** Runs until a signal, or until a backup is to be put in place. */
async function runOnce(config: Config, announce: Announcer, stopped: Promise<"stop">): Promise<"stop" | AskedRestore> {
  announce.event("process", { name: "supervisor", pid: process.pid });
  const asked = Promise.withResolvers<AskedRestore>();
  // Taken in this order, given back in the opposite one, also when a step in between fails.
  const cleanUp: (() => unknown)[] = [];
  try {
    await refuseTakenPort(config);
    const users = separateUsers();
    if (users?.remark !== undefined) announce.warn(users.remark);
    const layout = prepareLayout(config, users);
    cleanUp.push(lockDataFolder(config.dataDir));
    await finishRestore(layout);
    for (const remark of prepareBackupFolders(config, users)) announce.warn(remark);
    const key = openRootKey(config, layout);
    if (key.created) announce.step(`made the root key: ${layout.keyFile}`);
    if (sharesFolder(config)) {
      announce.warn(`Keys and data lie in one folder, ${path.dirname(config.dataDir)}: a copy of it holds both.`);
    } else if (key.created && sharesDisk(config)) {
      announce.warn("The root key lies on the same disk as the data. Print the recovery kit: npx strongroom kit print");
    }

    const certificate = await openCertificate(config, layout);
    if (certificate?.own?.created === true) announce.step(`made a local authority: ${layout.authorityKey}`);

    const start = (name: "vault" | "office", umask: string, flags: readonly string[]): Child => {
      const child = new Child({
        name,
        script: path.join(app, "src", name, "main.ts"),
        nodeFlags: flags,
        umask,
        compileCache: layout.compileCache,
        onEvent: ({ event, ...details }) => {
          // It bears a root key.
          if (event === restoreAsked) asked.resolve(readAsked(details));
          else announce.event(event === "ready" ? `${name}-ready` : event, details);
        },
        onLine: (line) => announce.line(name, line),
      });
      cleanUp.push(() => child.stop());
      return child;
    };
    const app = appFolder(layout.runtime, users !== undefined);
    const webRoot = reachablePages(path.join(checkout, "dist/web"), layout, users);
    const channelSecret = randomBytes(32).toString("base64");
    const database = new SupervisedDatabase(config, layout, users, announce);
    cleanUp.push(() => database.stop());
    // Both load their code while the database starts; they connect to nothing before their boot message.
    const vault = start("vault", "007", vaultFlags);
    const office = start("office", "077", officeFlags(layout, app, webRoot));
    announce.step("starting the database");
    if ((await Promise.race([database.start(), stopped])) === "stop") return "stop";

    const vaultMessage = (): VaultBoot => ({
      database: database.address("strongroom_vault"),
      embedded: config.databaseUrl === undefined,
      installationId: key.installationId,
      rootKey: key.rootKey.toString("base64"),
      keystoreDir: layout.keystore,
      dataDir: layout.vault,
      backupFolders: [...config.backupFolders],
      socketPath: layout.vaultSocket,
      adminSocketPath: layout.adminSocket,
      diskSocketPath: layout.diskSocket,
      channelSecret,
      origins: acceptedOrigins(config),
      kit: { keyFile: layout.keyFile, command: kitCommand(config, checkout) },
      ...(users && { dropTo: users.vault }),
    });
    const officeMessage = (): OfficeBoot => ({
      database: database.address("strongroom_office"),
      socketPath: layout.vaultSocket,
      channelSecret,
      listen: {
        host: config.host,
        port: config.port,
        ...(certificate && { tls: revealed(certificate.pair) }),
        ...(certificate?.own && { authority: certificate.own.root }),
      },
      publicOrigin: config.publicOrigin,
      trustedProxies: [...config.trustedProxies],
      proxyHeader: config.proxyHeader,
      webRoot,
      ...(users && { dropTo: users.office }),
    });
    const restarting = (name: string) => (reason: string, pause: number) =>
      announce.warn(`The ${name} ended (${reason}); starting it again in ${pause / 1000} s.`);

    announce.step("starting the vault");
    if ((await Promise.race([vault.keep(vaultMessage, restarting("vault")), stopped])) === "stop") return "stop";
    announce.step("starting the office");
    if ((await Promise.race([office.keep(officeMessage, restarting("office")), stopped])) === "stop") return "stop";
    const renewed = (pair: CertificatePair): void => {
      office.tell({ tls: revealed(pair) } satisfies OfficeNews);
      announce.step("serving the new certificate");
    };
    const unwatch = certificate?.watch(renewed, (text) => announce.warn(text));
    if (unwatch) cleanUp.push(unwatch);
    const disk = await serveDisk(layout.diskSocket, {
      dataDir: config.dataDir,
      leaveOut: [layout.runtime, path.dirname(layout.controlSocket)],
      embedded: config.databaseUrl === undefined,
      vault: users?.vault,
    });
    cleanUp.push(() => disk.close());
    const control = await serveControl(layout.controlSocket, () => database.address("strongroom_audit"));
    cleanUp.push(() => control.close());

    const separation = judgeSeparation([vault.pid, office.pid, ...(database.pid === undefined ? [] : [database.pid])]);
    announce.step(
      separation === "separated users"
        ? "separated users: database, vault and office each run as a user of their own"
        : "reduced separation: all processes share one user; SECURITY.md says what that means",
    );
    if (certificate?.own) announce.event("authority", authorityNews(config, certificate.own.root));
    announce.event("ready", { origin: config.publicOrigin, separation });
    flushCompileCache();
    // What the children compiled before they changed their user is root's; their workers read it, and never write there.
    if (users) openToAll(layout.compileCache);
    return await Promise.race([stopped, asked.promise]);
  } finally {
    announce.step("stopping");
    for (const undo of cleanUp.reverse()) await undo();
    announce.event("stopped");
  }
}

function revealed({ cert, key }: CertificatePair): OfficeNews["tls"] {
  return { cert, key: key.reveal() };
}

/** With TLS, a browser on this machine itself is served without it too: nobody else can be meant by that address. */
function acceptedOrigins({ tls, port, origins }: Config): VaultBoot["origins"] {
  return tls === undefined ? [...origins] : [...origins, `http://localhost:${port}`];
}

/** Where the root is to be had before it is trusted, and how to know that it is the right one. */
function authorityNews({ publicOrigin, port }: Config, root: string): { page: string; fingerprint: string } {
  const { hostname } = new URL(publicOrigin);
  return { page: `http://${hostname}:${port}/authority`, fingerprint: new X509Certificate(root).fingerprint256 };
}

/** One Ctrl-C arrives more than once: from the terminal, and from npm, which passes it on. */
const sameAskMs = 2000;

/** Resolves at the first Ctrl-C or SIGTERM; a later one ends at once (the next start recovers). */
function stopSignal(): Promise<"stop"> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    const ask = (): void => {
      asked ??= performance.now();
      if (performance.now() - asked > sameAskMs) process.exit(130);
      resolve("stop");
    };
    process.on("SIGINT", ask);
    process.on("SIGTERM", ask);
    process.on("SIGHUP", ask);
    // bin/start.mjs holds the other end: when it is killed, nobody could stop us any more from that terminal.
    if (!process.argv.includes("--lifeline")) return;
    // It tells of an end; it must not keep us from ours.
    new Socket({ fd: 3, readable: true })
      .once("close", () => resolve("stop"))
      .resume()
      .unref();
  });
}

/** Says so before anything is started, not after. */
function refuseTakenPort(config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${error.code})`;
      reject(
        new ConfigError(`Port ${config.port} on ${config.host} ${why}. Choose another: STRONGROOM_PORT=8421 npm start`),
      );
    });
    probe.listen(config.port, config.host, () => probe.close(() => resolve()));
  });
}

// Whoever reads this may be gone first; what runs here is stopped in order all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
try {
  process.exitCode = await run(readConfig());
} catch (error) {
  // These are answers to the operator; anything else keeps its stack, which shows where the program is wrong.
  const answers = ["ConfigError", "DataFolderInUse", "KeysUnusable", "ChildFailed", "PostgresFailed"];
  const known = error instanceof Error && answers.includes(error.name);
  process.stderr.write(`\n${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
// All is stopped; should something still hold this process, it does not hold the terminal.
setTimeout(() => process.exit(), 3000).unref();
