// Series of numbers without gaps. Each belongs to one object; what it is called and how far it has come is sealed, and it
// is found by a keyed tag of its name.
import { type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { TaggedTable } from "../identity/tagged-table.ts";
import type { RowChange } from "../ledger/entry.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { Records } from "./deps.ts";

type Row = { readonly id: string; readonly version: number; readonly lookup: Buffer; readonly sealed: Buffer };

interface Series {
  readonly object: string;
  readonly series: string;
  readonly next: number;
}

const table = "numbering";

function placeOf(id: string, version: number) {
  return { object: table, recordId: id, class: 2, sealVersion: version } as const;
}

/**
 * The next number of an object's series, from 1. Whoever asks for the same series waits until this transaction ends, and a
 * rollback gives the number back. Leaves the transaction in the system's scope. Throws TagBroken, SealBroken.
 */
export async function takeNumber(
  { keyring }: Pick<Records, "keyring">,
  tx: Tx,
  object: string,
  series: string,
): Promise<{ value: number; change: RowChange }> {
  const rows = new TaggedTable<Row>(keyring, table, { lookup: "lookup", sealed: "sealed" });
  const lookup = keyring.lookup(table, `${object}\n${series}`);
  await tx.rescope(systemScope("records"));
  // A series that is not there yet cannot be locked itself.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`number:${lookup.toString("hex")}`]);
  const [row] = await rows.find(tx, "lookup = $1", [lookup]);
  const id = row?.id ?? uuidv7();
  const keys = row ? (await keyring.subjects(tx, [id])).get(id) : await keyring.createSubject(tx, id);
  if (!keys) throw new Error("a series of numbers has no key");
  // Sealed below.
  const held = row && (openValue(keys.class2, placeOf(id, row.version), row.sealed) as Series);
  const value = held?.next ?? (await earlier(tx, series));
  const next: Series = { object, series, next: value + 1 };
  const sealed = sealValue(keys.class2, placeOf(id, (row?.version ?? 0) + 1), next);
  const { change } = row ? await rows.update(tx, row, { sealed }) : await rows.insert(tx, { id, lookup, sealed });
  return { value, change };
}

/** Series had plain names once: the first that asks goes on with it. */
async function earlier(tx: Tx, series: string): Promise<number> {
  const [row] = await tx.query<{ next: number }>("delete from vault.number_series where series = $1 returning next", [
    series,
  ]);
  return row?.next ?? 1;
}
