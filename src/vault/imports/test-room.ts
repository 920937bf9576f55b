// For tests: the rooms that imports need over a database of their own, with a company, and calls by its people as the
// gate makes them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase, type TestDatabase } from "../../../test/harness/postgres.ts";
import {
  type ImportReport,
  type ImportSettings,
  type ImportView,
  importPartBytes,
} from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import { Directory } from "../access/directory.ts";
import type { NotedEntry, PersonCall } from "../call.ts";
import { systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { Keyring } from "../keys/keyring.ts";
import { Ledger } from "../ledger/ledger.ts";
import type { Records } from "../records/deps.ts";
import { rebuildAll } from "../records/rebuild-all.ts";
import { RecordPeople } from "../records/people.ts";
import { Schema } from "../records/schema.ts";
import { createRecord } from "../records/write.ts";
import { SearchIndex } from "../search/search-index.ts";
import type { ImportHandlers } from "../verbs.ts";
import { Meter } from "../watch/meter.ts";
import { type Existing, loadExisting } from "./existing.ts";
import { type ImportOptions, type Imports, openImports } from "./open-imports.ts";

/** A job with what its check found. */
export type Checked = ImportView & { readonly check: ImportReport | null };

export interface TestRoom {
  readonly base: TestDatabase;
  readonly records: Records;
  readonly owner: string;
  readonly errors: unknown[];
  imports: Imports;
  /** For opening them as another start of the vault would. */
  readonly importOptions: ImportOptions;
  /** What identity answers; asked in each batch of a run. */
  deviceRevoked: (deviceId: string) => Promise<boolean>;
  /** A colleague with these roles in a department of the given name. */
  person(name: string, roles: readonly string[], department: string, email?: string): Promise<string>;
  call(userId: string): PersonCall;
  /** Uploads a file and returns the job. */
  upload(userId: string, object: string, file: Buffer | string): Promise<ImportView>;
  /** Upload, analysis, check with the proposed mapping, and what the settings change of it. */
  check(userId: string, object: string, file: Buffer | string, settings?: Partial<ImportSettings>): Promise<Checked>;
  /** Starts a checked job and waits for its end. */
  run(userId: string, job: ImportView): Promise<ImportView>;
  /** Waits until the job's step is over. */
  settled(userId: string, job: ImportView): Promise<ImportView>;
  /** A verb as a person calls it. */
  do<V extends keyof ImportHandlers>(
    userId: string,
    verb: V,
    input: Parameters<ImportHandlers[V]>[1],
  ): ReturnType<ImportHandlers[V]>;
  /** All living records of an object, opened, by name. */
  byName(object: string): Promise<Map<string, Existing>>;
  close(): Promise<void>;
}

export async function testRoom(): Promise<TestRoom> {
  const base = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), "strongroom-imports-"));
  const { db } = base;
  const keyring = await Keyring.open({ rootKey: randomBytes(32), keystoreDir: join(folder, "keystore"), db });
  const ledger = await Ledger.open({ db, keyring });
  const schema = await Schema.open(db, keyring);
  const directory = new Directory({ db, keyring, schema, broken: () => undefined });
  await directory.open();
  const meter = await Meter.open(db, new Date(), assert.ifError);
  const search = await SearchIndex.start({
    objects: schema.objects,
    lookup: (kind, normalised) => keyring.lookup(kind, normalised),
  });
  const records: Records = { db, keyring, schema, directory, search, ledger, meter };
  const people = new RecordPeople(records);
  const { userId: owner } = await db.tx(systemScope("test"), (tx) =>
    people.createOwner(tx, { name: "老板 Owner", email: "owner@example.com", company: "总部", locale: "zh-CN" }),
  );
  directory.changed();
  await directory.ready();
  await rebuildAll(records);
  const errors: unknown[] = [];
  const departments = new Map<string, string>();

  const importOptions: ImportOptions = {
    deviceRevoked: (id) => room.deviceRevoked(id),
    onError: (error) => errors.push(error),
  };

  const room: TestRoom = {
    base,
    records,
    owner,
    errors,
    deviceRevoked: () => Promise.resolve(false),
    importOptions,
    imports: openImports(records, importOptions),
    do(userId, verb, input) {
      // Handler and input belong to the same verb; TypeScript does not follow that through an index.
      const handler = room.imports.handlers[verb] as unknown as (
        call: PersonCall,
        given: typeof input,
      ) => ReturnType<ImportHandlers[typeof verb]>;
      return handler(room.call(userId), input);
    },
    async byName(object) {
      const access = directory.access(owner, true);
      if (!access) throw new Error("the owner is gone");
      return db.tx(systemScope("test"), async (tx) => {
        const ids = (
          await tx.query<{ id: string }>(`select id from vault.record_${object} where deleted_at is null`)
        ).map((row) => row.id);
        const found = await loadExisting(records, tx, access, schema.load(object), ids);
        return new Map([...found.values()].map((one) => [String(one.values["name"]), one]));
      });
    },
    async person(name, roles, department, email) {
      const now = new Date();
      const notes: NotedEntry[] = [];
      const writer = { access: undefined, by: null, now, note: (entry: NotedEntry) => notes.push(entry) };
      const userId = uuidv7();
      await db.tx(systemScope("test"), async (tx) => {
        let departmentId = departments.get(department);
        if (departmentId === undefined) {
          departmentId = (
            await createRecord(records, tx, writer, schema.load("department"), {
              name: department,
              parent: directory.rootDepartment() ?? null,
            })
          ).id;
          departments.set(department, departmentId);
        }
        const place = departmentId;
        await directory.trust(place, async () => {
          await createRecord(
            records,
            tx,
            writer,
            schema.load("user"),
            { name, status: "active", department: place, ...(email !== undefined && { email }) },
            userId,
          );
        });
        await directory.writeMember(tx, userId, roles, null, now);
        await tx.rescope(systemScope("test"));
        await ledger.insert(
          tx,
          notes.map((note) => ({ ...note, at: now, actor: { kind: "system" } })),
        );
      });
      directory.changed();
      await directory.ready();
      return userId;
    },
    call(userId) {
      const access = directory.access(userId, true);
      if (!access) throw new Error("no such person");
      const now = new Date();
      const drafts: NotedEntry[] = [];
      const device = { id: uuidv7(), family: "test", thumbprint: "x" };
      return {
        identity: {
          kind: "device",
          userId,
          device,
          session: { id: uuidv7(), assurance: "passkey", startedAt: now, expiresAt: now },
          confirmed: true,
          mfaAt: now,
          mfaUntil: now,
          locked: false,
          authority: "localhost",
        },
        access,
        meter: meter.begin(userId, now),
        requestId: uuidv7(),
        endpoint: "test",
        now,
        note: (draft) => drafts.push(draft),
        write: (work) =>
          db.tx({ actor: userId, all: false, owners: [], departments: [] }, async (tx) => {
            const result = await work(tx);
            await tx.rescope(systemScope("ledger"));
            await ledger.insert(
              tx,
              drafts.splice(0).map((draft) => ({
                ...draft,
                at: now,
                actor: { kind: "person", personId: userId, deviceId: device.id },
              })),
            );
            return result;
          }),
      };
    },
    async upload(userId, object, file) {
      const bytes = Buffer.from(file);
      const job = await room.do(userId, "import.create", { object, fileName: "list.csv", size: bytes.length });
      for (let at = 0, index = 0; at < bytes.length; at += importPartBytes, index++) {
        await room.do(userId, "import.part", {
          object,
          id: job.id,
          index: String(index),
          data: bytes.subarray(at, at + importPartBytes),
        });
      }
      return room.do(userId, "import.status", { object, id: job.id });
    },
    async check(userId, object, file, settings = {}) {
      const { id } = await room.upload(userId, object, file);
      const { analysis } = await room.do(userId, "import.analyse", { object, id });
      const { encoding, delimiter, header, columns } = analysis;
      const proposed = columns.map(({ index, field, dateOrder }) => ({
        index,
        field,
        ...(dateOrder !== null && { dateOrder }),
      }));
      const all = {
        mode: "insert" as const,
        key: null,
        encoding,
        delimiter,
        header,
        columns: proposed,
        fixes: {},
        language: "en" as const,
        utcOffset: 0,
        ...settings,
      };
      const job = await room.settled(userId, await room.do(userId, "import.check", { object, id, settings: all }));
      return { ...job, ...(await room.do(userId, "import.report", { object, id })) };
    },
    async run(userId, job) {
      const { object, id, version } = job;
      return room.settled(userId, await room.do(userId, "import.start", { object, id, version }));
    },
    async settled(userId, { object, id }) {
      for (;;) {
        const job = await room.do(userId, "import.status", { object, id });
        if (job.state !== "checking" && job.state !== "running" && job.state !== "undoing") return job;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async close() {
      await room.imports.close();
      await ledger.stop();
      await search.close();
      keyring.close();
      await base.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return room;
}

/** The code of the Problem that work is refused with, and what it says about fields or the file; "none" when it is not. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const detail = error.extra?.["because"] ?? error.fields.map((field) => `${field.field}:${field.reason}`).join();
    return detail === "" ? error.code : `${error.code} ${String(detail)}`;
  }
  return "none";
}
