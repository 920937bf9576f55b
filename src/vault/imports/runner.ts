// Drives checks, runs and undos one after the other, goes on after a stop with what was under way, and removes old jobs'
// contents. Work lies in the database only: losing this object loses nothing.
import { setTimeout as sleep } from "node:timers/promises";
import type { Problem } from "../../contract/problem.ts";
import { problemOf } from "../database-problem.ts";
import { SealBroken, TagBroken } from "../keys/broken.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { removeRefused, removeWritten } from "./blocks.ts";
import { checkRun, type ImportParts } from "./check-run.ts";
import { removeParts } from "./file.ts";
import { importScope, type Job, type JobPatch, keptDays } from "./jobs.ts";
import { mandateActor, RunStopped } from "./mandate.ts";
import { undoRun } from "./undo-run.ts";
import { WriteRun } from "./write-run.ts";

export interface Live {
  readonly done: number;
  readonly rowsPerSecond: number | null;
}

interface Active {
  startedAt: number;
  firstRow: number | undefined;
  done: number;
  readonly settled: Promise<void>;
}

/** Refusals that pass: the search projection still loading, the database away. */
const passing: ReadonlySet<string> = new Set(["starting", "unavailable"]);
const unforeseenTries = 5;
const hourMs = 3_600_000;

/** Milliseconds before something is tried again: the first time, and at most. */
export interface Pauses {
  readonly first: number;
  readonly longest: number;
}
const defaultPauses: Pauses = { first: 200, longest: 5000 };

class Closing extends Error {}

export class ImportRunner {
  readonly #parts: ImportParts;
  readonly #onError: (error: unknown) => void;
  readonly #pauses: Pauses;
  readonly #active = new Map<string, Active>();
  /** Checks do not wait for a long run. */
  readonly #lanes = { check: Promise.resolve(), write: Promise.resolve() };
  #closing = false;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(parts: ImportParts, onError: (error: unknown) => void, pauses: Pauses = defaultPauses) {
    this.#parts = parts;
    this.#onError = onError;
    this.#pauses = pauses;
  }

  /** Goes on with what a stop interrupted, and looks for old jobs every hour. */
  async start(): Promise<void> {
    const sweep = (): Promise<unknown> => this.sweep(new Date()).catch(this.#onError);
    this.#sweeper = setInterval(() => void sweep(), hourMs);
    this.#sweeper.unref();
    for (const job of await this.#interrupted()) this.kick(job);
    await sweep();
  }

  /** Asks until there is an answer: without it nothing would ever go on. */
  async #interrupted(): Promise<readonly Job[]> {
    const { first, longest } = this.#pauses;
    for (let pause = first; !this.#closing; pause = Math.min(pause * 2, longest)) {
      try {
        return await this.#parts.records.db.tx(importScope, (tx) => this.#parts.jobs.active(tx));
      } catch (error) {
        this.#onError(error);
        await sleep(pause);
      }
    }
    return [];
  }

  /** Ends after the batch under way; the rest is done at the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#sweeper);
    await Promise.allSettled([...this.#active.values()].map((active) => active.settled));
  }

  /** Takes up a job in state checking, running or undoing. */
  kick(job: Pick<Job, "id" | "state">): void {
    if (this.#active.has(job.id) || this.#closing) return;
    const lane = job.state === "checking" ? "check" : "write";
    const settled = this.#lanes[lane].then(() => this.#drive(job.id));
    this.#lanes[lane] = settled;
    this.#active.set(job.id, { startedAt: Date.now(), firstRow: undefined, done: 0, settled });
    void settled.finally(() => this.#active.delete(job.id));
  }

  /** Resolves when the job's present step is over, at the latest after `ms`. */
  async settled(id: string, ms: number): Promise<void> {
    const active = this.#active.get(id);
    if (active) await Promise.race([active.settled, sleep(ms, undefined, { ref: false })]);
  }

  live(id: string): Live | undefined {
    const active = this.#active.get(id);
    if (!active || active.firstRow === undefined) return undefined;
    const seconds = (Date.now() - active.startedAt) / 1000;
    const rate = seconds < 0.5 ? null : Math.round((active.done - active.firstRow) / seconds);
    return { done: active.done, rowsPerSecond: rate };
  }

  /** Never throws: what goes wrong is the job's result, or the operator's to read. */
  async #drive(id: string): Promise<void> {
    let unforeseen = 0;
    let reached = -1;
    const { first, longest } = this.#pauses;
    for (let pause = first; !this.#closing; pause = Math.min(pause * 2, longest)) {
      try {
        const job = await this.#parts.records.db.tx(importScope, (tx) => this.#parts.jobs.find(tx, id));
        if (job) await this.#step(job);
        return;
      } catch (error) {
        if (error instanceof Closing || (error instanceof RunStopped && error.why === "changed")) return;
        const problem = problemOf(error);
        // Rows changed behind the vault's back do not get better by trying.
        const damaged = error instanceof TagBroken || error instanceof SealBroken;
        if (damaged) this.#onError(error);
        const ours = problem !== undefined || error instanceof RunStopped || damaged;
        if (!ours) {
          this.#onError(error);
          const done = this.#active.get(id)?.done ?? 0;
          unforeseen = done > reached ? 1 : unforeseen + 1;
          reached = done;
        }
        // What nobody foresaw, such as a lost connection, is tried again as long as there is progress.
        if (ours ? !problem || !passing.has(problem.code) : unforeseen >= unforeseenTries) {
          const why = error instanceof RunStopped ? error.why : damaged ? "damaged" : (problem?.code ?? "internal");
          try {
            return await this.#fail(id, why, problem);
          } catch (unrecorded) {
            // Whoever looks at the job is told that it runs, so it has to.
            this.#onError(unrecorded);
          }
        }
        await sleep(pause);
      }
    }
  }

  async #step(job: Job): Promise<void> {
    const progress = (rows: number): void => {
      const active = this.#active.get(job.id);
      if (active) {
        // Rows read again after a stop are no measure.
        if (active.firstRow === undefined) {
          active.firstRow = rows;
          active.startedAt = Date.now();
        }
        active.done = rows;
      }
      if (this.#closing) throw new Closing();
    };
    const { jobs, records } = this.#parts;
    if (job.state === "checking") {
      await records.db.tx(importScope, (tx) => removeRefused(tx, job.id));
      const { report, headings } = await checkRun(this.#parts, job, progress);
      const keys = await records.db.tx(importScope, (tx) => jobs.keys(tx, job.id));
      const settings = jobs.seal(keys, job.id, "settings", { ...jobs.settings(keys, job), headings });
      await this.#settle(
        job,
        { action: "import.checked" },
        {
          state: "checked",
          settings,
          report: jobs.seal(keys, job.id, "report", report),
          totalRows: report.rows,
        },
      );
    } else if (job.state === "running") {
      const done = await WriteRun.run(this.#parts, job, progress);
      const counts = { written: done.createdRows + done.updatedRows };
      await this.#settle(done, { action: "import.done", counts }, { state: "done", finishedAt: new Date() }, true);
    } else if (job.state === "undoing") {
      const done = await undoRun(this.#parts, job, progress);
      const counts = { written: done.undoRemoved + done.undoRestored };
      await this.#settle(done, { action: "import.undone", counts }, { state: "undone", finishedAt: new Date() });
    }
  }

  async #settle(
    job: Job,
    what: Pick<EntryDraft, "action" | "counts">,
    patch: JobPatch,
    removeFile = false,
  ): Promise<void> {
    const { jobs, records } = this.#parts;
    await records.db.tx(importScope, async (tx) => {
      const { change } = await jobs.update(tx, job, patch);
      // The file holds everybody in it; what is still needed of it stands in the records and the error rows.
      if (removeFile) await removeParts(tx, job.id);
      await records.ledger.insert(tx, [
        { ...what, at: new Date(), actor: mandateActor(job), object: job.object, result: "ok", rows: [change] },
      ]);
    });
  }

  async #fail(id: string, failure: string, problem: Problem | undefined): Promise<void> {
    const { jobs, records } = this.#parts;
    const job = await records.db.tx(importScope, (tx) => jobs.find(tx, id));
    if (!job || (job.state !== "checking" && job.state !== "running" && job.state !== "undoing")) return;
    const row = problem?.extra?.["row"];
    // A failed check can be tried with other settings.
    await this.#settle(
      job,
      { action: "import.failed" },
      {
        state: job.state === "checking" ? "analysed" : "failed",
        failure,
        failureRow: typeof row === "number" ? row : 0,
        finishedAt: job.state === "checking" ? null : new Date(),
      },
    );
  }

  /** Empties jobs older than 30 days, and uploads nobody ran for a day: their key is destroyed. */
  async sweep(now: Date): Promise<number> {
    const { jobs, records } = this.#parts;
    const dayMs = 24 * hourMs;
    const old = await records.db.tx(importScope, (tx) =>
      jobs.old(tx, new Date(now.getTime() - keptDays * dayMs), new Date(now.getTime() - dayMs)),
    );
    for (const job of old) {
      await records.db.tx(importScope, async (tx) => {
        await removeParts(tx, job.id);
        await removeRefused(tx, job.id);
        await removeWritten(tx, job.id);
        const ended =
          job.state === "uploading" || job.state === "uploaded" || job.state === "analysed" || job.state === "checked";
        const { change } = await jobs.update(tx, job, { emptiedAt: now, ...(ended && { state: "cancelled" }) });
        await records.keyring.destroySubject(tx, job.id);
        await records.ledger.insert(tx, [
          {
            action: "import.emptied",
            at: now,
            actor: { kind: "system" },
            object: job.object,
            result: "ok",
            rows: [change],
          },
        ]);
      });
    }
    return old.length;
  }
}
