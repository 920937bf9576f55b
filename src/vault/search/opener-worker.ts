// Opens sealed rows for a rebuild, beside the search worker, so that the vault's event loop and the searches stay free.
// A row whose tag, key or seal does not hold is left out and named.
import { type MessagePort, parentPort } from "node:worker_threads";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { type KeyMaterial, unwrapSubjectsClass } from "../keys/key-material.ts";
import { openValue } from "../keys/seal.ts";
import { checkTag, lookupTag } from "../keys/tag.ts";
import { type Values, checkSealed, factsOf, tagFields } from "../records/row.ts";
import { fromColumn } from "../records/values.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";
import { type LookupTag, restrictedCells } from "./restricted.ts";
import { type PackedRow, type RebuildPass, openableFields, rowsOf } from "./rebuild-page.ts";
import type { OpenedBatch, OpenerAnswer, OpenerRequest } from "./search-messages.ts";

if (!parentPort) throw new Error("opener-worker runs as a worker thread");
const parent = parentPort;

let definition: ObjectDefinition | undefined;
let material: { class2: Map<number, Uint8Array>; class3: Map<number, Uint8Array> } | undefined;
let keys: KeyMaterial | undefined;
let lookup: LookupTag | undefined;
let tagKey: Uint8Array | undefined;
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
  tagKey = given.tag;
  lookup = (kind, normalised) => lookupTag(given.lookup, kind, normalised);
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
    case "end":
      port?.removeAllListeners();
      port?.close();
      port = undefined;
      opened.clear();
      break;
    case "material":
      useMaterial(request.material);
      newMaterial?.();
      break;
    case "open":
      work = work
        .then(() => openPage(request.batch, request.pass, request.page))
        .catch((error: unknown) => say({ is: "failed", error: error instanceof Error ? error.name : "error" }));
      break;
  }
});

async function openPage(batch: number, pass: RebuildPass, text: string): Promise<void> {
  if (!definition || !port) throw new Error("not started");
  const fields = openableFields(definition, pass);
  const page = rowsOf(text);
  const values: ProjectedValue[][] = [];
  const rows: ProjectionRow[] = [];
  const outcome = { rows: page.length, broken: [] as string[], erased: 0 };
  const subjectKeys = await keysOf(pass, page);
  for (const [place, packed] of page.entries()) {
    if (packed[14] === "" && packed[16] !== "") outcome.erased++;
    const found = openRow(definition.key, pass, fields, packed, subjectKeys[place]);
    if (found === undefined) {
      outcome.broken.push(packed[0]);
      continue;
    }
    rows.push(found.row);
    values.push(found.values);
  }
  opened.set(batch, outcome);
  port.postMessage({ batch, pass, object: definition.key, keys: fields.keys, rows, values } satisfies OpenedBatch);
}

/** For each row the key that its seal was made with: null when there is none, undefined when it does not unwrap. */
async function keysOf(pass: RebuildPass, page: readonly PackedRow[]): Promise<(Buffer | null | undefined)[]> {
  const wrapped = page.flatMap(([, , subjectId, , , , , , , , , , , , version, key, sealed]) =>
    version === "" || key === "" || sealed === ""
      ? []
      : [{ subjectId, version: Number(version), wrapped: bytesOf(key) }],
  );
  const level = pass === "rows" ? 2 : 3;
  const known = (): boolean => {
    const versions = level === 2 ? material?.class2 : material?.class3;
    return wrapped.every(({ version }) => versions?.has(version));
  };
  if (!known()) await askForMaterial();
  const found = keys ? unwrapSubjectsClass(keys, level, wrapped) : [];
  let next = 0;
  return page.map((row) => (row[14] === "" || row[15] === "" || row[16] === "" ? null : found[next++]));
}

/** undefined when the row's tag, key or seal does not hold. */
function openRow(
  object: string,
  pass: RebuildPass,
  fields: ReturnType<typeof openableFields>,
  packed: PackedRow,
  key: Buffer | null | undefined,
): { row: ProjectionRow; values: ProjectedValue[] } | undefined {
  const [id, , subjectId, , , , , , , , , , tag, facts, , , sealed, stored] = packed;
  const [owner, department, createdBy, updatedBy] = [
    packed[3] || null,
    packed[4] || null,
    packed[6] || null,
    packed[8] || null,
  ];
  const [version, createdAt, updatedAt] = [Number(packed[1]), Number(packed[5]), Number(packed[7])];
  const deletedAt = packed[9] === "" ? null : Number(packed[9]);
  const [seal2, seal3] = [Number(packed[10]), Number(packed[11])];
  if (!tagKey || key === undefined) return undefined;
  try {
    const place = { id, subject_id: subjectId, owner_id: owner, department_id: department, version };
    const made = { created_at: new Date(createdAt), created_by: createdBy };
    const changed = { updated_at: new Date(updatedAt), updated_by: updatedBy };
    const deleted = { deleted_at: deletedAt === null ? null : new Date(deletedAt) };
    checkTag(
      tagKey,
      object,
      tagFields({ ...place, ...made, ...changed, ...deleted, facts, seal2, seal3 }),
      bytesOf(tag),
    );
    const columns = JSON.parse(stored) as unknown[]; // made by pageStatement
    const values: ProjectedValue[] = fields.stored.map((field, index) => storedValue(field, columns[index]));
    // Only this pass reads the columns.
    if (pass === "rows") {
      const plain = Object.fromEntries(fields.stored.map((field, index) => [field.key, values[index] as FieldValue]));
      if (factsOf({ fields: fields.stored }, plain) !== facts) return undefined;
    }
    const seal = { object, recordId: id, ...(pass === "rows" ? class2(seal2) : class3(seal3)) } as const;
    checkSealed(sealed || null, seal.sealVersion);
    // An erased subject has no key any more, and its values are gone with it. What records seals is values by field key.
    const opened = sealed === "" || key === null ? {} : (openValue(key, seal, bytesOf(sealed)) as Values);
    for (const field of fields.sealed) {
      values.push(seal.class === 2 ? (opened[field.key] ?? null) : restrictedOf(field, opened[field.key]));
    }
    const row = { id, version, owner, department, createdAt, createdBy, updatedAt, updatedBy };
    return { row: { ...row, deleted: deletedAt !== null }, values };
  } catch {
    return undefined;
  }
}

const class2 = (sealVersion: number) => ({ class: 2, sealVersion }) as const;
const class3 = (sealVersion: number) => ({ class: 3, sealVersion }) as const;

function bytesOf(text: string): Buffer {
  return Buffer.from(text, "hex");
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
