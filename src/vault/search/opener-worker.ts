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
import { type Values, checkSealed, factsOf, tagFields } from "../records/row.ts";
import { fromColumn } from "../records/values.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";
import { type LookupTag, restrictedCells } from "./restricted.ts";
import { type PackedRow, type RebuildPass, openableFields } from "./rebuild-page.ts";
import type { OpenedBatch, OpenerAnswer, OpenerRequest } from "./search-messages.ts";

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
        .then(() => openPage(request.batch, request.pass, request.page))
        .catch((error: unknown) => say({ is: "failed", error: error instanceof Error ? error.name : "error" }));
      break;
  }
});

async function openPage(batch: number, pass: RebuildPass, page: string): Promise<void> {
  if (!definition || !port) throw new Error("not started");
  const fields = openableFields(definition, pass);
  // Made by pageStatement.
  const packed = JSON.parse(page) as PackedRow[];
  const values: ProjectedValue[][] = [];
  const rows: ProjectionRow[] = [];
  const outcome = { rows: packed.length, broken: [] as string[], erased: 0 };
  for (const row of packed) {
    const [id, version, , owner, department, createdAt, createdBy, updatedAt, updatedBy, deletedAt] = row;
    if (row[14] === null && row[16] !== null) outcome.erased++;
    let found = openRow(definition.key, pass, fields, row);
    if (found === "needs material") {
      await askForMaterial();
      found = openRow(definition.key, pass, fields, row);
    }
    if (typeof found === "string") {
      outcome.broken.push(id);
      continue;
    }
    rows.push({
      id,
      version,
      owner,
      department,
      createdAt,
      createdBy,
      updatedAt,
      updatedBy,
      deleted: deletedAt !== null,
    });
    values.push(found);
  }
  opened.set(batch, outcome);
  port.postMessage({ batch, pass, object: definition.key, keys: fields.keys, rows, values } satisfies OpenedBatch);
}

function openRow(
  object: string,
  pass: RebuildPass,
  fields: ReturnType<typeof openableFields>,
  row: PackedRow,
): ProjectedValue[] | "broken" | "needs material" {
  const [
    id,
    version,
    subjectId,
    owner,
    department,
    createdAt,
    createdBy,
    updatedAt,
    updatedBy,
    deletedAt,
    seal2,
    seal3,
    tag,
    facts,
    keyVersion,
    wrapped,
    sealed,
    stored,
  ] = row;
  const level = pass === "rows" ? 2 : 3;
  try {
    if (!tagKey || !keys) return "broken";
    const deleted = deletedAt === null ? null : new Date(deletedAt);
    const place = { id, subject_id: subjectId, owner_id: owner, department_id: department, version };
    const made = { created_at: new Date(createdAt), created_by: createdBy };
    const changed = { updated_at: new Date(updatedAt), updated_by: updatedBy };
    checkTag(
      tagKey,
      object,
      tagFields({ ...place, ...made, ...changed, deleted_at: deleted, facts, seal2, seal3 }),
      Buffer.from(tag, "hex"),
    );
    const plain = fields.stored.map((field, index) => storedValue(field, stored[index]));
    // Only this pass reads the columns.
    if (pass === "rows") {
      const columns = Object.fromEntries(fields.stored.map((field, index) => [field.key, plain[index] ?? null]));
      if (factsOf({ fields: fields.stored }, columns) !== facts) return "broken";
    }
    const values: ProjectedValue[] = [...plain];
    let opened: Values = {};
    checkSealed(sealed, level === 2 ? seal2 : seal3);
    // An erased subject has no key any more, and its values are gone with it.
    if (sealed !== null && keyVersion !== null && wrapped !== null) {
      const key = unwrapSubjectClass(keys, keyRow(subjectId, keyVersion, Buffer.from(wrapped, "hex")), level);
      const seal = { object, recordId: id, class: level, sealVersion: level === 2 ? seal2 : seal3 } as const;
      // What records seals is an object of values by field key.
      opened = openValue(key, seal, Buffer.from(sealed, "hex")) as Values;
    }
    for (const field of fields.sealed) {
      values.push(level === 2 ? (opened[field.key] ?? null) : restrictedOf(field, opened[field.key]));
    }
    return values;
  } catch (error) {
    return error instanceof KeyVersionUnknown ? "needs material" : "broken";
  }
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
