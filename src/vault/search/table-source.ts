// Reads a record table for a rebuild, page by page in the order of the ids.
import type { ObjectDefinition } from "../../contract/field.ts";
import { type Database, systemScope } from "../db/database.ts";
import { type PageRow, type RebuildPass, pageStatement } from "./rebuild-page.ts";

const pageSize = 1000;
const scope = systemScope("search");

/** The `source` of a rebuild. Rows written after a page was read are not seen: they come by `upsert`. */
export function tableSource(db: Database, object: ObjectDefinition): (pass: RebuildPass) => AsyncIterable<string> {
  return (pass) => pages(db, object, pass);
}

async function* pages(db: Database, object: ObjectDefinition, pass: RebuildPass): AsyncGenerator<string> {
  const statement = pageStatement(object, pass);
  const read = async (behind: string): Promise<PageRow | undefined> =>
    (await db.read<PageRow>(scope, statement, [behind, pageSize]))[0];
  let next = read("00000000-0000-0000-0000-000000000000");
  for (;;) {
    const { rows = 0, last = null, page = null } = (await next) ?? {};
    if (last === null || page === null) return;
    // The next page is read while this one is opened.
    const full = rows === pageSize;
    if (full) next = read(last);
    next.catch(() => undefined); // awaited above, unless the rebuild ends before
    yield page;
    if (!full) return;
  }
}
