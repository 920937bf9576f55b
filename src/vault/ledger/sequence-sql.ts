/** The statements of one step of the sequencer: what it reads from the outbox, and what it adds to the ledger. */
import type { Queryable } from "../db/database.ts";
import type { EntryBody } from "./entry.ts";
import type { Tile } from "./tree.ts";

/** Entries and stored bytes of one step at most; more are left to the next, so that appends never wait for a long one. */
export const STEP_ENTRIES = 256;
const STEP_BYTES = 8_000_000;

export interface OutboxRow {
  readonly seq: string;
  readonly id: string;
  readonly body: string;
  readonly tag: Buffer;
  readonly sealed_hash: Buffer | null;
  /** How many rows wait, up to STEP_ENTRIES. */
  readonly available: number;
}

export interface Sequenced {
  readonly seq: string;
  readonly body: EntryBody;
  readonly leaf: Buffer;
}

export const SELECT_OUTBOX = `
  with head as (
    select seq, pg_column_size(body) + coalesce(pg_column_size(sealed), 0) as bytes
    from vault.ledger_outbox order by seq limit ${STEP_ENTRIES}
  ),
  measured as (select seq, bytes, sum(bytes) over (order by seq) as total, (count(*) over ())::int as available from head)
  select o.seq, o.id, o.body, o.tag, sha256(o.sealed) as sealed_hash, m.available
  from measured m join vault.ledger_outbox o on o.seq = m.seq
  where m.total - m.bytes < ${STEP_BYTES} order by o.seq`;

const MOVE = `
  with moved as (delete from vault.ledger_outbox where seq = any($1::bigint[]) returning seq, body, sealed),
  added as (
    insert into vault.ledger_entry (position, id, at, action, object, person_id, device_id, ip, result, body, sealed, leaf)
    select $2::bigint + e.ord - 1, e.id, e.at, e.action, e.object, e.person, e.device, e.ip, e.result, m.body, m.sealed,
      substr($11::bytea, (e.ord::int - 1) * 32 + 1, 32)
    from unnest($1::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[])
      with ordinality as e (seq, id, at, action, object, person, device, ip, result, ord)
    join moved m on m.seq = e.seq
    order by e.ord
    returning 1
  )
  select count(*)::int as added from added`;

/** An array of ids, codes and times as PostgreSQL reads it. `prepareEntry` lets no quote or backslash into any of them. */
function arrayLiteral(items: readonly (string | undefined)[]): string {
  return `{${items.map((item) => (item === undefined ? "NULL" : `"${item}"`)).join(",")}}`;
}

/** Moves entries from the outbox to the positions from `from` on. Throws when they are no longer all there. */
export async function insertEntries(tx: Queryable, from: number, entries: readonly Sequenced[]): Promise<void> {
  const column = (value: (body: EntryBody) => string | undefined): string =>
    arrayLiteral(entries.map((entry) => value(entry.body)));
  const [row] = await tx.query<{ added: number }>(MOVE, [
    `{${entries.map((entry) => entry.seq).join(",")}}`,
    from,
    column((body) => body.id),
    column((body) => body.at),
    column((body) => body.action),
    column((body) => body.object),
    column((body) => body.actor.person),
    column((body) => body.actor.device),
    column((body) => body.actor.ip),
    column((body) => body.result),
    Buffer.concat(entries.map((entry) => entry.leaf)),
  ]);
  if (row?.added !== entries.length) throw new Error("the outbox changed under the sequencer");
}

export async function insertObjects(tx: Queryable, from: number, entries: readonly Sequenced[]): Promise<void> {
  const ids: string[] = [];
  const positions: number[] = [];
  for (const [offset, { body }] of entries.entries()) {
    for (const id of body.objects ?? []) {
      ids.push(id);
      positions.push(from + offset);
    }
  }
  if (ids.length === 0) return;
  await tx.query(
    "insert into vault.ledger_object (object_id, position) select * from unnest($1::uuid[], $2::bigint[])",
    [`{${ids.join(",")}}`, `{${positions.join(",")}}`],
  );
}

export async function insertTiles(tx: Queryable, tiles: readonly Tile[]): Promise<void> {
  await tx.query(
    `insert into vault.ledger_tile (level, index, hashes)
     select t.level, t.index, substr($3::bytea, (t.ord::int - 1) * 8192 + 1, 8192)
     from unnest($1::smallint[], $2::bigint[]) with ordinality as t (level, index, ord)`,
    [tiles.map((tile) => tile.level), tiles.map((tile) => tile.index), Buffer.concat(tiles.map((tile) => tile.hashes))],
  );
}
