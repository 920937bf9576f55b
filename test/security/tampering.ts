// Falsifies a ledger as a superuser of the database could, each time from its untouched state, and verifies it against
// a witnessed checkpoint. It also proves that it looked: the untouched ledger verifies, before and after.
import { readUnverifiedCheckpoint } from "../../src/vault/ledger/checkpoint.ts";
import type { Victim } from "./forgery.ts";
import { tamperings } from "./tampering-kinds.ts";
import { PROBE, queryOf, readDraft, testLedger, type ProbeRow } from "../../src/vault/ledger/test-ledger.ts";
import { seededRandom, type SeededRandom } from "../../src/vault/ledger/test-random.ts";
import { verifyLedger, type LedgerVerdict } from "../../src/vault/ledger/verify.ts";

export interface TamperingResult {
  readonly done: number;
  readonly caught: number;
  /** How often each kind was done. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Entries of the ledger, and its stored checkpoints. */
  readonly size: number;
  readonly checkpoints: number;
  /** What was not found, in words: must be empty. */
  readonly missed: readonly string[];
}

/** Does `count` tamperings, about 15 ms each. The seed decides all of them; `onDone` hears how many are done. */
export async function runTamperings(
  seed: number,
  count: number,
  onDone: (done: number) => void = () => undefined,
): Promise<TamperingResult> {
  const random = seededRandom(`tampering ${seed}`);
  const t = await testLedger();
  const client = await t.base.owner.connect();
  try {
    const { live, history } = await fill(t, random);
    const witnessed = await t.ledger.checkpoint();
    const verify = (): Promise<LedgerVerdict> =>
      verifyLedger({ query: queryOf(client), witnessed, tables: [{ table: PROBE }] });
    const { rows: checkpoints } = await client.query("select size from vault.ledger_checkpoint order by size");
    const signing = t.keyring.signingKey();
    const { origin, size } = readUnverifiedCheckpoint(witnessed);
    const victim: Victim = {
      client,
      random,
      size,
      checkpoints: checkpoints.map((row) => Number(row.size)),
      rows: live,
      history,
      signer: { name: origin, publicKey: signing.publicKey, sign: (data) => signing.sign(data) },
    };
    const kinds: Record<string, number> = {};
    const missed: string[] = [];
    const names = Object.keys(tamperings);
    if (!(await verify()).ok) throw new Error("the untouched ledger does not verify");
    for (let i = 0; i < count; i++) {
      // Every kind has its turn; what is done within a kind is random.
      const name = names[i % names.length] ?? "";
      const tamper = tamperings[name];
      if (tamper === undefined) throw new Error(`no tampering ${name}`);
      kinds[name] = (kinds[name] ?? 0) + 1;
      await client.query("begin isolation level repeatable read");
      try {
        const what = await tamper(victim);
        if ((await verify()).ok) missed.push(`${i} ${name}: ${what}`);
      } finally {
        await client.query("rollback");
      }
      onDone(i + 1);
    }
    if (!(await verify()).ok) throw new Error("the ledger was left changed");
    const counts = { done: count, caught: count - missed.length, kinds, missed };
    return { ...counts, size: victim.size, checkpoints: checkpoints.length };
  } finally {
    client.release();
    await t.close();
  }
}

/** About 300 entries under a dozen checkpoints: reads, and rows that are created, changed and removed. */
async function fill(
  t: Awaited<ReturnType<typeof testLedger>>,
  random: SeededRandom,
): Promise<{ live: ProbeRow[]; history: ProbeRow[] }> {
  const live: ProbeRow[] = [];
  const history: ProbeRow[] = [];
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 5; i++) live.push(await t.write());
    for (let i = 0; i < 5; i++) {
      const old = random.pick(live);
      history.push(old);
      live[live.indexOf(old)] = await t.write(old);
    }
    if (round % 3 === 2) {
      const gone = random.pick(live.filter((row) => row.version === 1));
      live.splice(live.indexOf(gone), 1);
      await t.remove(gone);
    }
    await t.ledger.append(
      Array.from({ length: 16 }, (_, i) =>
        readDraft({
          objectIds: i % 2 === 0 ? [random.pick(live).id] : [],
          detail: { subjectId: t.subjectId, value: i },
        }),
      ),
    );
    await t.ledger.sequence();
  }
  return { live, history: history.filter((old) => live.some((row) => row.id === old.id)) };
}
