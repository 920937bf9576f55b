// Views of lists: kept per person, offered to his department or the company. Name and layout are sealed with a key of
// their own, which goes with the view; a view never holds a restricted value.
import type { z } from "zod";
import { type ObjectDefinition, type StoredField, fieldOf } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { ViewFilter, ViewLayout, ViewSharing, ViewVerbs } from "../../contract/view-verbs.ts";
import type { Access } from "../access/access.ts";
import type { PersonCall } from "../call.ts";
import { type Queryable, systemScope, type Tx } from "../db/database.ts";
import { type Stored, TaggedTable } from "../identity/tagged-table.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { Records } from "./deps.ts";

type Input<V extends keyof ViewVerbs> = z.infer<ViewVerbs[V]["input"]>;
type Output<V extends keyof ViewVerbs> = z.infer<ViewVerbs[V]["output"]>;

type Row = {
  readonly id: string;
  readonly version: number;
  readonly object: string;
  readonly personId: string;
  readonly sharing: ViewSharing;
  readonly departmentId: string | null;
  readonly createdAt: Date;
  readonly sealed: Buffer;
};

interface Contents {
  readonly name: string;
  readonly layout: ViewLayout;
}

/** Views one person may keep of one object. */
const mostViews = 50;
/** UTF-16 units of a layout; a list of sixty columns with thirty filters has a third of it. */
const longestLayout = 20_000;

function tableOf(records: Records): TaggedTable<Row> {
  return new TaggedTable<Row>(records.keyring, "saved_view", {
    object: "object",
    personId: "person_id",
    sharing: "sharing",
    departmentId: "department_id",
    createdAt: "created_at",
    sealed: "sealed",
  });
}

const placeOf = (id: string, version: number) =>
  ({ object: "saved_view", recordId: id, class: 2, sealVersion: version }) as const;

const scope = systemScope("views");

export async function listViews(
  records: Records,
  call: PersonCall,
  input: Input<"view.list">,
): Promise<Output<"view.list">> {
  const object = records.schema.load(input.object);
  const { userId } = call.identity;
  return records.db.tx(scope, async (q) => {
    const rows = (await findOffered(records, q, object, userId)).slice(0, 4 * mostViews);
    const keys = await records.keyring.subjects(
      q,
      rows.map(({ id }) => id),
    );
    return {
      views: rows.flatMap((row) => {
        const key = keys.get(row.id);
        if (!key) return [];
        // Sealed by saveView.
        const { name, layout } = openValue(key.class2, placeOf(row.id, row.version), row.sealed) as Contents;
        return [
          { id: row.id, version: row.version, name, sharing: row.sharing, mine: row.personId === userId, layout },
        ];
      }),
    };
  });
}

/** His own, those of his department or one above it, and everybody's. */
async function findOffered(
  records: Records,
  q: Queryable,
  object: ObjectDefinition,
  userId: string,
): Promise<Stored<Row>[]> {
  const rows = await tableOf(records).find(
    q,
    "object = $1 and (person_id = $2 or sharing <> 'private') order by created_at, id",
    [object.key, userId],
  );
  const department = records.directory.person(userId)?.department ?? undefined;
  return rows.filter(
    (row) =>
      row.personId === userId ||
      row.sharing === "company" ||
      (department !== undefined &&
        row.departmentId !== null &&
        (row.departmentId === department || records.directory.subtree(row.departmentId).includes(department))),
  );
}

/** Throws Problem `not_found` for another person's view, `conflict` when it was changed meanwhile, `limit_reached`. */
export async function saveView(
  records: Records,
  call: PersonCall,
  input: Input<"view.save">,
): Promise<Output<"view.save">> {
  const object = records.schema.load(input.object);
  const { id, version, name, sharing, layout } = input;
  demandLayout(object, call.access, input);
  // A view for everybody is part of how the company works, like its fields.
  if (sharing === "company" && !call.access.may("fields.define")) throw new Problem("not_allowed");
  const { userId } = call.identity;
  const table = tableOf(records);
  const departmentId = sharing === "team" ? (records.directory.person(userId)?.department ?? null) : null;
  if (sharing === "team" && departmentId === null)
    throw new Problem("invalid", { fields: [{ field: "sharing", reason: "required" }] });
  const contents: Contents = { name, layout };
  const written = await call.write(async (tx) => {
    const done =
      version === undefined
        ? await table.insert(tx, {
            id,
            object: object.key,
            personId: userId,
            sharing,
            departmentId,
            createdAt: call.now,
            sealed: sealValue((await makeKeys(records, tx, object, userId, id)).class2, placeOf(id, 1), contents),
          })
        : await change(records, tx, { object, userId, id, version }, { sharing, departmentId }, contents);
    call.note({ action: "view.save", object: object.key, result: "ok", rows: [done.change] });
    return done.row;
  });
  return { id: written.id, version: written.version };
}

async function makeKeys(records: Records, tx: Tx, object: ObjectDefinition, userId: string, id: string) {
  const [own] = await tx.query<{ n: number }>(
    "select count(*)::int as n from vault.saved_view where person_id = $1 and object = $2",
    [userId, object.key],
  );
  if ((own?.n ?? 0) >= mostViews) throw new Problem("limit_reached");
  const [taken] = await tx.query("select id from vault.saved_view where id = $1", [id]);
  if (taken) throw new Problem("conflict");
  return records.keyring.createSubject(tx, id);
}

async function change(
  records: Records,
  tx: Tx,
  of: { readonly object: ObjectDefinition; readonly userId: string; readonly id: string; readonly version: number },
  shared: Pick<Row, "sharing" | "departmentId">,
  contents: Contents,
) {
  const table = tableOf(records);
  const [row] = await table.find(tx, "id = $1 and object = $2 and person_id = $3 for update", [
    of.id,
    of.object.key,
    of.userId,
  ]);
  if (!row) throw new Problem("not_found");
  if (row.version !== of.version) throw new Problem("conflict");
  const keys = (await records.keyring.subjects(tx, [of.id])).get(of.id);
  if (!keys) throw new Problem("not_found");
  return table.update(tx, row, {
    ...shared,
    sealed: sealValue(keys.class2, placeOf(of.id, row.version + 1), contents),
  });
}

/** The view goes with its key. Throws Problem `not_found`. */
export async function removeView(
  records: Records,
  call: PersonCall,
  input: Input<"view.remove">,
): Promise<Output<"view.remove">> {
  const object = records.schema.load(input.object);
  await call.write(async (tx) => {
    const [row] = await tableOf(records).find(tx, "id = $1 and object = $2 for update", [input.id, object.key]);
    const may =
      row !== undefined &&
      (row.personId === call.identity.userId || (row.sharing === "company" && call.access.may("fields.define")));
    if (!may) throw new Problem("not_found");
    await tx.query("delete from vault.saved_view where id = $1", [row.id]);
    await records.keyring.destroySubject(tx, row.id);
    const gone = { table: "saved_view", id: row.id, version: row.version, tag: row.tag };
    call.note({
      action: "view.remove",
      object: object.key,
      result: "ok",
      rows: [{ ...gone, oldVersion: row.version, oldTag: row.tag, deleted: true }],
    });
  });
  return { id: input.id };
}

/** Known fields alone, and of restricted ones no value: what is sealed with confidential things must not hold them. */
function demandLayout(object: ObjectDefinition, access: Access, { name, sharing, layout }: Input<"view.save">): void {
  const wrong = (field: string, reason: "unknown_field" | "too_long" | "required"): Problem =>
    new Problem("invalid", { fields: [{ field, reason, params: { max: longestLayout } }] });
  if (JSON.stringify(layout).length > longestLayout) throw wrong("layout", "too_long");
  if (name === "" && sharing !== "private") throw wrong("name", "required");
  const known = (key: string): StoredField => {
    const field = fieldOf(object, key);
    if (!field || access.bestLevel(object, field) === "hidden") throw wrong(key, "unknown_field");
    return field;
  };
  for (const key of [...(layout.columns ?? []), ...Object.keys(layout.widths)]) known(key);
  for (const { field } of layout.sort) known(field);
  const walk = (filter: ViewFilter, depth: number): void => {
    if (depth > 5) throw wrong("filter", "too_long");
    if ("items" in filter) return filter.items.forEach((item) => walk(item, depth + 1));
    if (known(filter.field).class === 3 && filter.values.length > 0) throw wrong(filter.field, "unknown_field");
  };
  for (const filter of layout.filter) walk(filter, 1);
}
