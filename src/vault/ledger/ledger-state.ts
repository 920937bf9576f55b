/**
 * What the sequencer must know to go on: the tree's edge and the LtHash state. It is read back from the database and
 * believed only when it gives exactly the root and row root of the newest checkpoint that our key signed.
 */
import type { Queryable } from "../db/database.ts";
import { openCheckpoint, readUnverifiedCheckpoint } from "./checkpoint.ts";
import { parseBody, type EntryBody } from "./entry.ts";
import { LtHash, rowElement } from "./lt-hash.ts";
import { merkleRoot } from "./merkle.ts";
import { NoteBroken } from "./note.ts";
import { LedgerTree, partialWidths, TILE_WIDTH } from "./tree.ts";

/** The ledger in the database is not the one this vault signed. Nothing more is signed or accepted until a person has looked. */
export class LedgerBroken extends Error {}

export interface LedgerState {
  /** Undefined before the first entry. */
  readonly origin: string | undefined;
  readonly tree: LedgerTree;
  readonly rows: LtHash;
  /** Row changes folded since the newest stored LtHash state. */
  readonly unsavedRows: number;
  /** Size at which the newest LtHash state was stored. */
  readonly savedAt: number;
  readonly note: string | undefined;
}

/** Takes the old row out of the hash and puts the new one in. Returns the number of elements touched. */
export function foldRows(rows: LtHash, changes: EntryBody["rows"]): number {
  let touched = 0;
  for (const [table, id, oldVersion, oldTag, version, tag] of changes ?? []) {
    if (oldVersion !== null && oldTag !== null) {
      rows.remove(rowElement(table, id, oldVersion, Buffer.from(oldTag, "base64")));
      touched++;
    }
    if (version !== null && tag !== null) {
      rows.add(rowElement(table, id, version, Buffer.from(tag, "base64")));
      touched++;
    }
  }
  return touched;
}

/** Reads the state. Throws LedgerBroken when the database does not hold what the newest checkpoint says. */
export async function loadLedgerState(db: Queryable, publicKey: Buffer): Promise<LedgerState> {
  const [newest] = await db.query<{ note: string }>(
    "select note from vault.ledger_checkpoint order by size desc limit 1",
  );
  const [last] = await db.query<{ position: string }>(
    "select position from vault.ledger_entry order by position desc limit 1",
  );
  const size = last === undefined ? 0 : Number(last.position) + 1;
  if (newest === undefined) {
    if (size > 0) throw new LedgerBroken("the ledger has entries but no checkpoint");
    return {
      origin: undefined,
      tree: new LedgerTree(),
      rows: new LtHash(),
      unsavedRows: 0,
      savedAt: 0,
      note: undefined,
    };
  }
  let checkpoint;
  try {
    const { origin } = readUnverifiedCheckpoint(newest.note);
    checkpoint = openCheckpoint(newest.note, { name: origin, publicKey });
  } catch (error) {
    if (error instanceof NoteBroken) throw new LedgerBroken(`the newest checkpoint is not ours: ${error.message}`);
    throw error;
  }
  if (checkpoint.size !== size)
    throw new LedgerBroken(`the newest checkpoint covers ${checkpoint.size} entries, the ledger has ${size}`);
  const tree = await loadTree(db, size);
  if (!tree.root().equals(checkpoint.root))
    throw new LedgerBroken("the tree in the database does not have the root that was signed");
  const { rows, touched, savedAt } = await loadRows(db, size);
  if (!rows.digest().equals(checkpoint.rowRoot))
    throw new LedgerBroken("the row state in the database does not have the row root that was signed");
  return { origin: checkpoint.origin, tree, rows, unsavedRows: touched, savedAt, note: newest.note };
}

async function loadTree(db: Queryable, size: number): Promise<LedgerTree> {
  const partial: Buffer[][] = [];
  let count = size;
  for (const [level, width] of partialWidths(size).entries()) {
    const start = count - width;
    const hashes =
      level === 0
        ? (
            await db.query<{ leaf: Buffer }>(
              "select leaf from vault.ledger_entry where position >= $1 order by position",
              [start],
            )
          ).map((row) => row.leaf)
        : (
            await db.query<{ hashes: Buffer }>(
              "select hashes from vault.ledger_tile where level = $1 and index >= $2 and index < $3 order by index",
              [level - 1, start, count],
            )
          ).map((row) => merkleRoot(split(row.hashes)));
    if (hashes.length !== width) throw new LedgerBroken(`level ${level} of the tree is incomplete`);
    partial.push(hashes);
    count = Math.floor(count / TILE_WIDTH);
  }
  return new LedgerTree(size, partial);
}

function split(hashes: Buffer): Buffer[] {
  return Array.from({ length: hashes.length / 32 }, (_, i) => hashes.subarray(i * 32, (i + 1) * 32));
}

async function loadRows(db: Queryable, size: number): Promise<{ rows: LtHash; touched: number; savedAt: number }> {
  const [saved] = await db.query<{ size: string; state: Buffer }>(
    "select size, state from vault.ledger_row_state where size <= $1 order by size desc limit 1",
    [size],
  );
  const savedAt = saved === undefined ? 0 : Number(saved.size);
  const rows = new LtHash(saved?.state);
  let touched = 0;
  for (let from = savedAt; from < size;) {
    const entries = await db.query<{ position: string; body: string }>(
      "select position, body from vault.ledger_entry where position >= $1 order by position limit 1000",
      [from],
    );
    for (const entry of entries) touched += foldRows(rows, parseBody(entry.body).rows);
    const last = entries.at(-1);
    if (last === undefined) break;
    from = Number(last.position) + 1;
  }
  return { rows, touched, savedAt };
}
