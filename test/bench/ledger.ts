/** Measures the ledger on a real disk: durable entries per second and how long an entry waits, sequencer included. */
import { performance } from "node:perf_hooks";
import { uuidv7 } from "../../src/vault/db/uuid.ts";
import { LtHash, rowElement } from "../../src/vault/ledger/lt-hash.ts";
import { readDraft, testLedger } from "../../src/vault/ledger/test-ledger.ts";

export interface LedgerFigures {
  /** With callers that each wait for one entry before the next. */
  readonly entriesPerSecond: number;
  /** At the offered load below. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly offeredPerSecond: number;
  /** Entries of the latency run that were in the ledger, under a checkpoint, 1 s after its end. */
  readonly sequenced: number;
  readonly ltHashMicroseconds: number;
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** Takes about `seconds` for each of two loads on a database of its own with fsync on. */
export async function measureLedger(
  options: { seconds?: number; callers?: number; offeredPerSecond?: number } = {},
): Promise<LedgerFigures> {
  const { seconds = 5, callers = 64, offeredPerSecond = 5000 } = options;
  const t = await testLedger({ fast: false });
  const personId = uuidv7();
  const objectId = uuidv7();
  const one = () =>
    t.ledger.append([
      readDraft({
        actor: {
          kind: "person",
          personId,
          deviceId: uuidv7(),
          ip: "192.0.2.77",
          userAgent: "Mozilla/5.0 (X11; Linux x86_64)",
        },
        objectIds: [objectId],
        counts: { opened: 1 },
      }),
    ]);
  try {
    t.ledger.start();
    await closedLoop(callers, 1, one);
    await t.ledger.sequence();
    // The steady load first: the greatest load leaves PostgreSQL housekeeping behind that belongs to neither figure.
    const before = await sequenced(t.base.owner);
    const waits = await openLoop(offeredPerSecond, seconds, one);
    waits.sort((a, b) => a - b);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const after = await sequenced(t.base.owner);
    const done = await closedLoop(callers, seconds, one);
    return {
      entriesPerSecond: Math.round(done / seconds),
      p50Ms: quantile(waits, 0.5),
      p95Ms: quantile(waits, 0.95),
      p99Ms: quantile(waits, 0.99),
      offeredPerSecond: Math.round(waits.length / seconds),
      sequenced: after - before,
      ltHashMicroseconds: measureLtHash(),
    };
  } finally {
    await t.close();
  }
}

async function sequenced(owner: { query(text: string): Promise<{ rows: { size: string }[] }> }): Promise<number> {
  return Number((await owner.query("select max(size) as size from vault.ledger_checkpoint")).rows[0]?.size);
}

async function closedLoop(callers: number, seconds: number, act: () => Promise<void>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      await act();
      done++;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return done;
}

/** Entries arrive by the clock, whether earlier ones are done or not: a wait counts from the time it was due. */
async function openLoop(perSecond: number, seconds: number, act: () => Promise<void>): Promise<number[]> {
  const waits: number[] = [];
  const start = performance.now();
  const pending: Promise<void>[] = [];
  const total = perSecond * seconds;
  for (let sent = 0; sent < total;) {
    const now = performance.now();
    for (; sent < total && start + (sent * 1000) / perSecond <= now; sent++) {
      const due = start + (sent * 1000) / perSecond;
      pending.push(act().then(() => void waits.push(performance.now() - due)));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  return waits;
}

function measureLtHash(): number {
  const hash = new LtHash();
  const tag = Buffer.alloc(32, 1);
  const id = uuidv7();
  const rows = 20_000;
  const start = performance.now();
  for (let version = 0; version < rows; version++) hash.add(rowElement("account", id, version, tag));
  return ((performance.now() - start) * 1000) / rows;
}
