// The verbs of imports. Each sees the caller's own jobs only; what takes longer than a request goes to the runner.
import type { ImportView } from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import { byPerson, type Call, type PersonCall } from "../call.ts";
import type { Queryable } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import type { ImportHandlers } from "../verbs.ts";
import { readRefused, removeRefused } from "./blocks.ts";
import type { ImportParts } from "./check-run.ts";
import { detectDelimiter, detectHeader, sampleRows } from "./detect.ts";
import { errorHeader, errorLine } from "./error-file.ts";
import { removeParts, sampleFile, writePart } from "./file.ts";
import { importScope, type Job, none } from "./jobs.ts";
import { importableFields, proposeColumns, proposeKey } from "./mapping.ts";
import { mandate } from "./mandate.ts";
import { makePlan } from "./plan.ts";
import type { ImportRunner } from "./runner.ts";
import { headingOf } from "./tally.ts";

/** Imports a person may have open at once. */
const maxOpen = 20;
/** How long a check is waited for before the answer says that it goes on. */
const checkWaitMs = 2500;
/** UTF-16 units of an error page. */
const pageLength = 1_000_000;

export function importHandlers(parts: ImportParts, runner: ImportRunner): ImportHandlers {
  const { records, jobs } = parts;
  const { db } = records;
  const ownerOf = (call: PersonCall, object: string) => ({ object, personId: call.identity.userId });
  const view = (q: Queryable, job: Job): Promise<ImportView> => jobs.view(q, job, runner.live(job.id));
  const read = <T>(work: (q: Queryable) => Promise<T>): Promise<T> => db.tx(importScope, work);
  /** Changes a job of the caller in one transaction, with its entry. */
  const change = async (
    given: Call,
    input: { object: string; id: string },
    action: string,
    work: Parameters<typeof changeIn>[5],
  ): Promise<Job> => {
    const call = byPerson(given);
    return call.write((tx) => changeIn(call, parts, tx, ownerOf(call, input.object), { id: input.id, action }, work));
  };

  return {
    "import.create": async (given, input) => {
      const call = byPerson(given);
      const object = records.schema.load(input.object);
      if (importableFields(object, call.access).length === 0) throw new Problem("not_allowed");
      const { row } = await call.write(async (tx) => {
        if ((await jobs.unfinished(tx, call.identity.userId)) >= maxOpen) throw new Problem("limit_reached");
        const made = await jobs.create(tx, {
          id: uuidv7(),
          object: object.key,
          personId: call.identity.userId,
          createdAt: call.now,
          size: input.size,
          fileName: input.fileName,
        });
        call.note({ action: "import.create", object: object.key, result: "ok", rows: [made.change] });
        return made;
      });
      return read((q) => view(q, row));
    },

    "import.part": async (given, input) => {
      const call = byPerson(given);
      const index = Number(input.index);
      const missing = await call.write(async (tx) => {
        const job = await jobs.load(tx, input.id, ownerOf(call, input.object), true);
        if (job.state !== "uploading") throw new Problem("conflict");
        const left = await writePart(tx, job, await jobs.keys(tx, job.id), index, input.data);
        if (left > 0) return left;
        const updated = await jobs.update(tx, job, { state: "uploaded" });
        call.note({ action: "import.upload", object: job.object, result: "ok", rows: [updated.change] });
        return left;
      });
      return { received: index, missing };
    },

    "import.analyse": async (given, input) => {
      const call = byPerson(given);
      const { job: loaded, keys } = await read(async (q) => ({
        job: await jobs.load(q, input.id, ownerOf(call, input.object)),
        keys: await jobs.keys(q, input.id),
      }));
      if (!["uploaded", "analysed", "checked"].includes(loaded.state)) throw new Problem("conflict");
      const { encoding, text } = await sampleFile(db, loaded, keys, input.encoding);
      const delimiter = input.delimiter ?? detectDelimiter(text);
      const rows = sampleRows(text, delimiter);
      if (rows.length === 0) throw new Problem("file_unreadable", { extra: { because: "empty" } });
      const header = input.header ?? detectHeader(rows);
      const object = records.schema.load(input.object);
      const columns = proposeColumns(object, importableFields(object, call.access), rows, header);
      const job = await change(call, input, "import.analyse", (one) =>
        ["uploaded", "analysed", "checked"].includes(one.state)
          ? { state: "analysed", report: null, failure: null, failureRow: 0 }
          : undefined,
      );
      const key = proposeKey(
        object,
        columns.flatMap((column) => column.field ?? []),
      );
      return { import: await read((q) => view(q, job)), analysis: { encoding, delimiter, header, columns, key } };
    },

    "import.check": async (given, input) => {
      const call = byPerson(given);
      const { settings } = input;
      // The job comes first: what is wrong with the settings is nobody's business who has none.
      const keys = await read(async (q) => {
        await jobs.load(q, input.id, ownerOf(call, input.object));
        return jobs.keys(q, input.id);
      });
      makePlan(records.schema, records.schema.load(input.object), call.access, settings);
      const sealed = jobs.seal(keys, input.id, "settings", {
        ...settings,
        confirmed: call.identity.confirmed,
        headings: [],
      });
      const job = await change(call, input, "import.check", (one) =>
        ["uploaded", "analysed", "checked"].includes(one.state)
          ? {
              ...none,
              state: "checking",
              settings: sealed,
              report: null,
              mode: settings.mode,
              keyField: settings.mode === "insert" ? null : settings.key,
              totalRows: 0,
            }
          : undefined,
      );
      runner.kick(job);
      await runner.settled(job.id, checkWaitMs);
      return read(async (q) => view(q, await jobs.load(q, input.id, ownerOf(call, input.object))));
    },

    "import.start": async (given, input) => {
      const call = byPerson(given);
      const job = await change(call, input, "import.start", async (one, tx) => {
        if ((one.state !== "checked" && one.state !== "failed") || one.version !== input.version) return undefined;
        if (one.state === "checked") await removeRefused(tx, one.id);
        return {
          state: "running",
          failure: null,
          failureRow: 0,
          startedAt: one.startedAt ?? call.now,
          finishedAt: null,
          ...mandate("import.start", one, one.totalRows, signedBy(call)),
        };
      });
      runner.kick(job);
      return read((q) => view(q, job));
    },

    "import.status": async (given, input) => {
      const call = byPerson(given);
      return read(async (q) => view(q, await jobs.load(q, input.id, ownerOf(call, input.object))));
    },

    "import.report": async (given, input) => {
      const call = byPerson(given);
      return read(async (q) => {
        const job = await jobs.load(q, input.id, ownerOf(call, input.object));
        return { check: await jobs.report(q, job) };
      });
    },

    "import.errors": async (given, input) => {
      const call = byPerson(given);
      const object = records.schema.load(input.object);
      return read(async (q) => {
        const job = await jobs.load(q, input.id, ownerOf(call, input.object));
        const keys = await jobs.keys(q, job.id);
        const { headings, language } = jobs.settings(keys, job);
        let csv = "";
        let { batch, rows } = input.after ?? { batch: 0, rows: 0 };
        for (;;) {
          const block = await readRefused(q, keys, job.id, batch);
          const width = Math.max(headings.length, block?.rows[0]?.cells.length ?? 0);
          if (input.after === null && csv === "")
            csv = errorHeader(
              Array.from({ length: width }, (_, index) => headingOf(headings[index], index)),
              language,
            );
          if (!block) return { csv, next: null };
          if (block.batch > batch) rows = 0;
          for (const row of block.rows.slice(rows)) {
            if (csv.length > pageLength) return { csv, next: { batch: block.batch, rows } };
            csv += errorLine(object, row, width, language);
            rows++;
          }
          batch = block.batch + 1;
          rows = 0;
        }
      });
    },

    "import.undo": async (given, input) => {
      const call = byPerson(given);
      const job = await change(call, input, "import.undo", (one) => {
        const written = one.createdRows + one.updatedRows;
        if (!["done", "failed", "cancelled"].includes(one.state) || written === 0 || one.emptiedAt !== null)
          return undefined;
        return {
          state: "undoing",
          failure: null,
          failureRow: 0,
          ...mandate("import.undo", one, written, signedBy(call)),
        };
      });
      runner.kick(job);
      await runner.settled(job.id, checkWaitMs);
      return read(async (q) => view(q, await jobs.load(q, input.id, ownerOf(call, input.object))));
    },

    "import.cancel": async (given, input) => {
      const job = await change(given, input, "import.cancel", async (one, tx) => {
        if (!["uploading", "uploaded", "analysed", "checking", "checked", "running"].includes(one.state))
          return undefined;
        await removeParts(tx, one.id);
        if (one.state !== "running") await removeRefused(tx, one.id);
        return { state: "cancelled", finishedAt: given.now };
      });
      return read((q) => view(q, job));
    },

    "import.list": async (given, input) => {
      const call = byPerson(given);
      return read(async (q) => {
        const imports = [];
        for (const job of await jobs.list(q, ownerOf(call, input.object))) imports.push(await view(q, job));
        return { imports };
      });
    },
  };
}

function signedBy(call: PersonCall) {
  return { by: call.identity.userId, device: call.identity.device.id, request: call.requestId, now: call.now };
}

type Patch = Parameters<ImportParts["jobs"]["update"]>[2];
type Tx = Parameters<ImportParts["jobs"]["update"]>[0];

/** Throws Problem `conflict` where `work` has no patch for the job as it stands. */
async function changeIn(
  call: PersonCall,
  { jobs }: ImportParts,
  tx: Tx,
  owner: { object: string; personId: string },
  what: { id: string; action: string },
  work: (job: Job, tx: Tx) => Patch | undefined | Promise<Patch | undefined>,
): Promise<Job> {
  const job = await jobs.load(tx, what.id, owner, true);
  const patch = await work(job, tx);
  if (!patch) throw new Problem("conflict");
  const updated = await jobs.update(tx, job, patch);
  call.note({ action: what.action, object: job.object, result: "ok", rows: [updated.change] });
  return updated.row;
}
