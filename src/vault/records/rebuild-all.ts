// Fills the search projection from the record tables at start, or after its worker died. Rows are streamed by id, so
// memory stays bounded whatever the size of the company.
import type { ObjectDefinition } from "../../contract/field.ts";
import { systemScope } from "../db/database.ts";
import { type SubjectKeyRow, subjectKeyColumns } from "../keys/key-material.ts";
import { rebuildColumns } from "../search/sealed-batch.ts";
import type { RebuildBatch } from "../search/rebuild.ts";
import type { RebuildPass } from "../search/search-messages.ts";
import type { Records } from "./deps.ts";
import { type RecordRow, tableOf } from "./row.ts";

const batchRows = 2000;
const scope = systemScope("search");
const first = "00000000-0000-0000-0000-000000000000";

/** Rebuilds all objects in turn; the number of rows held, and of rows whose seal or key does not hold. */
export async function rebuildAll(records: Records): Promise<{ rows: number; broken: number }> {
  let rows = 0;
  let broken = 0;
  for (const object of records.schema.objects) {
    const result = await records.search.rebuild({
      object: object.key,
      source: (pass) => batches(records, object, pass),
      material: () => records.keyring.exportMaterial(),
    });
    rows += result.rows;
    broken += result.broken.length;
    if (result.broken.length > 0) {
      await records.ledger.append([
        {
          action: "search.broken_rows",
          at: new Date(),
          actor: { kind: "system" },
          object: object.key,
          objectIds: result.broken.slice(0, 200),
          result: "refused",
          problem: "damaged",
        },
      ]);
    }
  }
  return { rows, broken };
}

async function* batches(records: Records, object: ObjectDefinition, pass: RebuildPass): AsyncGenerator<RebuildBatch> {
  let after = first;
  for (;;) {
    const from = after;
    const batch = await records.db.tx(scope, async (tx) => {
      const rows = await tx.query<RecordRow>(
        `select ${rebuildColumns(object, pass)} from ${tableOf(object)} where id > $1 order by id limit ${batchRows}`,
        [from],
      );
      const keys = await tx.query<SubjectKeyRow>(
        `select ${subjectKeyColumns} from keys.subject_key where subject_id = any($1)`,
        [rows.map((row) => row.subject_id)],
      );
      return { rows, keys };
    });
    const last = batch.rows.at(-1);
    if (!last) return;
    after = last.id;
    // The columns are those of `rebuildColumns`, which is what the type asks for.
    yield { rows: batch.rows as unknown as RebuildBatch["rows"], keys: batch.keys };
  }
}
