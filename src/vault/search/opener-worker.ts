// Opens sealed rows for a rebuild, beside the search worker, so that the vault's event loop and the searches stay free.
// A row whose tag, key or seal does not hold is left out and named.
import type { KeyObject } from "node:crypto";
import { type MessagePort, parentPort } from "node:worker_threads";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { KeyVersionUnknown } from "../keys/broken.ts";
import { type KeyMaterial, type SubjectKeyRow, unwrapSubjectClass } from "../keys/key-material.ts";
import { secretKey } from "../keys/primitives.ts";
import { openValue } from "../keys/seal.ts";
import { checkTag, lookupTag } from "../keys/tag.ts";
import { type Values, tagFields } from "../records/row.ts";
import { fromColumn } from "../records/values.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";
import { type LookupTag, restrictedCells } from "./restricted.ts";
import { openableFields } from "./sealed-batch.ts";
import type {
  OpenedBatch,
  OpenerAnswer,
  OpenerRequest,
  RebuildPass,
  SealedBatch,
  SealedRow,
} from "./search-messages.ts";

if (!parentPort) throw new Error("opener-worker runs as a worker thread");
const parent = parentPort;

let definition: ObjectDefinition | undefined;
let material: { class2: Map<number, Uint8Array>; class3: Map<number, Uint8Array> } | undefined;
let keys: KeyMaterial | undefined;
let lookup: LookupTag | undefined;
let tagKey: KeyObject | undefined;
let port: MessagePort | undefined;
let newMaterial: (() => void) | undefined;
let work: Promise<void> = Promise.resolve();

/** Batches whose outcome waits until the search worker has stored them. */
const opened = new Map<number, { rows: number; broken: string[]; erased: number }>();

const say = (answer: OpenerAnswer): void => parent.postMessage(answer);

/** Older versions stay: rows read before a rotation are still on their way. */
function useMaterial(given: KeyMaterial): void {
  material = {
    class2: new Map([...(material?.class2 ?? []), ...given.class2]),
    class3: new Map([...(material?.class3 ?? []), ...given.class3]),
  };
  keys = { ...given, ...material };
  tagKey = secretKey(given.tag);
  const key = secretKey(given.lookup);
  lookup = (kind, normalised) => lookupTag(key, kind, normalised);
}

parent.on("message", (request: OpenerRequest) => {
  switch (request.to) {
    case "start":
      useMaterial(request.material);
      definition = request.object;
      port = request.port;
      port.on("message", (batch: number) => {
        const outcome = opened.get(batch);
        opened.delete(batch);
        if (outcome) say({ is: "stored", batch, ...outcome });
      });
      // The search worker died.
      port.on("close", () => say({ is: "failed", error: "the search worker ended" }));
      break;
    case "material":
      useMaterial(request.material);
      newMaterial?.();
      break;
    case "open":
      work = work
        .then(() => openBatch(request.sealed))
        .catch((error: unknown) => say({ is: "failed", error: error instanceof Error ? error.name : "error" }));
      break;
  }
});

async function openBatch(sealed: SealedBatch): Promise<void> {
  if (!definition || !port) throw new Error("not started");
  const { pass } = sealed;
  const fields = openableFields(definition, pass);
  const bytes = reader(sealed.bytes);
  const rows = sealed.rows.map((row): OpenableRow => ({ row, sealed: bytes(row[4][2]), tag: bytes(row[4][3]) }));
  const subjects = new Map(sealed.subjects.map(([id, version, length]) => [id, keyRow(id, version, bytes(length))]));
  const values: ProjectedValue[][] = [];
  const heads: ProjectionRow[] = [];
  const outcome = { rows: rows.length, broken: [] as string[], erased: 0 };
  for (const one of rows) {
    const [head, subjectId] = one.row;
    const subject = subjects.get(subjectId);
    if (!subject && one.sealed.length > 0) outcome.erased++;
    let found = openRow(definition.key, pass, fields, one, subject);
    if (found === "needs material") {
      await askForMaterial();
      found = openRow(definition.key, pass, fields, one, subject);
    }
    if (typeof found === "string") {
      outcome.broken.push(head.id);
      continue;
    }
    heads.push(head);
    values.push(found);
  }
  opened.set(sealed.batch, outcome);
  port.postMessage({
    batch: sealed.batch,
    pass,
    object: sealed.object,
    keys: fields.keys,
    rows: heads,
    values,
  } satisfies OpenedBatch);
}

/** Of one class only; the other one's key did not come along. */
function keyRow(id: string, version: number, wrapped: Uint8Array): SubjectKeyRow {
  return {
    subject_id: id,
    class2_wrapped: wrapped,
    class2_version: version,
    class3_wrapped: wrapped,
    class3_version: version,
  };
}

interface OpenableRow {
  readonly row: SealedRow;
  readonly sealed: Uint8Array;
  readonly tag: Uint8Array;
}

function openRow(
  object: string,
  pass: RebuildPass,
  fields: ReturnType<typeof openableFields>,
  { row, sealed, tag }: OpenableRow,
  subject: SubjectKeyRow | undefined,
): ProjectedValue[] | "broken" | "needs material" {
  const [head, subjectId, deletedAt, stored, [seal2, seal3]] = row;
  const level = pass === "rows" ? 2 : 3;
  try {
    if (!tagKey || !keys) return "broken";
    const place = {
      id: head.id,
      subject_id: subjectId,
      owner_id: head.owner,
      department_id: head.department,
      version: head.version,
    };
    checkTag(
      tagKey,
      object,
      tagFields({ ...place, deleted_at: deletedAt === null ? null : new Date(deletedAt), seal2, seal3 }),
      tag,
    );
    const values: ProjectedValue[] = fields.stored.map((field, index) => storedValue(field, stored[index]));
    let opened: Values = {};
    // An erased subject has no key any more, and its values are gone with it.
    if (sealed.length > 0 && subject) {
      const key = unwrapSubjectClass(keys, subject, level);
      const seal = { object, recordId: head.id, class: level, sealVersion: level === 2 ? seal2 : seal3 } as const;
      // What records seals is an object of values by field key.
      opened = openValue(key, seal, sealed) as Values;
    }
    for (const field of fields.sealed)
      values.push(level === 2 ? (opened[field.key] ?? null) : restrictedOf(field, opened[field.key]));
    return values;
  } catch (error) {
    return error instanceof KeyVersionUnknown ? "needs material" : "broken";
  }
}

/** Columns have their own form; the ext document holds values as they are. */
function storedValue(field: StoredField, stored: unknown): FieldValue {
  return field.storage.in === "ext" ? ((stored ?? null) as FieldValue) : fromColumn(field, stored);
}

function restrictedOf(field: StoredField, value: FieldValue | undefined): ProjectedValue {
  return lookup && value !== undefined ? restrictedCells(field, value, lookup) : null;
}

function askForMaterial(): Promise<void> {
  return new Promise((resolve) => {
    newMaterial = resolve;
    say({ is: "needsMaterial" });
  });
}

/** Hands out the next so many bytes. */
function reader(bytes: Uint8Array): (length: number) => Uint8Array {
  let at = 0;
  return (length) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
}
