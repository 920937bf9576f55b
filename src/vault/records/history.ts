// The history of a record and who has looked at it, both read from the ledger. Values are shown as far as the reader may
// see the field today.
import type { z } from "zod";
import { type ObjectDefinition, fieldOf } from "../../contract/field.ts";
import type { FieldValue, RecordVerbs } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import { type PersonCall } from "../call.ts";
import { openValue } from "../keys/seal.ts";
import { ALTERED_ACTION, type LedgerView } from "../ledger/entry-view.ts";
import type { Records } from "./deps.ts";
import { type Values, columnValues, openClass } from "./row.ts";
import { maskOf } from "./values.ts";
import { type Named, nameAll, namesIn } from "./view.ts";
import { detailContext } from "./history-detail.ts";
import { countOpening, loadRow } from "./read.ts";

type Input<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["input"]>;
type Output<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["output"]>;

interface ChangeDetail {
  readonly version: number;
  readonly plain: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
  readonly restricted?: string;
}

/** An entry with the version it made and what it changed: field to value before and after. */
interface Told {
  readonly entry: LedgerView;
  readonly version: number | null;
  readonly fields: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
}

const historyActions = ["record.create", "record.update", "record.transfer", "record.delete", "record.restore"];

/** Looks at a record and changes of it. What identity notes about a person's ways in is nobody else's business. */
const lookActions = [...historyActions, "record.open", "record.reveal", "record.history", "record.export"];
const newest = 200;

export async function readHistory(
  records: Records,
  call: PersonCall,
  input: Input<"record.history">,
): Promise<Output<"record.history">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  await records.ledger.sequence();
  const row = await loadRow(records, access, object, input.id);
  const counts = countOpening(call, object, row);
  const reads = records.db.reads(access.rowScope(object.key, "view"));
  const place = { owner: row.owner_id, department: row.department_id };
  const entries = await records.ledger.forObject(row.id, { actions: historyActions, limit: newest });
  const details = await records.ledger.openDetails(entries.map((entry) => entry.position));
  // A record may have been about somebody else before: what was changed then is sealed with that one's key.
  const subjects = await records.keyring.subjects(reads, [
    row.subject_id,
    ...entries.flatMap(({ detailSubjectId }) => detailSubjectId ?? []),
  ]);
  const keys = subjects.get(row.subject_id);
  const told = entries.map((entry): Told => {
    const detail = details.get(entry.position);
    // Details of these actions are made by changeDetail and vouched for by their seal.
    const change = detail?.state === "open" ? (detail.value as ChangeDetail) : undefined;
    const own = subjects.get(entry.detailSubjectId ?? row.subject_id);
    const restricted =
      change?.restricted === undefined || !own
        ? {}
        : (openValue(
            own.class3,
            detailContext(row.id, change.version),
            Buffer.from(change.restricted, "base64"),
          ) as Record<string, [FieldValue, FieldValue]>);
    return { entry, version: change?.version ?? null, fields: { ...change?.plain, ...restricted } };
  });
  const oldest = told.at(-1);
  if (oldest?.entry.action === "record.create" && oldest.version === null && keys) {
    const now = {
      ...columnValues(object.fields, row),
      ...openClass(object, row, keys, 2),
      ...openClass(object, row, keys, 3),
    };
    told[told.length - 1] = { ...oldest, version: 1, fields: firstValues(object, told, now) };
  }
  const changes = told.map(({ entry, version, fields }) => ({
    at: entry.at,
    by: entry.actor.personId ?? null,
    // What runs under a mandate is an import or its undoing.
    action: entry.actor.mandateId === undefined ? entry.action : entry.action.replace("record.", "import."),
    version,
    fields: Object.entries(fields).flatMap(([key, [before, after]]) => {
      const placed = key === "owner" || key === "department";
      const field = placed ? fieldOf(object, key) : object.fields.find((one) => one.key === key);
      const level = field ? access.level(object, field, place) : "hidden";
      if (!field || level === "hidden") return [];
      const mask = level === "masked" || field.class === 3;
      const shown = (value: FieldValue): FieldValue => (mask ? maskOf(field, value) : value);
      return [{ field: key, before: shown(before), after: shown(after), masked: mask }];
    }),
  }));
  const { names, counted } = await referenceNames(records, access, object, changes);
  call.meter.demand("listed", counted);
  call.note({
    action: "record.history",
    object: object.key,
    objectIds: [row.id],
    result: "ok",
    counts: { ...counts, ...(counted > 0 && { listed: counted }) },
  });
  return { changes, names };
}

/**
 * What a record was made with, when it was made with many others and the entry does not say it: what its first change
 * found there, or what stands there still. `told`: all its changes, newest first.
 */
function firstValues(object: ObjectDefinition, told: readonly Told[], now: Values): Told["fields"] {
  const first: Values = { ...now };
  for (const { fields } of told) for (const [key, [before]] of Object.entries(fields)) first[key] = before;
  return Object.fromEntries(
    object.fields.flatMap(({ key }) => {
      const value = first[key] ?? null;
      return value === null ? [] : [[key, [null, value] as const]];
    }),
  );
}

async function referenceNames(
  records: Records,
  access: Access,
  object: ObjectDefinition,
  changes: Output<"record.history">["changes"],
): Promise<Named> {
  const wanted = new Map<string, Set<string>>();
  for (const change of changes) {
    if (change.by !== null) wanted.set("user", (wanted.get("user") ?? new Set()).add(change.by));
    for (const { field: key, before, after } of change.fields) {
      const field = object.fields.find((one) => one.key === key);
      const target =
        key === "owner"
          ? "user"
          : key === "department"
            ? "department"
            : field?.type === "reference"
              ? field.target
              : undefined;
      if (target === undefined) continue;
      for (const id of [before, after])
        if (typeof id === "string") wanted.set(target, (wanted.get(target) ?? new Set()).add(id));
    }
  }
  return nameAll(records, access, wanted);
}

export async function readLookers(
  records: Records,
  call: PersonCall,
  input: Input<"record.lookers">,
): Promise<Output<"record.lookers">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  await records.ledger.sequence();
  const row = await loadRow(records, access, object, input.id);
  const place = { owner: row.owner_id, department: row.department_id };
  const visible = new Set(
    object.fields.filter((field) => access.level(object, field, place) !== "hidden").map((field) => field.key),
  );
  const found = await records.ledger.forObject(row.id, { actions: lookActions, limit: newest });
  // A role or a device may carry the id of its person.
  const entries = found.filter((entry) => entry.object === object.key || entry.action === ALTERED_ACTION);
  // Where somebody sat is for auditors.
  const places = access.may("audit.view");
  call.note({ action: "record.lookers", object: object.key, objectIds: [row.id], result: "ok" });
  return {
    looks: entries.map((entry) => ({
      at: entry.at,
      by: entry.actor.personId ?? null,
      action: entry.action,
      fields: entry.fields.filter((field) => visible.has(field)),
      ip: places ? (entry.actor.ip ?? null) : null,
      purpose: entry.purpose ?? null,
    })),
    names: await namesIn(
      records,
      access,
      "user",
      entries.flatMap((entry) => entry.actor.personId ?? []),
    ),
  };
}
