// Loads and clears the sample company by the same commits that a person makes: with the caller's rights, counted, logged
// record by record. What is a sample is marked under a tag, so that clearing reaches nothing else.
import { Problem } from "../../contract/problem.ts";
import type { Operation } from "../../contract/record-verbs.ts";
import { byPerson, type PersonCall } from "../call.ts";
import { type Queryable, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { commitRecords } from "../records/commit.ts";
import type { Records } from "../records/deps.ts";
import { readRows } from "../records/read-rows.ts";
import { tableOf } from "../records/row.ts";
import type { Handlers } from "../verbs.ts";
import { sampleCompany, type SampleRecord } from "./sample-company.ts";

/** As many as a person may send in one commit. */
const batch = 200;
const scope = systemScope("sample data");
/** What refers to others goes before them. */
const lastFirst: readonly SampleRecord["object"][] = ["todo", "activity", "opportunity", "contact", "account"];

interface Marked {
  readonly object: string;
  readonly record_id: string;
  readonly tag: Buffer;
}

export function sampleHandlers(records: Records): Pick<Handlers, "sample.state" | "sample.load" | "sample.clear"> {
  return {
    "sample.state": async () => ({ records: (await marked(records)).length }),
    "sample.load": (call, { language }) => load(records, byPerson(call), language),
    "sample.clear": (call) => clear(records, byPerson(call)),
  };
}

async function load(records: Records, call: PersonCall, language: "zh" | "en"): Promise<{ records: number }> {
  if ((await marked(records)).length > 0) throw new Problem("conflict");
  const made = sampleCompany(language, {
    now: call.now,
    owner: call.access.userId,
    newId: uuidv7,
    ...(await firstPipeline(records)),
  });
  call.meter.demand("written", made.length);
  // Marked before they are there: a stop in between leaves nothing that could not be cleared.
  await records.db.tx(scope, async (tx) => {
    await tx.query(
      "insert into vault.sample_record (object, record_id, tag) select * from unnest($1::text[], $2::uuid[], $3::bytea[])",
      [
        made.map(({ object }) => object),
        made.map(({ id }) => id),
        made.map(({ object, id }) => records.keyring.tag("sample_record", [object, id])),
      ],
    );
  });
  const operations = made.map(({ object, id, values }): Operation => ({
    op: "create",
    object,
    id,
    values: { ...values },
  }));
  try {
    await inBatches(records, call, operations);
  } catch (error) {
    // What was written stays marked, and is cleared by the same click; when nothing was, nothing is marked.
    if (!(await exists(records, operations[0]!))) await forget(records);
    throw error;
  }
  return { records: made.length };
}

async function clear(records: Records, call: PersonCall): Promise<{ records: number }> {
  const all = await marked(records);
  const operations: Operation[] = [];
  for (const key of lastFirst) {
    const ids = all.filter(({ object }) => object === key).map(({ record_id }) => record_id);
    const object = records.schema.load(key);
    // Of those whom the caller reaches; what somebody has deleted already is gone from the list.
    const reads = records.db.reads(call.access.rowScope(key, "delete"));
    const rows = await readRows(
      records.keyring,
      reads,
      object,
      "place",
      "where r.id = any($1) and r.deleted_at is null",
      [ids],
    );
    operations.push(...rows.map(({ id, version }): Operation => ({ op: "delete", object: key, id, version })));
  }
  call.meter.demand("written", operations.length);
  await inBatches(records, call, operations);
  if (operations.length === 0) call.note({ action: "sample.clear", result: "ok", counts: { written: 0 } });
  await forget(records);
  return { records: operations.length };
}

async function forget({ db }: Records): Promise<void> {
  await db.tx(scope, (tx) => tx.query("delete from vault.sample_record"));
}

async function exists(records: Records, { object, id }: Operation): Promise<boolean> {
  const found = await records.db.read(scope, `select from ${tableOf(records.schema.load(object))} where id = $1`, [id]);
  return found.length > 0;
}

async function inBatches(records: Records, call: PersonCall, operations: readonly Operation[]): Promise<void> {
  for (let at = 0; at < operations.length; at += batch)
    await commitRecords(records, call, { operations: operations.slice(at, at + batch), guards: [] });
}

/** Throws TagBroken for a mark that the vault did not make. */
async function marked({ db, keyring }: Records): Promise<Marked[]> {
  const rows = await db.read<Marked>(scope, "select object, record_id, tag from vault.sample_record");
  for (const { object, record_id, tag } of rows) keyring.verifyTag("sample_record", [object, record_id], tag);
  return rows;
}

/** The company's first pipeline with its stages in order; none where there is none. */
async function firstPipeline(records: Records) {
  const reads: Queryable = records.db.reads(scope);
  const [pipeline] = await reads.query<{ id: string }>(
    `select id from ${tableOf(records.schema.load("pipeline"))} where deleted_at is null order by id limit 1`,
  );
  const stages = await reads.query<{ id: string; kind: string }>(
    `select id, f_kind as kind from ${tableOf(records.schema.load("stage"))}
     where deleted_at is null and f_pipeline = $1 order by f_position`,
    [pipeline?.id ?? null],
  );
  return { pipeline: pipeline?.id, stages };
}
