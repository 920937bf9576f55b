// Reads a record table for a rebuild, page by page in the order of the ids.
import type { ObjectDefinition } from "../../contract/field.ts";
import { type Database, systemScope } from "../db/database.ts";
import { type RebuildPass, pageStatement } from "./rebuild-page.ts";

const pageSize = 2000;
const scope = systemScope("search");

interface Page {
  readonly rows: number;
  readonly last: string | null;
  readonly page: string | null;
}

/** The `source` of a rebuild. Rows written after a page was read are not seen: they come by `upsert`. */
export function tableSource(db: Database, object: ObjectDefinition): (pass: RebuildPass) => AsyncIterable<string> {
  return (pass) => pages(db, object, pass);
}

async function* pages(db: Database, object: ObjectDefinition, pass: RebuildPass): AsyncGenerator<string> {
  const statement = pageStatement(object, pass);
  const read = (behind: string): Promise<Page[]> => db.read<Page>(scope, statement, [behind, pageSize]);
  let next = read("00000000-0000-0000-0000-000000000000");
  for (;;) {
    const [found] = await next;
    if (!found?.page || !found.last) return;
    const full = found.rows === pageSize;
    // The next page is read while this one is opened.
    if (full) next = read(found.last);
    next.catch(() => undefined); // awaited above, unless the rebuild ends before
    yield found.page;
    if (!full) return;
  }
}
