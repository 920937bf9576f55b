// Fills the search projection from the record tables at start, or after its worker died. Rows are streamed by id, so
// memory stays bounded whatever the size of the company.
import type { ObjectDefinition } from "../../contract/field.ts";
import { systemScope } from "../db/database.ts";
import { startOpener } from "../search/rebuild.ts";
import { tableSource } from "../search/table-source.ts";
import type { Records } from "./deps.ts";
import { tableOf } from "./row.ts";

/** Rebuilds all objects in turn, the small ones first, so that nothing waits for the last pass of a large one; the number of rows held, and of rows whose seal or key does not hold. */
export async function rebuildAll(records: Records): Promise<{ rows: number; broken: number }> {
  const opener = startOpener();
  let rows = 0;
  let broken = 0;
  try {
    for (const object of await smallestFirst(records)) {
      const result = await records.search.rebuild({
        object: object.key,
        opener,
        source: tableSource(records.db, object),
        material: () => records.keyring.exportMaterial(),
      });
      rows += result.rows;
      broken += result.broken.length;
      if (result.broken.length > 0) await tellBroken(records, object, result.broken);
    }
  } finally {
    await opener.terminate();
  }
  return { rows, broken };
}

async function tellBroken(records: Records, object: ObjectDefinition, ids: readonly string[]): Promise<void> {
  await records.ledger.append([
    {
      action: "search.broken_rows",
      at: new Date(),
      actor: { kind: "system" },
      object: object.key,
      objectIds: ids.slice(0, 200),
      result: "refused",
      problem: "damaged",
    },
  ]);
}

async function smallestFirst(records: Records): Promise<ObjectDefinition[]> {
  const sized: { object: ObjectDefinition; rows: number }[] = [];
  for (const object of records.schema.objects) {
    const counted = await records.db.read<{ rows: number }>(
      systemScope("search"),
      `select count(*) as rows from ${tableOf(object)}`,
    );
    sized.push({ object, rows: counted[0]?.rows ?? 0 });
  }
  return sized.toSorted((a, b) => a.rows - b.rows).map(({ object }) => object);
}
