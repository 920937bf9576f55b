/** A process that writes to a ledger until it is killed, and names on standard output whatever was acknowledged. Started by ledger-kill.test.ts. */
import { writeSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Database, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { Keyring } from "../keys/keyring.ts";
import { Ledger } from "./ledger.ts";
import { PROBE, readDraft } from "./test-ledger.ts";

export interface KillWriterInput {
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  };
  readonly rootKey: string;
  readonly keystoreDir: string;
}

/** Acknowledged ids go out synchronously: what the parent reads was acknowledged before the kill. */
function acknowledge(id: string): void {
  writeSync(1, `${id}\n`);
}

async function writeUntilKilled(input: KillWriterInput): Promise<void> {
  const db = new Database(input.connection);
  const keyring = await Keyring.open({
    rootKey: Buffer.from(input.rootKey, "hex"),
    keystoreDir: input.keystoreDir,
    db,
  });
  const ledger = await Ledger.open({ db, keyring, intervalMs: 5 });
  ledger.start();
  acknowledge("started");
  const reader = async (): Promise<void> => {
    for (;;) {
      const requestId = uuidv7();
      await ledger.append([readDraft({ actor: { kind: "system", requestId }, objectIds: [uuidv7()] })]);
      acknowledge(requestId);
    }
  };
  const writer = async (): Promise<void> => {
    for (;;) {
      const id = uuidv7();
      let old: { oldVersion: number; oldTag: Buffer } | undefined;
      for (let version = 1; version <= 3; version++) {
        const tag = keyring.tag(PROBE, [id, version]);
        const requestId = uuidv7();
        await db.tx(systemScope("test"), async (tx) => {
          await tx.query(
            `insert into vault.${PROBE} values ($1, $2, $3) on conflict (id) do update set version = $2, tag = $3`,
            [id, version, tag],
          );
          await ledger.insert(tx, [
            readDraft({ actor: { kind: "system", requestId }, rows: [{ table: PROBE, id, version, tag, ...old }] }),
          ]);
        });
        acknowledge(requestId);
        old = { oldVersion: version, oldTag: tag };
      }
      await wait(1);
    }
  };
  await Promise.all([...Array.from({ length: 8 }, reader), ...Array.from({ length: 3 }, writer)]);
}

const [input] = process.argv.slice(2);
if (input !== undefined && process.argv[1] === import.meta.filename)
  await writeUntilKilled(JSON.parse(input) as KillWriterInput); // written by the test
