// The search worker: owns the projection and answers the vault's calls in the order they come. Rows of a rebuild are
// stored in small pieces in between, so that a query never waits long behind them.
import { setImmediate as breathe } from "node:timers/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { ObjectDefinition } from "../../contract/field.ts";
import { Projection } from "./projection.ts";
import type { OpenedBatch, RowBatch, WorkerAnswer, WorkerCall, WorkerRequest } from "./search-messages.ts";

if (!parentPort) throw new Error("search-worker runs as a worker thread");
const parent = parentPort;
// SearchIndex passes exactly this.
const projection = new Projection((workerData as { objects: readonly ObjectDefinition[] }).objects);

interface Rebuild {
  /** Removed since it began: rows on their way must not bring them back. */
  readonly removed: Set<string>;
  work: Promise<void>;
  failure: unknown;
}
const rebuilds = new Map<string, Rebuild>();

/** About 8 ms of work. */
const rowsAtOnce = 250;

function startRebuild(object: string, port: MessagePort): void {
  projection.fill(object, "rows");
  const rebuild: Rebuild = { removed: new Set(), work: Promise.resolve(), failure: undefined };
  rebuilds.set(object, rebuild);
  port.on("message", (batch: OpenedBatch) => {
    rebuild.work = rebuild.work
      .then(() => storeSlowly(batch, rebuild))
      .catch((error: unknown) => {
        rebuild.failure ??= error;
      })
      .finally(() => port.postMessage(batch.batch));
  });
}

async function storeSlowly(batch: OpenedBatch, rebuild: Rebuild): Promise<void> {
  for (let start = 0; start < batch.rows.length; start += rowsAtOnce) {
    if (start > 0) await breathe();
    const rows: RowBatch["rows"][number][] = [];
    const values: RowBatch["values"][number][] = [];
    for (const [index, row] of batch.rows.slice(start, start + rowsAtOnce).entries()) {
      if (rebuild.removed.has(row.id)) continue;
      rows.push(row);
      values.push(batch.values[start + index] ?? []);
    }
    if (batch.pass === "rows") projection.bring(batch.object, rows, batch.keys, values);
    else projection.addRestricted(batch.object, rows, batch.keys, values);
  }
}

async function endRebuild(object: string): Promise<void> {
  const rebuild = rebuilds.get(object);
  if (!rebuild) return;
  await rebuild.work;
  rebuilds.delete(object);
  projection.fill(object, "nothing");
  if (rebuild.failure !== undefined) throw rebuild.failure;
}

/** The rows are all there, their class 3 cells are still to come. */
async function continueRebuild(object: string): Promise<void> {
  const rebuild = rebuilds.get(object);
  if (!rebuild) return;
  await rebuild.work;
  projection.fill(object, "restricted");
  if (rebuild.failure !== undefined) throw rebuild.failure;
}

function remove(object: string, ids: readonly string[]): void {
  const removed = rebuilds.get(object)?.removed;
  for (const id of ids) removed?.add(id);
  projection.remove(object, ids);
}

function upsert({ object, rows, keys, values }: RowBatch): string[] {
  const removed = rebuilds.get(object)?.removed;
  for (const { id } of rows) removed?.delete(id);
  return projection.upsert(object, rows, keys, values);
}

function answer(call: WorkerCall): unknown {
  switch (call.call) {
    case "upsert":
      return upsert(call.batch);
    case "remove":
      return remove(call.object, call.ids);
    case "addObject":
      return projection.addObject(call.object);
    case "addField":
      return projection.addField(call.object, call.field);
    case "query":
      return call.queries.map((query) => projection.query(query));
    case "values":
      return projection.values(call.object, call.ids, call.keys);
    case "startRebuild":
      return startRebuild(call.object, call.port);
    case "continueRebuild":
      return continueRebuild(call.object);
    case "endRebuild":
      return endRebuild(call.object);
    case "size":
      return projection.size;
  }
}

parent.on("message", ({ id, ...call }: WorkerRequest) => {
  const reply = (message: WorkerAnswer): void => parent.postMessage(message);
  // The text of an error may hold a value, so only its kind leaves this thread.
  const failed = (error: unknown): void => reply({ id, error: kindOf(error) });
  try {
    const result = answer(call as WorkerCall); // a request is a call and its id
    if (result instanceof Promise) void result.then((value: unknown) => reply({ id, result: value }), failed);
    else reply({ id, result });
  } catch (error) {
    failed(error);
  }
});

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "error";
  const code = "errcode" in error ? ` ${String(error.errcode)}` : "";
  return `${error.name}${code} at ${
    error.stack
      ?.match(/[\w-]+\.ts:\d+/gu)
      ?.slice(0, 3)
      .join(" < ") ?? "?"
  }`;
}
