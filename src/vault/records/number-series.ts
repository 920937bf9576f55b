// Series of numbers without gaps. Each belongs to one field of one object, which declares it; whose it is and how far it
// has come is sealed, and it is found by a keyed tag of that.
import { type Tx, systemScope } from "../db/database.ts";
import { uuidv7 } from "../db/uuid.ts";
import { TaggedTable } from "../identity/tagged-table.ts";
import type { RowChange } from "../ledger/entry.ts";
import { openValue, sealValue } from "../keys/seal.ts";
import type { Records } from "./deps.ts";

type Row = { readonly id: string; readonly version: number; readonly lookup: Buffer; readonly sealed: Buffer };

interface Series {
  readonly object: string;
  readonly field: string;
  readonly next: number;
}

const table = "numbering";

function placeOf(id: string, version: number) {
  return { object: table, recordId: id, class: 2, sealVersion: version } as const;
}

/**
 * The next number of a field's series, from 1. Whoever asks for the same one waits until this transaction ends, and a
 * rollback gives the number back. Leaves the transaction in the system's scope. Throws TagBroken, SealBroken.
 */
export async function takeNumber(
  { keyring }: Pick<Records, "keyring">,
  tx: Tx,
  object: string,
  field: string,
): Promise<{ value: number; change: RowChange }> {
  const rows = new TaggedTable<Row>(keyring, table, { lookup: "lookup", sealed: "sealed" });
  const lookup = keyring.lookup(table, `${object}\n${field}`);
  await tx.rescope(systemScope("records"));
  // A series that is not there yet cannot be locked itself.
  await tx.query("select pg_advisory_xact_lock(hashtextextended($1, 0))", [`number:${lookup.toString("hex")}`]);
  const [row] = await rows.find(tx, "lookup = $1", [lookup]);
  const id = row?.id ?? uuidv7();
  const keys = row ? (await keyring.subjects(tx, [id])).get(id) : await keyring.createSubject(tx, id);
  if (!keys) throw new Error("a series of numbers has no key");
  // Sealed below.
  const held = row && (openValue(keys.class2, placeOf(id, row.version), row.sealed) as Series);
  const value = held?.next ?? 1;
  const next: Series = { object, field, next: value + 1 };
  const sealed = sealValue(keys.class2, placeOf(id, (row?.version ?? 0) + 1), next);
  const { change } = row ? await rows.update(tx, row, { sealed }) : await rows.insert(tx, { id, lookup, sealed });
  return { value, change };
}
