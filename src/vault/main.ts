// Process 1, the vault: the only one that holds keys and touches customer values. Wires its rooms together, fills the
// search projection in the background and listens for offices.
import { rmSync } from "node:fs";
import { dropPrivileges } from "../supervisor/drop-privileges.ts";
import { readBoot, restoreAsked, sayEvent, vaultBoot } from "../supervisor/boot.ts";
import { Directory } from "./access/directory.ts";
import { Backups } from "./backups/backups.ts";
import { removeIncoming, type RestoreOptions } from "./backups/restore-verbs.ts";
import { noteRestored } from "./backups/restored.ts";
import { listenForOffices } from "./channel.ts";
import { listenForConsole } from "./console.ts";
import { Database } from "./db/database.ts";
import { Gate } from "./gate.ts";
import { Identity } from "./identity/identity.ts";
import { openImports } from "./imports/open-imports.ts";
import { Keyring } from "./keys/keyring.ts";
import { Ledger } from "./ledger/ledger.ts";
import { RowWatch, type UntrueRow } from "./ledger/row-watch.ts";
import type { Records } from "./records/deps.ts";
import { settleNewObjects } from "./records/new-objects.ts";
import { RecordPeople } from "./records/people.ts";
import { SearchFilling } from "./records/search-filling.ts";
import { Schema } from "./records/schema.ts";
import { SearchIndex } from "./search/search-index.ts";
import { version } from "./version.ts";
import { DiskSearches } from "./thief/disk-search.ts";
import { Meter } from "./watch/meter.ts";
import { handlersOf } from "./handlers.ts";

const day = 24 * 60 * 60 * 1000;

const boot = await readBoot(vaultBoot);
dropPrivileges(boot.dropTo);

const db = new Database(boot.database);
const keyring = await Keyring.open({ rootKey: Buffer.from(boot.rootKey, "base64"), keystoreDir: boot.keystoreDir, db });
const problem = (what: string, error: unknown): void => {
  // Names and messages of our own errors bear no values; stacks may, so they stay out of the log.
  process.stderr.write(
    `${new Date().toISOString()} ${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : "unknown error"}\n`,
  );
};
const ledger = await Ledger.open({
  db,
  keyring,
  onError: (error) => {
    problem("ledger", error);
  },
});
const rowWatch = new RowWatch({
  db,
  keyring,
  ledger,
  report: (entries) => ledger.append(entries),
  folder: boot.keystoreDir,
});
tellUntrue(await rowWatch.check());
const schema = await Schema.open(db, keyring);
const directoryDb = new Database({ ...boot.database, max: 1 });
const directory = new Directory({
  db: directoryDb,
  keyring,
  schema,
  broken: (object, id) => {
    ledger
      .append([
        {
          action: "directory.broken_row",
          at: new Date(),
          actor: { kind: "system" },
          object,
          objectIds: [id],
          result: "refused",
          problem: "damaged",
        },
      ])
      .catch((error: unknown) => problem("ledger", error));
  },
});
const unread = (entries: number): void => {
  problem("meter", new Error(`counts of ${entries} entries of today are unreadable. Run: strongroom ledger verify`));
};
const [meter] = await Promise.all([Meter.open(db, new Date(), unread), directory.open()]);
const search = await SearchIndex.start({
  objects: schema.objects,
  lookup: (kind, normalised) => keyring.lookup(kind, normalised),
  onLost: (error) => {
    problem("search", error);
    void filling.fill();
  },
});
const records: Records = { db, keyring, schema, directory, search, ledger, meter };
await settleNewObjects(records);
const filling = new SearchFilling({
  records,
  done: ({ rows, broken }) => {
    sayEvent("search-ready", { rows, broken });
  },
  failed: (error) => {
    problem("search", error);
  },
});
const people = new RecordPeople(records);
const identity = await Identity.open({
  db,
  keyring,
  people,
  settings: { version, origins: boot.origins },
  saveFailed: (error) => {
    problem("identity", error);
  },
});
const imports = openImports(records, { deviceRevoked: (id) => identity.deviceRevoked(id) });
const backups = new Backups({
  records,
  rootKey: { installationId: boot.installationId, rootKey: Buffer.from(boot.rootKey, "base64") },
  keystore: boot.keystoreDir,
  program: version,
  folders: boot.backupFolders,
  onError: (error) => {
    problem("backup", error);
  },
});
const diskSearches = new DiskSearches(boot.diskSocketPath, (error) => {
  problem("disk search", error);
});
const restore: RestoreOptions = {
  identity,
  folder: boot.dataDir,
  possible: boot.embedded,
  // By the pipe to the supervisor, which prints it nowhere.
  handOver: (file, key) => {
    sayEvent(restoreAsked, {
      file,
      installationId: key.installationId,
      rootKey: key.rootKey.toString("base64"),
    });
  },
  onError: (error) => {
    problem("restore", error);
  },
};
await removeIncoming(boot.dataDir);
const gate = new Gate({
  records,
  identity,
  handlers: handlersOf({
    records,
    people,
    identity,
    imports,
    kit: boot.kit,
    backups,
    dataDir: boot.dataDir,
    diskSearches,
    restore,
  }),
});
ledger.start();
await noteRestored({ records, identity, folder: boot.dataDir });
rowWatch.start(
  (rows) => {
    tellUntrue(rows);
    identity.rowsDistrusted();
    directory.changed();
  },
  (error) => {
    problem("rows", error);
  },
);
rmSync(boot.socketPath, { force: true });
const server = await listenForOffices(boot.socketPath, {
  gate,
  secret: Buffer.from(boot.channelSecret, "base64"),
  onError: (error, requestId) => {
    problem(`request ${requestId}`, error);
  },
});
const consoleServer = await listenForConsole(boot.adminSocketPath, {
  records,
  people,
  identity,
  backups,
  onError: (error) => {
    problem("console", error);
  },
});
const code = await identity.enrolmentCode();
if (code !== undefined) sayEvent("enrolment-code", { code });
sayEvent("ready");
const filled = filling.fill();
void filled.then(() => imports.resume());
// A vault that is started anew each day must rotate too; not before the search has read all rows, which it would slow.
void filled.then(rotate);
const rotation = setInterval(() => void rotate(), day);

async function rotate(): Promise<void> {
  try {
    const { class2, class3, storeKey } = await keyring.rotateDue(new Date());
    if (class2 || class3 || storeKey) sayEvent("keys-rotated", { class2, class3, storeKey });
  } catch (error) {
    problem("key rotation", error);
  }
}

function tellUntrue(rows: readonly UntrueRow[]): void {
  for (const { table, id, what } of rows)
    problem(
      "rows",
      new Error(`${table} ${id} is ${what}: not what the audit log tells. Run: strongroom ledger verify`),
    );
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  clearInterval(rotation);
  server.close();
  consoleServer.close();
  filling.close();
  await diskSearches.close();
  await imports.close();
  await identity.close();
  await rowWatch.stop();
  await ledger.stop();
  await search.close();
  keyring.close();
  await Promise.all([db.close(), directoryDb.close()]);
  process.exit(0);
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
