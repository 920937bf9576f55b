// The rows of import jobs: tagged, their texts sealed with the job's own key, seen by the person who made them only.
import type { ImportMode, ImportReport, ImportSettings, ImportState, ImportView } from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import { type Queryable, systemScope, type Tx } from "../db/database.ts";
import { type Stored, TaggedTable, type Written } from "../identity/tagged-table.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import type { Keyring } from "../keys/keyring.ts";
import { openValue, sealValue } from "../keys/seal.ts";

/** Days that file, error rows and the way back are kept. */
export const keptDays = 30;

export const importScope = systemScope("import");

type Row = {
  readonly id: string;
  readonly version: number;
  readonly object: string;
  readonly personId: string;
  readonly createdAt: Date;
  readonly state: ImportState;
  readonly size: number;
  readonly name: Buffer;
  readonly settings: Buffer | null;
  readonly report: Buffer | null;
  readonly mode: ImportMode | null;
  readonly keyField: string | null;
  readonly totalRows: number;
  readonly doneRows: number;
  readonly batches: number;
  readonly createdRows: number;
  readonly updatedRows: number;
  readonly skippedRows: number;
  readonly badRows: number;
  readonly mandateId: string | null;
  readonly mandateVerbs: string | null;
  readonly mandateScope: string | null;
  readonly mandateMeter: number | null;
  readonly mandateExpiresAt: Date | null;
  readonly signedBy: string | null;
  readonly signedDevice: string | null;
  readonly signedRequest: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly failure: string | null;
  readonly failureRow: number;
  readonly undoRemoved: number;
  readonly undoRestored: number;
  readonly undoKept: number;
  readonly emptiedAt: Date | null;
};
export type Job = Stored<Row>;
export type JobPatch = Partial<Omit<Row, "id" | "version">>;

const columns: { readonly [K in keyof Omit<Row, "id" | "version">]-?: string } = {
  object: "object",
  personId: "person_id",
  createdAt: "created_at",
  state: "state",
  size: "size",
  name: "name",
  settings: "settings",
  report: "report",
  mode: "mode",
  keyField: "key_field",
  totalRows: "total_rows",
  doneRows: "done_rows",
  batches: "batches",
  createdRows: "created_rows",
  updatedRows: "updated_rows",
  skippedRows: "skipped_rows",
  badRows: "bad_rows",
  mandateId: "mandate_id",
  mandateVerbs: "mandate_verbs",
  mandateScope: "mandate_scope",
  mandateMeter: "mandate_meter",
  mandateExpiresAt: "mandate_expires_at",
  signedBy: "signed_by",
  signedDevice: "signed_device",
  signedRequest: "signed_request",
  startedAt: "started_at",
  finishedAt: "finished_at",
  failure: "failure",
  failureRow: "failure_row",
  undoRemoved: "undo_removed",
  undoRestored: "undo_restored",
  undoKept: "undo_kept",
  emptiedAt: "emptied_at",
};

/** What of the settings only this room knows. */
export interface StoredSettings extends ImportSettings {
  /** Whether the device that asked may see full values. */
  readonly confirmed: boolean;
  /** Of the file; known once it was checked. */
  readonly headings: readonly string[];
}

type Text = "name" | "settings" | "report";

export class Jobs {
  readonly #keyring: Keyring;
  readonly #table: TaggedTable<Row>;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
    this.#table = new TaggedTable<Row>(keyring, "import_job", columns);
  }

  /** Makes the job and its key. */
  async create(
    tx: Tx,
    job: { id: string; object: string; personId: string; createdAt: Date; size: number; fileName: string },
  ): Promise<Written<Row>> {
    const keys = await this.#keyring.createSubject(tx, job.id);
    const { fileName, ...given } = job;
    return this.#table.insert(tx, {
      ...given,
      state: "uploading",
      name: sealText(keys, job.id, "name", fileName),
      settings: null,
      report: null,
      mode: null,
      keyField: null,
      totalRows: 0,
      ...none,
      mandateId: null,
      mandateVerbs: null,
      mandateScope: null,
      mandateMeter: null,
      mandateExpiresAt: null,
      signedBy: null,
      signedDevice: null,
      signedRequest: null,
      emptiedAt: null,
    });
  }

  /** Throws Problem `not_found` unless it is this person's job about this object; locks it when `lock`. */
  async load(q: Queryable, id: string, of: { object: string; personId: string }, lock = false): Promise<Job> {
    const [job] = await this.#table.find(q, `id = $1 and object = $2 and person_id = $3${lock ? " for update" : ""}`, [
      id,
      of.object,
      of.personId,
    ]);
    if (!job) throw new Problem("not_found");
    return job;
  }

  async find(q: Queryable, id: string): Promise<Job | undefined> {
    return (await this.#table.find(q, "id = $1", [id]))[0];
  }

  /** Newest first, at most 50. */
  list(q: Queryable, of: { object: string; personId: string }): Promise<Job[]> {
    return this.#table.find(q, "object = $1 and person_id = $2 order by created_at desc limit 50", [
      of.object,
      of.personId,
    ]);
  }

  /** What a person has under way. */
  activeOf(tx: Tx, personId: string): Promise<Job[]> {
    return this.#table.find(
      tx,
      "person_id = $1 and state in ('checking', 'running', 'undoing') order by id for update",
      [personId],
    );
  }

  /** What a stop interrupted. */
  active(q: Queryable): Promise<Job[]> {
    return this.#table.find(q, "state in ('checking', 'running', 'undoing') order by id", []);
  }

  /** Finished or abandoned before the given times and not emptied yet. */
  old(q: Queryable, madeBefore: Date, abandonedBefore: Date): Promise<Job[]> {
    return this.#table.find(
      q,
      "emptied_at is null and (created_at < $1 or (created_at < $2 and state in ('uploading', 'uploaded', 'analysed', 'checked'))) and state not in ('checking', 'running', 'undoing') order by id limit 50",
      [madeBefore, abandonedBefore],
    );
  }

  async unfinished(q: Queryable, personId: string): Promise<number> {
    const [row] = await q.query<{ n: number }>(
      "select count(*) as n from vault.import_job where person_id = $1 and emptied_at is null and state in ('uploading', 'uploaded', 'analysed', 'checking', 'checked', 'running')",
      [personId],
    );
    return row?.n ?? 0;
  }

  /** Throws Problem `conflict` when the job has changed since it was read. */
  update(tx: Tx, job: Job, patch: JobPatch): Promise<Written<Row>> {
    return this.#table.update(tx, job, patch);
  }

  async keys(q: Queryable, id: string): Promise<SubjectKeys> {
    const keys = (await this.#keyring.subjects(q, [id])).get(id);
    // Erased with its contents.
    if (!keys) throw new Problem("not_found");
    return keys;
  }

  seal(keys: SubjectKeys, id: string, text: Exclude<Text, "name">, value: StoredSettings | ImportReport): Buffer {
    return sealText(keys, id, text, value);
  }

  settings(keys: SubjectKeys, job: Job): StoredSettings {
    if (job.settings === null) throw new Problem("conflict");
    // Sealed by this class, so it is what was put in.
    return openText(keys, job, "settings", job.settings) as StoredSettings;
  }

  /** What the check found; null before it is over and once the job is emptied. */
  async report(q: Queryable, job: Job): Promise<ImportReport | null> {
    if (job.report === null || job.emptiedAt !== null) return null;
    // Sealed by this class.
    return openText(await this.keys(q, job.id), job, "report", job.report) as ImportReport;
  }

  /** `live`: figures of the step now running, from memory. */
  async view(q: Queryable, job: Job, live?: { done: number; rowsPerSecond: number | null }): Promise<ImportView> {
    const keys = job.emptiedAt === null ? await this.keys(q, job.id) : undefined;
    const over = job.state === "done" || job.state === "failed" || job.state === "cancelled";
    return {
      object: job.object,
      id: job.id,
      version: job.version,
      state: job.state,
      // Sealed by this class.
      fileName: keys ? (openText(keys, job, "name", job.name) as string) : "",
      size: job.size,
      createdAt: job.createdAt.toISOString(),
      startedAt: job.startedAt?.toISOString() ?? null,
      finishedAt: job.finishedAt?.toISOString() ?? null,
      mode: job.mode,
      key: job.keyField,
      progress: {
        done: job.totalRows === 0 ? (live?.done ?? 0) : Math.min(live?.done ?? job.doneRows, job.totalRows),
        total: job.totalRows === 0 ? null : job.totalRows,
        rowsPerSecond: live?.rowsPerSecond ?? null,
      },
      counts: { created: job.createdRows, updated: job.updatedRows, skipped: job.skippedRows, bad: job.badRows },
      undo:
        job.state === "undone" || job.state === "undoing"
          ? { removed: job.undoRemoved, restored: job.undoRestored, kept: job.undoKept }
          : null,
      canUndo: over && job.emptiedAt === null && job.createdRows + job.updatedRows > 0,
      keptUntil:
        job.emptiedAt === null ? new Date(job.createdAt.getTime() + keptDays * 86_400_000).toISOString() : null,
      failure: job.failure,
      failureRow: job.failureRow,
    };
  }
}

/** The state of a job that has run nothing. */
export const none = {
  doneRows: 0,
  batches: 0,
  createdRows: 0,
  updatedRows: 0,
  skippedRows: 0,
  badRows: 0,
  startedAt: null,
  finishedAt: null,
  failure: null,
  failureRow: 0,
  undoRemoved: 0,
  undoRestored: 0,
  undoKept: 0,
} as const satisfies JobPatch;

function placeOf(id: string, text: Text) {
  return { object: `import_${text}`, recordId: id, class: 2, sealVersion: 0 } as const;
}

function sealText(keys: SubjectKeys, id: string, text: Text, value: unknown): Buffer {
  return sealValue(keys.class2, placeOf(id, text), value);
}

function openText(keys: SubjectKeys, job: Job, text: Text, sealed: Buffer): unknown {
  return openValue(keys.class2, placeOf(job.id, text), sealed);
}
