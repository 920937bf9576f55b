/** A ledger for tests in a database of its own, with a tagged table whose rows change as records do. */
import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { testDatabase, type TestDatabase } from "../../../test/harness/postgres.ts";
import { systemScope, type Tx } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { Keyring } from "../keys/keyring.ts";
import type { EntryDraft, RowChange } from "./entry.ts";
import { Ledger, type LedgerOptions } from "./ledger.ts";
import type { LedgerQuery } from "./verify.ts";

export const PROBE = "ledger_probe";

export interface ProbeRow {
  readonly id: string;
  version: number;
  tag: Buffer;
}

export interface TestLedger {
  readonly base: TestDatabase;
  readonly keyring: Keyring;
  readonly ledger: Ledger;
  readonly subjectId: string;
  /** Another ledger over the same database, as after a restart. */
  reopen(options?: Partial<LedgerOptions>): Promise<Ledger>;
  /** Writes a row with its entry in one transaction; a new row when none is given. */
  write(row?: ProbeRow): Promise<ProbeRow>;
  remove(row: ProbeRow): Promise<void>;
  close(): Promise<void>;
}

export function readDraft(part: Partial<EntryDraft> = {}): EntryDraft {
  return {
    action: "record.read",
    at: new Date(),
    actor: { kind: "person", personId: uuidv7(), ip: "192.0.2.1" },
    object: "account",
    result: "ok",
    ...part,
  };
}

/** The queries of one pg client in the form the verifier takes. */
export function queryOf(client: Pick<pg.ClientBase, "query">): LedgerQuery {
  return async <R>(text: string, values?: readonly unknown[]) =>
    (await client.query(text, values && [...values])).rows as R[]; // each caller names what its text selects
}

/** The tagged table of these tests. */
export async function createProbe(base: TestDatabase): Promise<void> {
  await base.owner
    .query(`create table vault.${PROBE} (id uuid primary key, version integer not null, tag bytea not null);
    grant select, insert, update, delete on vault.${PROBE} to strongroom_vault; grant select on vault.${PROBE} to strongroom_audit`);
}

export async function testLedger(options: { fast?: boolean } & Partial<LedgerOptions> = {}): Promise<TestLedger> {
  const base = await testDatabase(options.fast === false ? { fast: false } : {});
  const folder = mkdtempSync(join(tmpdir(), "strongroom-ledger-"));
  await createProbe(base);
  const { db } = base;
  const keyring = await Keyring.open({ rootKey: randomBytes(32), keystoreDir: join(folder, "keystore"), db });
  const subjectId = uuidv7();
  await db.tx(systemScope("test"), (tx) => keyring.createSubject(tx, subjectId));
  const open = (part: Partial<LedgerOptions> = {}): Promise<Ledger> => Ledger.open({ db, keyring, ...part });
  const ledger = await open(options);

  const log = (tx: Tx, action: string, change: RowChange): Promise<void> =>
    ledger.insert(tx, [
      readDraft({
        action,
        objectIds: [change.id],
        rows: [change],
        detail: { subjectId, value: { before: change.oldVersion, after: change.version } },
      }),
    ]);

  return {
    base,
    keyring,
    ledger,
    subjectId,
    reopen: open,
    write: (row) =>
      db.tx(systemScope("test"), async (tx) => {
        const id = row?.id ?? uuidv7();
        const version = (row?.version ?? 0) + 1;
        const tag = keyring.tag(PROBE, [id, version]);
        await tx.query(
          `insert into vault.${PROBE} values ($1, $2, $3) on conflict (id) do update set version = $2, tag = $3`,
          [id, version, tag],
        );
        const old = row === undefined ? {} : { oldVersion: row.version, oldTag: row.tag };
        await log(tx, row === undefined ? "record.create" : "record.update", {
          table: PROBE,
          id,
          version,
          tag,
          ...old,
        });
        return { id, version, tag };
      }),
    remove: (row) =>
      db.tx(systemScope("test"), async (tx) => {
        await tx.query(`delete from vault.${PROBE} where id = $1`, [row.id]);
        await log(tx, "record.purge", {
          table: PROBE,
          ...row,
          oldVersion: row.version,
          oldTag: row.tag,
          deleted: true,
        });
      }),
    close: async () => {
      await ledger.stop().catch(() => undefined);
      await base.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
