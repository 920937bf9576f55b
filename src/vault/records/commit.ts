// The atomic commit: several writes and their guards in one transaction. All guards hold and all writes happen, or
// nothing does.
import type { z } from "zod";
import { Problem } from "../../contract/problem.ts";
import type { Guard, Operation, RecordVerbs } from "../../contract/record-verbs.ts";
import type { PersonCall } from "../call.ts";
import type { Tx } from "../db/database.ts";
import { queryAccess } from "./read.ts";
import type { Records } from "./deps.ts";
import { exactMatches } from "./exact-match.ts";
import { takeNumber } from "./number-series.ts";
import { chooseTarget, compileQuery } from "./query-compiler.ts";
import { deleteRecord, restoreRecord } from "./delete.ts";
import { type Writer, type Written, createRecord, updateRecord } from "./write.ts";
import { readRows } from "./read-rows.ts";

type Output = z.infer<RecordVerbs["record.commit"]["output"]>;

/** Runs operations in order. Throws what any of them throws, `conflict` or `limit_reached` for a guard that does not hold. */
export function commitRecords(
  records: Records,
  call: PersonCall,
  input: { operations: readonly Operation[]; guards: readonly Guard[] },
): Promise<Output> {
  call.meter.demand("written", input.operations.length);
  return call.write(async (tx) => {
    const operations = input.operations.map((operation) => structuredClone(operation));
    const numbers: Output["numbers"] = [];
    for (const guard of input.guards) {
      if (guard.guard === "version") await holdVersion(records, tx, call, guard);
      if (guard.guard === "number") numbers.push(await putNumber(records, tx, call, guard, operations));
      // Whoever counts under the same lock waits here until we have written.
      if (guard.guard === "count")
        await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`count:${guard.lock}`]);
    }
    const written: Written[] = [];
    let changes = 0;
    const { access, now } = call;
    const writer: Writer = {
      access,
      by: access.userId,
      now,
      note: (entry) => {
        changes += 1;
        call.note(entry);
      },
      // One for all operations, so that what they tell adds up.
      tells: exactMatches(call).tell,
    };
    for (const operation of operations) written.push(await apply(records, tx, writer, operation));
    // All was as wanted already, or a repetition.
    if (changes === 0) call.note({ action: "record.commit", result: "ok", counts: { written: 0 } });
    for (const guard of input.guards) if (guard.guard === "count") await holdCount(records, tx, call, guard);
    return { written, numbers };
  });
}

function apply(records: Records, tx: Tx, writer: Writer, operation: Operation): Promise<Written> {
  const object = records.schema.load(operation.object);
  switch (operation.op) {
    case "create":
      return createRecord(records, tx, writer, object, operation.values, operation.id);
    case "update":
      return updateRecord(records, tx, writer, object, operation.id, operation.version, operation.values);
    case "delete":
      return deleteRecord(records, tx, writer, object, operation.id, operation.version);
    case "restore":
      return restoreRecord(records, tx, writer, object, operation.id);
  }
}

async function holdVersion(
  records: Records,
  tx: Tx,
  call: PersonCall,
  guard: Guard & { guard: "version" },
): Promise<void> {
  const object = records.schema.load(guard.object);
  await tx.rescope(call.access.rowScope(object.key, "view"));
  const rest = "where id = $1 and deleted_at is null for share";
  const [row] = await readRows(records.keyring, tx, object, "place", rest, [guard.id]);
  if (!row) throw new Problem("not_found");
  if (row.version !== guard.version) throw new Problem("conflict", { extra: { version: row.version } });
}

/** Counts within the caller's view scope; only fields that lie in columns can be counted in a transaction. */
async function holdCount(records: Records, tx: Tx, call: PersonCall, guard: Guard & { guard: "count" }): Promise<void> {
  const object = records.schema.load(guard.object);
  const query = { object: object.key, filter: guard.filter, limit: 1, offset: 0, deleted: false, count: true };
  if (chooseTarget(query, object) !== "postgres") throw new Problem("not_sortable");
  const compiled = compileQuery(query, {
    object,
    target: "postgres",
    access: queryAccess(records, call.access, object),
    subtree: (id) => records.directory.subtree(id),
  });
  await tx.rescope(call.access.rowScope(object.key, "view"));
  const [found] = await tx.query<{ count: number }>(compiled.countText, compiled.countValues);
  if ((found?.count ?? 0) > guard.max) throw new Problem("limit_reached");
}

async function putNumber(
  records: Records,
  tx: Tx,
  call: PersonCall,
  guard: Guard & { guard: "number" },
  operations: Operation[],
): Promise<Output["numbers"][number]> {
  const operation = operations[guard.operation];
  const written = operation?.op === "create" || operation?.op === "update" ? operation : undefined;
  const object = written && records.schema.load(written.object);
  // Who may not write the field learns here neither that it is there nor that it is numbered, and draws nothing.
  const field = object?.fields.find(({ key }) => key === guard.field);
  const level = written?.op === "create" ? "createLevel" : "bestLevel";
  if (!written || !object || field?.series !== true || call.access[level](object, field) !== "write")
    throw new Problem("invalid", { fields: [{ field: "guards", reason: "wrong_type" }] });
  const { value, change } = await takeNumber(records, tx, object.key, field.key);
  call.note({ action: "record.number", object: object.key, fields: [field.key], result: "ok", rows: [change] });
  written.values[field.key] = value;
  return { operation: guard.operation, field: guard.field, value };
}
