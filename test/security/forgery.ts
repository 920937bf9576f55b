/** What the tamperings are made of: the victim, and the tools of a forger who is superuser of the database. */
import type pg from "pg";
import { formatCheckpoint, readUnverifiedCheckpoint } from "../../src/vault/ledger/checkpoint.ts";
import { parseBody, type EntryBody } from "../../src/vault/ledger/entry.ts";
import { foldRows } from "../../src/vault/ledger/ledger-state.ts";
import { LtHash } from "../../src/vault/ledger/lt-hash.ts";
import { leafHash } from "../../src/vault/ledger/merkle.ts";
import { signNote, type NoteSigner } from "../../src/vault/ledger/note.ts";
import type { ProbeRow } from "../../src/vault/ledger/test-ledger.ts";
import type { SeededRandom } from "../../src/vault/ledger/test-random.ts";
import { LedgerTree } from "../../src/vault/ledger/tree.ts";

export interface Victim {
  readonly client: pg.ClientBase;
  readonly random: SeededRandom;
  readonly size: number;
  /** Sizes of the stored checkpoints, ascending. */
  readonly checkpoints: readonly number[];
  /** Rows that are in the table. */
  readonly rows: readonly ProbeRow[];
  /** Earlier versions of rows. */
  readonly history: readonly ProbeRow[];
  /** The ledger's own signer: only `rewrittenTail` uses it. */
  readonly signer: NoteSigner;
}

export const COLUMNS = "id, at, action, object, person_id, device_id, ip, result, body, sealed, leaf";

export function flip(v: Victim, bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  const at = v.random.next(changed.length);
  changed[at] = (changed[at] ?? 0) ^ (1 << v.random.next(8));
  return changed;
}

export async function bodyOf(v: Victim, position: number): Promise<string> {
  return (await v.client.query("select body from vault.ledger_entry where position = $1", [position])).rows[0].body;
}

/** Another printable character somewhere in a text. */
export function bend(v: Victim, text: string): string {
  const at = v.random.next(text.length);
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789".replace(text[at]?.toLowerCase() ?? "", "");
  return text.slice(0, at) + letters[v.random.next(letters.length)] + text.slice(at + 1);
}

/** A falsified body that still reads as one. */
export function rewrite(v: Victim, text: string): EntryBody {
  const body = parseBody(text);
  const forged = { action: "record.forged", at: "2020-01-01T00:00:00.000Z", purpose: "audit", problem: "none" };
  const key = v.random.pick(["action", "at", "purpose", "problem"] as const);
  return { ...body, [key]: forged[key] };
}

export async function setBody(v: Victim, position: number, body: EntryBody, leaf: boolean): Promise<void> {
  const text = JSON.stringify(body);
  await v.client.query(
    "update vault.ledger_entry set body = $2, action = $3, at = $4, leaf = case when $5 then $6 else leaf end where position = $1",
    [position, text, body.action, body.at, leaf, leafHash(text)],
  );
}

export async function permute(v: Victim, from: readonly number[], to: readonly number[]): Promise<void> {
  await v.client.query(
    `with moved as (delete from vault.ledger_entry where position = any($1::bigint[]) returning *)
     select set_config('strongroom.moved', (select json_agg(m)::text from moved m), true)`,
    [from],
  );
  await v.client.query(
    `insert into vault.ledger_entry (position, ${COLUMNS})
     select p.target, ${COLUMNS.split(", ")
       .map((name) => `m.${name}`)
       .join(", ")}
     from unnest($1::bigint[], $2::bigint[]) as p (source, target)
     join json_populate_recordset(null::vault.ledger_entry, current_setting('strongroom.moved')::json) m on m.position = p.source`,
    [from, to],
  );
}

/** Recomputes tiles and checkpoints from the bodies as they stand and signs them anew: what a forger does who thinks of all. */
export async function resign(v: Victim, signer: NoteSigner): Promise<void> {
  await v.client.query("delete from vault.ledger_tile; delete from vault.ledger_row_state");
  const { rows: stored } = await v.client.query("select size, note from vault.ledger_checkpoint order by size");
  const entries = await v.client.query("select position, body from vault.ledger_entry order by position");
  const tree = new LedgerTree();
  const rows = new LtHash();
  for (const { position, body } of entries.rows) {
    const leaf = leafHash(body);
    await v.client.query("update vault.ledger_entry set leaf = $2 where position = $1 and leaf <> $2", [
      position,
      leaf,
    ]);
    for (const tile of tree.append(leaf))
      await v.client.query("insert into vault.ledger_tile values ($1, $2, $3)", [tile.level, tile.index, tile.hashes]);
    foldRows(rows, parseBody(body).rows);
    const checkpoint = stored.find((row) => Number(row.size) === tree.size);
    if (checkpoint === undefined) continue;
    const { origin } = readUnverifiedCheckpoint(checkpoint.note);
    const [root, rowRoot] = [tree.root(), rows.digest()];
    const note = signNote(formatCheckpoint({ origin, size: tree.size, root, rowRoot }), { ...signer, name: origin });
    await v.client.query("update vault.ledger_checkpoint set root = $2, row_root = $3, note = $4 where size = $1", [
      tree.size,
      root,
      rowRoot,
      note,
    ]);
  }
}

export async function forgeSomewhere(v: Victim, signer: NoteSigner): Promise<number> {
  const position = 1 + v.random.next(v.size - 1);
  await setBody(v, position, rewrite(v, await bodyOf(v, position)), true);
  await resign(v, signer);
  return position;
}

export const hashColumn = (v: Victim) => v.random.pick(["root", "row_root"] as const);
export const checkpointOf = (v: Victim): number => v.random.pick(v.checkpoints);
export const positionOf = (v: Victim): number => v.random.next(v.size);

/** Entries whose sealed detail is stored. */
export async function sealedPositions(v: Victim): Promise<number[]> {
  return (await v.client.query("select position from vault.ledger_entry where sealed is not null")).rows.map((row) =>
    Number(row.position),
  );
}
