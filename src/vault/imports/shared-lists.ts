// The lists of the whole company that columns refer to (stages, products), for suggesting which of them a file means by a
// value that none is called.
import type { ObjectDefinition } from "../../contract/field.ts";
import { outcomes } from "../../contract/objects/choices.ts";
import type { Access } from "../access/access.ts";
import type { Tx } from "../db/database.ts";
import type { Records } from "../records/deps.ts";
import { nearest } from "../records/nearest.ts";
import { nearestOption } from "../records/read-text.ts";
import { readRows } from "../records/read-rows.ts";
import { columnValues } from "../records/row.ts";
import { fold } from "../search/normalise.ts";
import type { Plan, PlannedColumn } from "./plan.ts";

/** Longer lists are searched by hand. */
const longest = 1000;

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly kind: unknown;
}

/** Suggests for columns of this plan, as far as the person sees the lists. Leaves the transaction in his view scope. */
export async function suggester(
  { keyring }: Pick<Records, "keyring">,
  tx: Tx,
  access: Access,
  plan: Plan,
): Promise<(column: PlannedColumn, value: string) => string | undefined> {
  const lists = new Map<ObjectDefinition, readonly Entry[]>();
  for (const { target } of plan.columns) {
    if (target?.placement !== "company" || lists.has(target) || !access.can(target.key, "view")) continue;
    await tx.rescope(access.rowScope(target.key, "view"));
    const rest = `where deleted_at is null order by id limit ${longest}`;
    const rows = await readRows(keyring, tx, target, "plain", rest, []);
    lists.set(
      target,
      rows.map((row) => {
        const values = columnValues(target.fields, row);
        return { id: row.id, name: fold(String(values[target.nameField] ?? "")), kind: values["kind"] };
      }),
    );
  }
  return ({ field, target }, value) => {
    if (field.type === "choice") return nearestOption(field.options, value)?.key;
    const list = (target && lists.get(target)) ?? [];
    const named = nearest(
      fold(value),
      list.map(({ id, name }) => [name, id] as const),
    );
    // A stage may be called by what it comes to: Won, 成交.
    const kind = nearestOption(outcomes, value)?.key;
    return named ?? list.find((one) => one.kind === kind && kind !== undefined)?.id;
  };
}
