// Reads a record table for a rebuild, page by page in the order of the ids.
import type { ObjectDefinition } from "../../contract/field.ts";
import { type Database, systemScope } from "../db/database.ts";
import { type PackedRow, type RebuildPass, pageStatement } from "./rebuild-page.ts";

const pageSize = 1000;
const scope = systemScope("search");

/** The `source` of a rebuild. Rows written after a page was read are not seen: they come by `upsert`. */
export function tableSource(
  db: Database,
  object: ObjectDefinition,
): (pass: RebuildPass) => AsyncIterable<readonly PackedRow[]> {
  return (pass) => pages(db, object, pass);
}

async function* pages(db: Database, object: ObjectDefinition, pass: RebuildPass): AsyncGenerator<readonly PackedRow[]> {
  const statement = pageStatement(object, pass);
  const read = async (behind: string): Promise<readonly PackedRow[]> =>
    // The statement gives these columns.
    (await db.readTexts(scope, statement, [behind, pageSize])) as unknown as readonly PackedRow[];
  let next = read("00000000-0000-0000-0000-000000000000");
  for (;;) {
    const page = await next;
    const last = page.at(-1);
    if (!last) return;
    // The next page is read while this one is opened.
    const full = page.length === pageSize;
    if (full) next = read(last[0]);
    next.catch(() => undefined); // awaited above, unless the rebuild ends before
    yield page;
    if (!full) return;
  }
}
