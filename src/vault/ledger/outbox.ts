/**
 * The outbox: where an entry first becomes durable, in the transaction of the write it speaks of or in a batch of
 * reads. Each row carries a keyed tag, so that the sequencer never signs an entry that the vault did not write.
 */
import type { Keyring } from "../keys/keyring.ts";
import { sealValue } from "../keys/seal.ts";
import { uuidv7 } from "../db/uuid.ts";
import { prepareEntry, type EntryDraft, type PreparedEntry } from "./entry.ts";

/** The part of the keyring that the ledger needs. */
export type LedgerKeys = Pick<Keyring, "subjects" | "tag" | "verifyTag" | "signingKey">;

/** How the detail of an entry is sealed: context object, record id = entry id. */
export const detailContext = (entryId: string) =>
  ({ object: "ledger", recordId: entryId, class: 2, sealVersion: 1 }) as const;

/** Adds prepared entries in order; they get their `seq` in the order of the text. */
export const INSERT_OUTBOX = `
  insert into vault.ledger_outbox (id, body, sealed, tag)
  select e.id, e.body, case when e.sealed = '' then null else decode(e.sealed, 'base64') end, substr($4::bytea, (e.ord::int - 1) * 32 + 1, 32)
  from rows from (
    unnest($1::uuid[]),
    unnest(string_to_array($2::text, chr(10))),
    unnest($3::text[])
  ) with ordinality as e (id, body, sealed, ord)
  order by e.ord`;

/** Seals details and builds bodies. Throws TypeError on a malformed draft, Error when a subject has no key. */
export async function prepareDrafts(
  keys: LedgerKeys,
  db: Parameters<Keyring["subjects"]>[0],
  drafts: readonly EntryDraft[],
): Promise<PreparedEntry[]> {
  const subjectIds = [
    ...new Set(drafts.flatMap((draft) => (draft.detail === undefined ? [] : [draft.detail.subjectId]))),
  ];
  const subjects = subjectIds.length === 0 ? undefined : await keys.subjects(db, subjectIds);
  return drafts.map((draft) => {
    const id = uuidv7();
    if (draft.detail === undefined) return prepareEntry(id, draft);
    const subject = subjects?.get(draft.detail.subjectId);
    if (subject === undefined) throw new Error("the subject of a ledger entry has no key");
    return prepareEntry(id, draft, sealValue(subject.class2, detailContext(id), draft.detail.value));
  });
}

/** The parameters of INSERT_OUTBOX. A body is JSON on one line, so lines separate bodies and nothing needs escaping. */
export function outboxValues(keys: LedgerKeys, entries: readonly PreparedEntry[]): unknown[] {
  return [
    `{${entries.map((entry) => entry.id).join(",")}}`,
    entries.map((entry) => entry.body).join("\n"),
    `{${entries.map((entry) => `"${entry.sealed?.toString("base64") ?? ""}"`).join(",")}}`,
    Buffer.concat(entries.map((entry) => outboxTag(keys, entry.id, entry.leaf))),
  ];
}

/** The tag covers the body by its leaf: long bodies (an import) cost no more. */
function outboxTag(keys: LedgerKeys, id: string, leaf: Buffer): Buffer {
  return keys.tag("ledger_outbox", [id, leaf]);
}

export function outboxTagHolds(keys: LedgerKeys, id: string, leaf: Buffer, tag: Uint8Array): boolean {
  try {
    keys.verifyTag("ledger_outbox", [id, leaf], Buffer.from(tag));
    return true;
  } catch {
    return false;
  }
}
