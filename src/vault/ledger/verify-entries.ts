/** The verifier's look at single entries: search columns, index rows and tiles must be exactly what the bodies imply. */
import { isUuid } from "../db/uuid.ts";
import type { EntryBody } from "./entry.ts";
import type { Findings } from "./findings.ts";
import { TILE_WIDTH, tilePath, type Tile } from "./tree.ts";
import type { LedgerQuery } from "./verify.ts";

/** The columns to search by, and the body. */
export interface EntryRow {
  readonly position: string;
  readonly id: string;
  /** Microseconds since 1970. */
  readonly at: string;
  readonly action: string;
  readonly object: string | null;
  readonly person_id: string | null;
  readonly device_id: string | null;
  readonly ip: string | null;
  readonly result: string;
  readonly body: string;
}

export interface StoredEntry extends EntryRow {
  readonly sealed_hash: Buffer | null;
  readonly leaf: Buffer;
}

/** The search columns repeat the body: a changed one would hide an entry from the viewer. */
export function compareColumns(entry: EntryRow, body: EntryBody, findings: Findings): void {
  const position = Number(entry.position);
  const columns: [string, string | null, string | null | undefined][] = [
    ["id", entry.id, body.id],
    ["at", entry.at, String(Date.parse(body.at) * 1000)],
    ["action", entry.action, body.action],
    ["object", entry.object, body.object],
    ["person_id", entry.person_id, body.actor.person],
    ["device_id", entry.device_id, body.actor.device],
    ["ip", entry.ip, body.actor.ip],
    ["result", entry.result, body.result],
  ];
  for (const [name, stored, said] of columns) {
    if (stored !== (said ?? null))
      findings.add("entry_column", `the search column ${name} is not what the body says`, { position });
  }
}

/** Index rows of the entries from `first` to `last`. Returns how many are right. */
export async function compareIndexRows(
  query: LedgerQuery,
  first: number,
  last: number,
  bodies: ReadonlyMap<number, EntryBody>,
  findings: Findings,
): Promise<number> {
  const expected = new Set<string>();
  for (const [position, body] of bodies)
    for (const id of body.objects ?? []) if (isUuid(id)) expected.add(`${position} ${id}`);
  const rows = await query<{ position: string; object_id: string }>(
    "select position, object_id from vault.ledger_object where position >= $1::bigint and position <= $2::bigint",
    [first, last],
  );
  let right = 0;
  for (const row of rows) {
    if (expected.delete(`${row.position} ${row.object_id}`)) right++;
    else
      findings.add("index_row", "an index row that the entry does not imply", {
        position: Number(row.position),
        id: row.object_id,
      });
  }
  for (const key of expected) {
    const [position, id = ""] = key.split(" ");
    findings.add("index_row", "the index row of this record is missing", { position: Number(position), id });
  }
  return right;
}

/** Stored tiles against those that the entries give; a differing hash of level 0 names the entry. */
export async function compareTiles(query: LedgerQuery, tiles: readonly Tile[], findings: Findings): Promise<void> {
  if (tiles.length === 0) return;
  const stored = await query<{ level: number; index: string; hashes: Buffer }>(
    `select t.level, t.index, t.hashes from unnest($1::smallint[], $2::bigint[]) as w (level, index)
     join vault.ledger_tile t on t.level = w.level and t.index = w.index`,
    [tiles.map((tile) => tile.level), tiles.map((tile) => tile.index)],
  );
  const byPath = new Map(stored.map((tile) => [tilePath(tile.level, Number(tile.index)), tile.hashes]));
  for (const { level, index, hashes } of tiles) {
    const path = tilePath(level, index);
    const found = byPath.get(path);
    if (found === undefined) findings.add("tile", `${path} is missing`);
    else if (!found.equals(hashes)) {
      const differing = Array.from({ length: TILE_WIDTH }, (_, i) => i).filter(
        (i) => hashes.compare(found, i * 32, i * 32 + 32, i * 32, i * 32 + 32) !== 0,
      );
      const positions = level === 0 ? differing.map((i) => index * TILE_WIDTH + i) : [];
      findings.add(
        "tile",
        `${path} is not that of the entries`,
        positions[0] === undefined ? {} : { position: positions[0] },
      );
      for (const position of positions.slice(1))
        findings.add("tile", `${path} has another hash for this entry`, { position });
    }
  }
}
