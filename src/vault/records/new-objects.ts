// What objects that an installation of an earlier version did not have need there: rights in the shipped roles, and the
// first pipeline. Done once, at the first start of the version that brings them.
import { extendShippedRoles } from "../access/shipped-roles.ts";
import type { NotedEntry } from "../call.ts";
import { systemScope } from "../db/database.ts";
import type { Records } from "./deps.ts";
import { createFirstPipeline } from "./first-pipeline.ts";
import type { Writer } from "./write.ts";

/** Nothing before the company is set up, and nothing the second time. Needs the directory. */
export async function settleNewObjects(records: Records): Promise<void> {
  const { db, directory, ledger } = records;
  if (directory.rootDepartment() === undefined) return;
  await db.tx(systemScope("setup"), async (tx) => {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('setup', 0))");
    const now = new Date();
    const notes: NotedEntry[] = [];
    const writer: Writer = { access: undefined, by: null, now, note: (entry) => notes.push(entry) };
    const rows = await extendShippedRoles(records, tx);
    if (rows.length > 0) tx.afterCommit(() => directory.changed());
    if (rows.length > 0) notes.push({ action: "role.extend", result: "ok", rows });
    const [pipeline] = await tx.query("select id from vault.record_pipeline limit 1");
    // A company's language is that of its name.
    const language = /\p{Script=Han}/u.test(directory.company) ? "zh" : "en";
    if (!pipeline) await createFirstPipeline(records, tx, writer, language);
    if (notes.length === 0) return;
    await tx.rescope(systemScope("ledger"));
    await ledger.insert(
      tx,
      notes.map((note) => ({ ...note, at: now, actor: { kind: "system" } })),
    );
  });
  await directory.ready();
}
