// SIGKILL to any process at random moments while several people write and imports run and are taken back. What was
// acknowledged must be there afterwards, what was not may be there whole or not at all, imports go on where they were,
// and the ledger must tell of exactly these rows.
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type SeededRandom, seededRandom } from "../../src/vault/ledger/test-random.ts";
import { startCompany } from "../harness/company.ts";
import { childrenOf } from "../harness/process-tree.ts";
import { type System, type SystemEvent, startSystem } from "../harness/system.ts";
import { Imports } from "./kill-imports.ts";
import { type Image, Storm, readAll } from "./kill-storm.ts";
import { verifySystem } from "./verify-system.ts";

export const victims = ["vault", "office", "postgres", "backend", "supervisor"] as const;
export type Victim = (typeof victims)[number];

export interface KillResult {
  readonly kills: Readonly<Record<Victim, number>>;
  /** Kills by the state that the import was last seen in. */
  readonly amid: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  /** Requests that got no answer, or one that said "not now". */
  readonly unanswered: number;
  /** What came instead of an answer: a problem's code, or the connection's own error. */
  readonly instead: Readonly<Record<string, number>>;
  readonly rows: number;
  /** Imports brought to their end, those taken back again, and the rows of all of them. */
  readonly imports: { readonly all: number; readonly undone: number; readonly rows: number };
  /** Imports that a kill went through and that were taken back after the last start. */
  readonly undoneAfterwards: number;
  readonly slowestRecoveryMs: number;
  /** Each one is a failure. */
  readonly wrong: readonly string[];
}

export interface KillOptions {
  readonly seed: number;
  readonly kills: number;
  /** Contacts per imported file. */
  readonly importRows: number;
  /** Longest time before a kill, of which a random part is waited. */
  readonly pauseMs: number;
  readonly onKill?: (done: number) => void;
}

export async function runKills({ seed, kills, importRows, pauseMs, onKill }: KillOptions): Promise<KillResult> {
  const random = seededRandom(`kill ${seed}`);
  const company = await startCompany({ keep: true, durable: true });
  const storm = new Storm(random, company);
  const imports = new Imports(company.people.manager.client, importRows);
  let system: System = company.system;
  const restart = async (): Promise<void> => {
    distrusted.push(...system.events.filter(isDistrust).map((event) => JSON.stringify(event)));
    system = await startSystem({ folder: company.system.folder, port: company.system.port });
  };
  /** Said by the watch over rows of people and rights, although nobody forged any. */
  const distrusted: string[] = [];
  const count: Record<Victim, number> = { vault: 0, office: 0, postgres: 0, backend: 0, supervisor: 0 };
  const amid: Record<string, number> = {};
  let slowest = 0;
  try {
    const work = Promise.all([storm.start(), imports.run()]);
    const killing = async (): Promise<void> => {
      await imports.progress();
      for (const [index, victim] of order(random, kills).entries()) {
        await sleep(random.next(pauseMs));
        const state = imports.hit();
        amid[state] = (amid[state] ?? 0) + 1;
        const killedAt = Date.now();
        // What is just being started again cannot be killed yet.
        while (!kill(system, victim, random)) await sleep(10);
        count[victim] += 1;
        onKill?.(index + 1);
        if (victim === "supervisor") {
          await sleep(random.next(200));
          await restart();
        }
        // Every other one is followed by the next amid the recovery.
        if (index % 2 === 0) continue;
        await storm.answering();
        slowest = Math.max(slowest, Date.now() - killedAt);
        await imports.progress();
      }
      storm.stop();
      imports.stop();
    };
    await Promise.all([work, killing()]);
    const wrong = [...storm.wrong, ...imports.wrong];
    const witnessed = path.join(company.system.folder, "checkpoint");
    await writeFile(witnessed, storm.checkpoint);
    // The next start is clean: nothing to say, every row opens and holds its tag.
    if ((await system.stop()) !== 0) wrong.push("the stop was not clean");
    await restart();
    const ready = await system.waitFor(({ event }) => event === "search-ready", 120_000);
    if (ready["broken"] !== 0) wrong.push(`${String(ready["broken"])} rows do not open`);
    const undoneAfterwards = await imports.undoLast();
    const found = new Map<string, Image>();
    for (const object of ["account", "contact"])
      for (const deleted of [false, true]) await readAll(company.people.owner.client, object, deleted, found);
    wrong.push(...(await storm.compare(found)), ...imports.compare(found));
    wrong.push(...distrusted);
    for (const { event, from, text } of system.events)
      if (event === "line") wrong.push(`${String(from)} said ${String(text)}`);
    const verdict = await verifySystem(system, ["--witnessed", witnessed]);
    for (const finding of verdict.findings) wrong.push(`verify: ${JSON.stringify(finding)}`);
    const { acknowledged, unanswered, instead } = storm;
    return {
      kills: count,
      amid,
      acknowledged,
      unanswered,
      instead,
      rows: found.size,
      imports: imports.finished,
      undoneAfterwards,
      slowestRecoveryMs: slowest,
      wrong,
    };
  } finally {
    storm.stop();
    imports.stop();
    await system.stop();
    await company.stop();
    await rm(company.system.folder, { recursive: true, force: true });
  }
}

function isDistrust({ event, text }: SystemEvent): boolean {
  return event === "line" && String(text).includes("not what the audit log tells");
}

/** Each in turn, in an order of its own each time round: the supervisor forgets how often it has restarted the others. */
function order(random: SeededRandom, kills: number): Victim[] {
  const all: Victim[] = [];
  while (all.length < kills) {
    const left = [...victims];
    while (left.length > 0) all.push(...left.splice(random.next(left.length), 1));
  }
  return all.slice(0, kills);
}

/**
 * False when there was nothing to kill. A backend is any process below PostgreSQL's postmaster: one that serves the
 * vault, or one that writes for all.
 */
function kill(system: System, victim: Victim, random: SeededRandom): boolean {
  try {
    if (victim !== "backend") system.kill(victim);
    else process.kill(random.pick(childrenOf(system.pids.postgres)).pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
