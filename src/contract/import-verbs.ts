// The vault's verbs about imports: a file comes in sealed parts, is looked at, tried without writing anything, run under
// a mandate and, while it is kept, taken back. A job is seen by the person who made it and by nobody else.
import { z } from "zod";
import { fieldKey, instant, objectKey, uuid } from "./ids.ts";
import { type FieldReason, fieldReasons } from "./problem.ts";
import { defineVerbs } from "./verb.ts";

/** Bytes of every part of an upload but the last. */
export const importPartBytes = 4 * 1024 * 1024;
/** Largest file: 512 MiB. */
export const importMaxBytes = 128 * importPartBytes;
export const importMaxColumns = 500;
/** Longest cell, in UTF-16 units; as in Excel. */
export const importMaxCell = 32_768;

export const importStates = [
  "uploading",
  "uploaded",
  "analysed",
  "checking",
  "checked",
  "running",
  "done",
  "failed",
  "undoing",
  "undone",
  "cancelled",
] as const;
export type ImportState = (typeof importStates)[number];

/** insert: every row is new. update: every row changes the record its key names. upsert: either. */
export const importModes = ["insert", "update", "upsert"] as const;
export type ImportMode = (typeof importModes)[number];

export const importEncodings = ["utf-8", "utf-16le", "utf-16be", "gb18030", "windows-1252"] as const;
export type ImportEncoding = (typeof importEncodings)[number];

/** Those that are looked for; a person may name any other. */
export const importDelimiters = [",", ";", "\t", "|"] as const;
/** One character, no quote and no line end. */
const importDelimiter = z.string().regex(/^[\t -!#-\ud7ff\ue000-\ufffd]$/u);

/** Which part stands first in dates like 03-04-2026. */
export const dateOrders = ["dmy", "mdy", "ymd"] as const;
export type DateOrder = (typeof dateOrders)[number];

const reason = z.enum(Object.keys(fieldReasons) as [FieldReason, ...FieldReason[]]); // keys of a const object
const params = z.record(z.string(), z.union([z.string(), z.number()]));

const rowProblem = z.strictObject({
  /** As a spreadsheet counts: the header is row 1. */
  row: z.int(),
  /** Heading of the column; null when the whole row is meant. */
  column: z.string().nullable(),
  field: fieldKey.nullable(),
  reason,
  params,
  /** What stands in the cell, shortened; null when the whole row is meant. */
  value: z.string().nullable(),
});
export type ImportRowProblem = z.infer<typeof rowProblem>;

const checkReport = z.strictObject({
  rows: z.int(),
  create: z.int(),
  update: z.int(),
  /** Rows whose record has these values already. */
  skip: z.int(),
  bad: z.int(),
  /** The first 200. */
  problems: z.array(rowProblem),
  /** How often each reason stands in each column. */
  reasons: z.array(z.strictObject({ column: z.string().nullable(), reason, count: z.int() })),
  /** Values that are no option of a choice field, most frequent first, at most 200; `suggestion` is a key of an option. */
  choices: z.array(
    z.strictObject({
      column: z.string(),
      field: fieldKey,
      value: z.string(),
      count: z.int(),
      suggestion: z.string().nullable(),
    }),
  ),
});
export type ImportReport = z.infer<typeof checkReport>;

const columnChoice = z.strictObject({
  index: z
    .int()
    .min(0)
    .max(importMaxColumns - 1),
  /** Null: the column is not imported. */
  field: fieldKey.nullable(),
  dateOrder: z.enum(dateOrders).optional(),
});

const analysis = z.strictObject({
  encoding: z.enum(importEncodings),
  delimiter: importDelimiter,
  /** The first row holds headings. */
  header: z.boolean(),
  columns: z.array(
    z.strictObject({
      index: z.int(),
      name: z.string(),
      /** Up to three different values. */
      samples: z.array(z.string()),
      field: fieldKey.nullable(),
      dateOrder: z.enum(dateOrders).nullable(),
    }),
  ),
  /** A field that suits as key, when one is mapped: unique ones first, then the name. */
  key: fieldKey.nullable(),
});
export type ImportAnalysis = z.infer<typeof analysis>;

export const importView = z.strictObject({
  object: objectKey,
  id: uuid,
  version: z.int(),
  state: z.enum(importStates),
  fileName: z.string(),
  size: z.int(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  mode: z.enum(importModes).nullable(),
  key: fieldKey.nullable(),
  /** Rows of the file dealt with so far by the present step (check, run or undo), and in all where known. */
  progress: z.strictObject({ done: z.int(), total: z.int().nullable(), rowsPerSecond: z.int().nullable() }),
  counts: z.strictObject({ created: z.int(), updated: z.int(), skipped: z.int(), bad: z.int() }),
  /** What taking it back did; kept: records that somebody has changed since. */
  undo: z.strictObject({ removed: z.int(), restored: z.int(), kept: z.int() }).nullable(),
  canUndo: z.boolean(),
  /** Until when error file and undo are kept. */
  keptUntil: instant.nullable(),
  /** Why it failed: a problem code. */
  failure: z.string().nullable(),
  /** Where it failed, 0 when that has no place. */
  failureRow: z.int(),
});
export type ImportView = z.infer<typeof importView>;

export const importSettings = z.strictObject({
  mode: z.enum(importModes),
  /** The field by which update and upsert find records. */
  key: fieldKey.nullable().default(null),
  encoding: z.enum(importEncodings),
  delimiter: importDelimiter,
  header: z.boolean(),
  columns: z.array(columnChoice).min(1).max(importMaxColumns),
  /** By field: how a value of the file is to be read, for example {"industry": {"technolgy": "technology"}}. */
  fixes: z.record(fieldKey, z.record(z.string().max(200), z.string().max(60))).default({}),
  /** Language of suggestions in problems and of the error file. */
  language: z.enum(["zh", "en"]),
  /** Minutes east of UTC in which the file's times are meant. */
  utcOffset: z.int().min(-840).max(840).default(0),
});
export type ImportSettings = z.infer<typeof importSettings>;

const one = { object: objectKey, id: uuid };
/** What a run or its undoing writes is metered by its mandate. */
const importer = { effect: "write", permission: { record: "import" }, meter: "none", stepUp: "none" } as const;
const looker = { ...importer, effect: "read" } as const;

/** How far the file of refused rows was read: a batch, and how many of its rows. */
const refusedPlace = z.strictObject({ batch: z.int().min(0), rows: z.int().min(0) });
/** Some of the refused rows as CSV; `next` is where the rest begins. */
const refusedPage = z.strictObject({ csv: z.string(), next: refusedPlace.nullable() });
export type ImportRefusedPage = z.infer<typeof refusedPage>;

export const importVerbs = defineVerbs({
  "import.create": {
    ...importer,
    input: z.strictObject({
      object: objectKey,
      fileName: z.string().trim().min(1).max(255),
      size: z.int().min(1).max(importMaxBytes),
    }),
    output: importView,
  },
  /** Part `index` (from 0); the same part may be sent again until the file is complete. */
  "import.part": {
    ...importer,
    input: z.strictObject({ ...one, index: z.string().regex(/^\d{1,3}$/u), data: z.instanceof(Uint8Array) }),
    output: z.strictObject({ received: z.int(), missing: z.int() }),
  },
  /** Looks at the beginning of the file. What is given is taken as it is instead of being detected. */
  "import.analyse": {
    ...importer,
    input: z.strictObject({
      ...one,
      encoding: z.enum(importEncodings).optional(),
      delimiter: importDelimiter.optional(),
      header: z.boolean().optional(),
    }),
    output: z.strictObject({ import: importView, analysis }),
  },
  /** Tries the whole file and writes nothing. Answers `checking` when that takes longer; `import.status` tells when it is over. */
  "import.check": { ...importer, input: z.strictObject({ ...one, settings: importSettings }), output: importView },
  /** Runs what was checked: `version` is that of the job whose check the person saw. Signs the mandate. */
  "import.start": {
    ...importer,
    stepUp: "act",
    input: z.strictObject({ ...one, version: z.int() }),
    output: importView,
  },
  "import.status": { ...looker, logged: false, input: z.strictObject(one), output: importView },
  /** What the dry run found, with values of the file; null before it is over. */
  "import.report": {
    ...looker,
    input: z.strictObject(one),
    output: z.strictObject({ check: checkReport.nullable() }),
  },
  /** The bad rows with their reasons as CSV text, page by page: from `after`, 0 first, then what `next` said. */
  "import.errors": {
    ...looker,
    input: z.strictObject({ ...one, after: refusedPlace.nullable() }),
    output: refusedPage,
  },
  /** Removes what was created and sets back what was changed, except where somebody has changed it since. */
  "import.undo": { ...importer, stepUp: "act", input: z.strictObject(one), output: importView },
  "import.cancel": { ...importer, input: z.strictObject(one), output: importView },
  "import.list": {
    ...looker,
    logged: false,
    input: z.strictObject({ object: objectKey }),
    output: z.strictObject({ imports: z.array(importView) }),
  },
});
export type ImportVerbs = typeof importVerbs;
