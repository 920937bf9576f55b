// What the vault itself adds to a row that is written, whoever writes it and by whatever path: stage and state, what it
// inherits from the records it refers to, its name, the place it follows and the subject whose key seals it.
import { type ObjectDefinition, type StoredField, linkFields } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { systemScope, type Tx } from "../db/database.ts";
import type { Records } from "./deps.ts";
import { Links, type Target } from "./links.ts";
import { monthKeys, monthSubject } from "./month-subject.ts";
import { readRows } from "./read-rows.ts";
import { type RecordRow, type Values, columnValues, openClass } from "./row.ts";
import { loadStages, stageRule } from "./stage-rule.ts";
import { type Told, toldOthers } from "./telling.ts";
import type { Writer } from "./write.ts";
import type { Place, Seal } from "./write-rows.ts";

export interface Draft {
  readonly id: string;
  /** What stands there; undefined: a new record. */
  readonly before: { readonly row: RecordRow; readonly values: Values } | undefined;
  /** As given and checked. */
  readonly changes: Values;
}

export interface Whole {
  /** The changes, with what follows from them. */
  readonly changes: Values;
  /** Where it belongs by what it follows; undefined: that is for its owner to say, or it stays. */
  readonly place: Place | undefined;
  /** By whose key it is sealed from now on; undefined: by its own, or as before. */
  readonly seal: Seal | undefined;
}

/** Throws Problem `invalid`. May leave the transaction in the system's scope. */
export async function complete(
  records: Pick<Records, "schema" | "keyring">,
  tx: Tx,
  writer: Pick<Writer, "access" | "now">,
  object: ObjectDefinition,
  drafts: readonly Draft[],
): Promise<{ readonly whole: readonly Whole[]; readonly told: readonly Told[] }> {
  const rows = drafts.map(({ id, before, changes }): Row => {
    const given = before ? changes : { ...initialValues(object, writer.now), ...changes };
    return { id, before, changes: { ...given, ...sinceWhen(object.fields, before?.values, given, writer.now) } };
  });
  const watched = watchedFields(object);
  if (!rows.some(({ before, changes }) => (before ? watched.some((key) => key in changes) : isCompleted(object))))
    return { whole: rows.map(({ changes }) => ({ changes, place: undefined, seal: undefined })), told: [] };
  await throughStages(records, tx, writer.now, object, rows);
  const linked = linkFields(object);
  const links = new Links(records, tx, object);
  const relinked = ({ before, changes }: Row): boolean => !before || linked.some(({ key }) => key in changes);
  const telling = ({ changes }: Row): boolean =>
    object.fields.some(({ key, tells }) => tells !== undefined && key in changes);
  const linking = (row: Row): boolean => relinked(row) || telling(row);
  // What is inherited may itself be a reference to inherit from.
  for (let more = true; more;) {
    await links.load(rows.map((row) => (linking(row) ? after(row) : row.changes)));
    more = rows.map((row) => inherit(links, row)).some(Boolean);
  }
  await links.lock(rows.filter(linking).map(after));
  await nameThem(records, tx, writer, object, links, rows);
  const moved = rows.filter(relinked);
  const seals = await sealsOf(records, tx, writer.now, object, links, moved);
  return {
    whole: rows.map((row): Whole => {
      const seal = seals.get(row);
      return {
        changes: differing(row),
        place: moved.includes(row) ? placeBy(object, links, row) : undefined,
        seal: seal?.id === row.before?.row.subject_id ? undefined : seal,
      };
    }),
    told: toldOthers(
      object,
      links,
      rows.map((row) => ({ changes: row.changes, after: after(row), linked: relinked(row) })),
    ),
  };
}

/**
 * Locks what a row refers to, and what a change would make it refer to, before the row itself: whoever hands one of these
 * over locks it first, and then the rows that follow. Leaves the transaction in the system's scope.
 */
export async function lockTargets(
  records: Pick<Records, "schema" | "keyring">,
  tx: Tx,
  object: ObjectDefinition,
  id: string,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const linked = linkFields(object);
  const telling = object.fields.filter(({ tells }) => tells !== undefined);
  if (![...linked, ...telling].some(({ key }) => key in given)) return;
  await tx.rescope(systemScope("records"));
  const now = await readRows(records.keyring, tx, object, "plain", "where id = $1", [id]);
  const wanted = linked.flatMap(({ key }): Values[] => {
    const value = given[key];
    return typeof value === "string" ? [{ [key]: value }] : [];
  });
  await new Links(records, tx, object).lock([...now.map((row) => columnValues(linked, row)), ...wanted]);
}

/** Fields whose change has something follow from it. */
function watchedFields(object: ObjectDefinition): string[] {
  const { stages } = object;
  return [
    ...(object.about ?? []),
    ...(object.follows ?? []),
    ...(object.nameFrom ? [object.nameField] : []),
    ...(stages ? [stages.stage, stages.pipeline] : []),
    ...object.fields.flatMap(({ key, since, inherits, tells }) => [
      ...(since === undefined ? [] : [since]),
      ...(inherits === undefined && tells === undefined ? [] : [key]),
    ]),
  ];
}

/** Whether anything follows for a new record. */
function isCompleted(object: ObjectDefinition): boolean {
  return object.about !== undefined || watchedFields(object).length > 0;
}

/** What a new record has where nothing was given. */
function initialValues({ fields }: ObjectDefinition, now: Date): Values {
  return Object.fromEntries(
    fields.flatMap(({ key, type, initial }) =>
      initial === undefined ? [] : [[key, type === "datetime" && initial === "now" ? now.toISOString() : initial]],
    ),
  );
}

function after({ before, changes }: Row): Values {
  return { ...before?.values, ...changes };
}

async function throughStages(
  records: Pick<Records, "schema" | "keyring">,
  tx: Tx,
  now: Date,
  { stages }: ObjectDefinition,
  rows: readonly Row[],
): Promise<void> {
  if (!stages) return;
  const touched = rows.filter(
    ({ before, changes }) => !before || stages.stage in changes || stages.pipeline in changes,
  );
  if (touched.length === 0) return;
  const book = await loadStages(records, tx);
  for (const { before, changes } of touched)
    Object.assign(changes, stageRule(stages, book, before?.values, changes, now));
}

function sinceWhen(fields: readonly StoredField[], before: Values | undefined, changes: Values, now: Date): Values {
  const follows: Values = {};
  for (const { key, since } of fields) {
    if (since === undefined || changes[since] === undefined || changes[since] === before?.[since]) continue;
    follows[key] = changes[since] === true ? now.toISOString() : null;
  }
  return follows;
}

/** Takes over what is not given and not there. Whether there was anything. */
function inherit(links: Links, row: Row): boolean {
  const { changes } = row;
  const there = after(row);
  let more = false;
  for (const { key, inherits, target } of links.inheriting(there)) {
    if (changes[key] === undefined) continue;
    for (const field of inherits) {
      const value = target.values[field] ?? null;
      if (value === null || changes[field] !== undefined || (there[field] ?? null) !== null) continue;
      changes[field] = value;
      more = true;
    }
  }
  return more;
}

interface Row {
  readonly id: string;
  readonly before: Draft["before"];
  readonly changes: Values;
}

/** Names new records that were given none, by what the person may read of the records they refer to. */
async function nameThem(
  { keyring }: Pick<Records, "keyring">,
  tx: Tx,
  { access }: Pick<Writer, "access">,
  object: ObjectDefinition,
  links: Links,
  rows: readonly Row[],
): Promise<void> {
  const { nameFrom = [], nameField } = object;
  const nameless = rows.filter(({ before, changes }) => !before && (changes[nameField] ?? null) === null);
  if (nameFrom.length === 0 || nameless.length === 0) return;
  const subjects = nameless.flatMap(({ changes }) =>
    nameFrom.flatMap((key) => links.target(key, changes)?.row.subject_id ?? []),
  );
  const keys = await keyring.subjects(tx, subjects);
  const nameOf = ({ object: target, row, values }: Target): string | undefined => {
    const field = target.fields.find(({ key }) => key === target.nameField);
    const place = { owner: row.owner_id, department: row.department_id };
    const level = !field || !access ? "read" : access.level(target, field, place);
    if (!field || (level !== "read" && level !== "write")) return undefined;
    const own = keys.get(row.subject_id);
    const value = field.class < 2 ? values[field.key] : own && openClass(target, row, own, 2)[field.key];
    return typeof value === "string" ? value : undefined;
  };
  const max = object.fields.find(({ key }) => key === nameField)?.max ?? 200;
  for (const { changes } of nameless) {
    const parts = nameFrom.flatMap((key) => {
      const target = links.target(key, changes);
      return (target && nameOf(target)) ?? [];
    });
    if (parts.length === 0) throw new Problem("invalid", { fields: [{ field: nameField, reason: "required" }] });
    changes[nameField] = parts.join(" · ").slice(0, max).toWellFormed();
  }
}

/** Throws Problem `invalid` for a row that follows nothing. */
function placeBy({ placement, follows = [] }: ObjectDefinition, links: Links, row: Row): Place | undefined {
  if (placement !== "follows") return undefined;
  const followed = links.first(follows, after(row));
  if (!followed) throw new Problem("invalid", { fields: [{ field: follows.at(-1) ?? "", reason: "about_nothing" }] });
  return { owner: followed.row.owner_id, department: followed.row.department_id };
}

/** Throws Problem `invalid` when the record it is about was erased: nothing can be sealed for it any more. */
async function sealsOf(
  { keyring }: Pick<Records, "keyring">,
  tx: Tx,
  now: Date,
  { about }: ObjectDefinition,
  links: Links,
  rows: readonly Row[],
): Promise<Map<Row, Seal>> {
  const seals = new Map<Row, Seal>();
  if (about === undefined || rows.length === 0) return seals;
  const month = monthSubject(keyring, now);
  const subjects = rows.map((row) => links.first(about, after(row))?.row.subject_id ?? month);
  const keys = await keyring.subjects(
    tx,
    subjects.filter((id) => id !== month),
  );
  if (subjects.includes(month)) keys.set(month, await monthKeys(keyring, tx, month));
  for (const [index, row] of rows.entries()) {
    const id = subjects[index] ?? month;
    const own = keys.get(id);
    if (!own)
      throw new Problem("invalid", {
        fields: [{ field: about[0] ?? "", reason: "no_such_record", params: { value: "…" } }],
      });
    seals.set(row, { id, keys: own });
  }
  return seals;
}

function differing({ before, changes }: Row): Values {
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => (before?.values[key] ?? null) !== value));
}
