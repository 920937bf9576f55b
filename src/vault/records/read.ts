// Reading records: list, open, reveal, history, who has looked, suggestions and the search over everything. Each answers
// only what the caller's access lets through, counts it against his allowance and notes it for the ledger.
import type { z } from "zod";
import { type ObjectDefinition, type StoredField, fieldOf } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { Query } from "../../contract/query.ts";
import type { FieldValue, RecordVerbs } from "../../contract/record-verbs.ts";
import type { Access } from "../access/access.ts";
import { type PersonCall } from "../call.ts";
import type { Tx } from "../db/database.ts";
import { openValue } from "../keys/seal.ts";
import type { Records } from "./deps.ts";
import { lookupKind } from "./masks.ts";
import { chooseTarget, compileQuery } from "./query-compiler.ts";
import type { QueryAccess } from "./query-compiler-access.ts";
import { countCap } from "./query-compiler-result.ts";
import { type RecordRow, baseColumns, openClass, tableOf, verifyRow } from "./row.ts";
import { maskOf, normaliseForLookup } from "./values.ts";
import { namesIn, namesOf, viewRows } from "./view.ts";
import { detailContext } from "./write.ts";

type Input<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["input"]>;
type Output<V extends keyof RecordVerbs> = z.infer<RecordVerbs[V]["output"]>;

/** Fields that exist for this person, in the order of the definition. */
function visibleFields(access: Access, object: ObjectDefinition): StoredField[] {
  return object.fields.filter((field) => access.bestLevel(object, field) !== "hidden");
}

export function queryAccess(records: Records, access: Access, object: ObjectDefinition): QueryAccess {
  const { scope, readable, hiddenSystem, own, exact } = access.query(object);
  return {
    ...scope,
    readable,
    hiddenSystem,
    ...(own && { own: { ...own.scope, readable: own.readable } }),
    exact,
    lookup: (field, value) => {
      const normalised = normaliseForLookup(field, value);
      return normalised === undefined ? undefined : records.keyring.lookup(lookupKind(field), normalised);
    },
  };
}

export async function listRecords(
  records: Records,
  call: PersonCall,
  input: Input<"record.list">,
): Promise<Output<"record.list">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const query: Query = { ...input.query, object: object.key };
  records.meter.demand(access.userId, "listed", 1, call.now);
  if (query.deleted && !access.can(object.key, "delete")) throw new Problem("not_allowed");
  const fields = visibleFields(access, object).filter((field) =>
    query.columns ? query.columns.includes(field.key) : field.listed === true || field.key === object.nameField,
  );
  const target = chooseTarget(query, object);
  const compiled = compileQuery(
    { ...query, columns: fields.map((field) => field.key) },
    { object, target, access: queryAccess(records, access, object), subtree: (id) => records.directory.subtree(id) },
  );
  const scope = access.rowScope(object.key, "view");
  const { views, count } = await records.db.tx(scope, async (tx) => {
    if (target === "postgres") {
      const rows = await tx.query<RecordRow>(compiled.text, compiled.values);
      const counted = compiled.counted
        ? await tx.query<{ count: number }>(compiled.countText, compiled.countValues)
        : [];
      return { views: await viewRows(records, tx, access, object, rows, fields), count: counted[0]?.count };
    }
    const found = await records.search.query(compiled);
    const rows = await rowsById(
      tx,
      object,
      found.rows.map((row) => row[0]),
      query.deleted,
    );
    return {
      views: await viewRows(records, tx, access, object, rows, fields),
      count: found.count === undefined ? undefined : found.count + (found.countCapped === true ? 1 : 0),
    };
  });
  records.meter.demand(access.userId, "listed", views.length, call.now);
  call.note({
    action: "record.list",
    object: object.key,
    listedIds: views.map((view) => view.id),
    fields: fields.map((field) => field.key),
    result: "ok",
    counts: { listed: views.length },
  });
  const names = await namesOf(records, access, views);
  return {
    rows: views,
    names,
    ...(count !== undefined && { count: { value: Math.min(count, countCap), more: count > countCap } }),
  };
}

/** Rows in the order of the ids; those that row-level security hides, or that are gone, are left out. */
async function rowsById(
  tx: Tx,
  object: ObjectDefinition,
  ids: readonly string[],
  deleted: boolean,
): Promise<RecordRow[]> {
  if (ids.length === 0) return [];
  const columns = object.fields.flatMap((field) => (field.storage.in === "column" ? [field.storage.column] : []));
  const rows = await tx.query<RecordRow>(
    `select ${[baseColumns, "ext", ...columns].join(", ")} from ${tableOf(object)} where id = any($1) and deleted_at is ${deleted ? "not null" : "null"}`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** One row of this person's view scope, with both seals. Throws Problem `not_found`. */
export async function loadRow(
  records: Records,
  tx: Tx,
  access: Access,
  object: ObjectDefinition,
  id: string,
  deleted: "living" | "any" = "any",
): Promise<RecordRow> {
  await tx.rescope(access.rowScope(object.key, "view"));
  const columns = object.fields.flatMap((field) => (field.storage.in === "column" ? [field.storage.column] : []));
  const [row] = await tx.query<RecordRow>(
    `select ${[baseColumns, "sealed2", "sealed3", "ext", ...columns].join(", ")} from ${tableOf(object)} where id = $1 ${deleted === "living" ? "and deleted_at is null" : ""}`,
    [id],
  );
  if (!row || !access.covers(object.key, "view", { owner: row.owner_id, department: row.department_id }))
    throw new Problem("not_found");
  if (
    row.deleted_at !== null &&
    !access.covers(object.key, "delete", { owner: row.owner_id, department: row.department_id })
  )
    throw new Problem("not_found");
  verifyRow(records.keyring, object, row);
  return row;
}

export async function openRecord(
  records: Records,
  call: PersonCall,
  input: Input<"record.open">,
): Promise<Output<"record.open">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  records.meter.demand(access.userId, "opened", 1, call.now);
  const fields = visibleFields(access, object);
  const [view] = await records.db.tx(access.rowScope(object.key, "view"), async (tx) => {
    const row = await loadRow(records, tx, access, object, input.id);
    return viewRows(records, tx, access, object, [row], fields);
  });
  if (!view) throw new Problem("not_found");
  call.note({ action: "record.open", object: object.key, objectIds: [view.id], result: "ok", counts: { opened: 1 } });
  return { record: view, names: await namesOf(records, access, [view]) };
}

export async function revealValue(
  records: Records,
  call: PersonCall,
  input: Input<"record.reveal">,
): Promise<Output<"record.reveal">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  const value = await records.db.tx(access.rowScope(object.key, "view"), async (tx) => {
    const row = await loadRow(records, tx, access, object, input.id, "living");
    const field = object.fields.find((one) => one.key === input.field);
    const level = field
      ? access.level(object, field, { owner: row.owner_id, department: row.department_id })
      : "hidden";
    if (!field || level === "hidden") throw new Problem("not_found");
    if (level === "masked") throw new Problem(call.identity.confirmed ? "not_allowed" : "device_unconfirmed");
    if (field.class !== 3) throw new Problem("invalid", { fields: [{ field: input.field, reason: "wrong_type" }] });
    records.meter.demand(access.userId, "revealed", 1, call.now);
    const keys = (await records.keyring.subjects(tx, [row.subject_id])).get(row.subject_id);
    if (!keys) throw new Problem("not_found");
    call.note({
      action: "record.reveal",
      object: object.key,
      objectIds: [row.id],
      fields: [field.key],
      result: "ok",
      counts: { revealed: 1 },
      ...(input.purpose !== undefined &&
        input.purpose !== "" && {
          purpose: "stated",
          detail: { subjectId: row.subject_id, value: { purpose: input.purpose } },
        }),
    });
    return openClass(object, row, keys, 3)[field.key] ?? null;
  });
  return { value };
}

interface ChangeDetail {
  readonly version: number;
  readonly plain: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
  readonly restricted?: string;
}

const historyActions = new Set([
  "record.create",
  "record.update",
  "record.transfer",
  "record.delete",
  "record.restore",
]);

export async function readHistory(
  records: Records,
  call: PersonCall,
  input: Input<"record.history">,
): Promise<Output<"record.history">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  records.meter.demand(access.userId, "opened", 1, call.now);
  await records.ledger.sequence();
  const { row, keys } = await records.db.tx(access.rowScope(object.key, "view"), async (tx) => {
    const found = await loadRow(records, tx, access, object, input.id);
    return { row: found, keys: (await records.keyring.subjects(tx, [found.subject_id])).get(found.subject_id) };
  });
  const place = { owner: row.owner_id, department: row.department_id };
  const entries = (await records.ledger.forObject(row.id, { limit: 200 })).filter((entry) =>
    historyActions.has(entry.action),
  );
  const changes: Output<"record.history">["changes"] = [];
  for (const entry of entries) {
    const detail = entry.detailSubjectId === undefined ? undefined : await records.ledger.openDetail(entry.position);
    // Details of these actions are made by changeDetail and vouched for by their seal.
    const change = detail?.state === "open" ? (detail.value as ChangeDetail) : undefined;
    const restricted =
      change?.restricted === undefined || !keys
        ? {}
        : (openValue(
            keys.class3,
            detailContext(row.id, change.version),
            Buffer.from(change.restricted, "base64"),
          ) as Record<string, [FieldValue, FieldValue]>);
    const fields = Object.entries({ ...change?.plain, ...restricted }).flatMap(([key, [before, after]]) => {
      const field = key === "owner" ? fieldOf(object, key) : object.fields.find((one) => one.key === key);
      const level = field ? access.level(object, field, place) : "hidden";
      if (!field || level === "hidden") return [];
      const mask = level === "masked" || field.class === 3;
      return [
        {
          field: key,
          before: mask ? maskOf(field, before) : before,
          after: mask ? maskOf(field, after) : after,
          masked: mask,
        },
      ];
    });
    changes.push({
      at: entry.at,
      by: entry.actor.personId ?? null,
      action: entry.action,
      version: change?.version ?? null,
      fields,
    });
  }
  call.note({ action: "record.history", object: object.key, objectIds: [row.id], result: "ok", counts: { opened: 1 } });
  const names = await referenceNames(records, access, object, changes);
  return { changes, names };
}

async function referenceNames(
  records: Records,
  access: Access,
  object: ObjectDefinition,
  changes: Output<"record.history">["changes"],
): Promise<Record<string, string>> {
  const wanted = new Map<string, Set<string>>();
  for (const change of changes) {
    if (change.by !== null) wanted.set("user", (wanted.get("user") ?? new Set()).add(change.by));
    for (const { field: key, before, after } of change.fields) {
      const field = object.fields.find((one) => one.key === key);
      const target = key === "owner" ? "user" : field?.type === "reference" ? field.target : undefined;
      if (target === undefined) continue;
      for (const id of [before, after])
        if (typeof id === "string") wanted.set(target, (wanted.get(target) ?? new Set()).add(id));
    }
  }
  const names: Record<string, string> = {};
  for (const [target, ids] of wanted) Object.assign(names, await namesIn(records, access, target, [...ids]));
  return names;
}

export async function readLookers(
  records: Records,
  call: PersonCall,
  input: Input<"record.lookers">,
): Promise<Output<"record.lookers">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  await records.ledger.sequence();
  const row = await records.db.tx(access.rowScope(object.key, "view"), (tx) =>
    loadRow(records, tx, access, object, input.id),
  );
  const place = { owner: row.owner_id, department: row.department_id };
  const visible = new Set(
    object.fields.filter((field) => access.level(object, field, place) !== "hidden").map((field) => field.key),
  );
  const entries = await records.ledger.forObject(row.id, { limit: 200 });
  call.note({ action: "record.lookers", object: object.key, objectIds: [row.id], result: "ok" });
  return {
    looks: entries.map((entry) => ({
      at: entry.at,
      by: entry.actor.personId ?? null,
      action: entry.action,
      fields: entry.fields.filter((field) => visible.has(field)),
      ip: entry.actor.ip ?? null,
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

export async function suggestRecords(
  records: Records,
  call: PersonCall,
  input: Input<"record.suggest">,
): Promise<Output<"record.suggest">> {
  const { access } = call;
  const object = records.schema.load(input.object);
  records.meter.demand(access.userId, "listed", 1, call.now);
  const blank = input.text.trim() === "";
  const found = blank
    ? await listed(records, access, object, input.limit)
    : (
        await records.search.suggest(
          input.text,
          [{ object, access: queryAccess(records, access, object) }],
          input.limit,
        )
      ).map((one) => one.id);
  const names = await namesIn(records, access, object.key, found);
  const items = found.flatMap((id) => (names[id] === undefined ? [] : [{ id, name: names[id] }]));
  call.note({
    action: "record.suggest",
    object: object.key,
    listedIds: items.map((item) => item.id),
    result: "ok",
    counts: { listed: items.length },
  });
  return { items };
}

/** Ids of the records changed last, for a picker before anything is typed. */
async function listed(records: Records, access: Access, object: ObjectDefinition, limit: number): Promise<string[]> {
  const query: Query = { object: object.key, limit, offset: 0, deleted: false, count: false, columns: [] };
  const compiled = compileQuery(query, { object, target: "postgres", access: queryAccess(records, access, object) });
  const rows = await records.db.read<RecordRow>(access.rowScope(object.key, "view"), compiled.text, compiled.values);
  return rows.map((row) => row.id);
}

const perGroup = 8;

export async function searchEverything(
  records: Records,
  call: PersonCall,
  input: Input<"search.everything">,
): Promise<Output<"search.everything">> {
  const { access } = call;
  records.meter.demand(access.userId, "listed", 1, call.now);
  const objects = records.schema.objects.filter((object) => access.can(object.key, "view"));
  const groups: Output<"search.everything">["groups"] = [];
  for (const object of objects) {
    const found = await records.search.suggest(
      input.text,
      [{ object, access: queryAccess(records, access, object) }],
      perGroup,
    );
    const names = await namesIn(
      records,
      access,
      object.key,
      found.map((one) => one.id),
    );
    const items = found.flatMap((one) =>
      names[one.id] === undefined
        ? []
        : [{ id: one.id, name: names[one.id] ?? "", detail: "", matched: object.nameField }],
    );
    if (items.length === 0) continue;
    call.note({
      action: "search.everything",
      object: object.key,
      listedIds: items.map((item) => item.id),
      result: "ok",
      counts: { listed: items.length },
    });
    groups.push({ object: object.key, items });
  }
  if (groups.length === 0) call.note({ action: "search.everything", result: "ok", counts: { listed: 0 } });
  return { groups };
}
