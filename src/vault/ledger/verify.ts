/**
 * The offline verifier: recomputes the whole ledger from the database alone and compares it with what was signed, with
 * a checkpoint witnessed elsewhere, and with the rows in the tables. It needs no key and trusts nothing it reads: the
 * first entry names the signing key, and a witnessed root vouches for the first entry.
 */
import { openCheckpoint, readUnverifiedCheckpoint } from "./checkpoint.ts";
import { GENESIS_ACTION, parseBody, type EntryBody } from "./entry.ts";
import { Findings, type Finding } from "./findings.ts";
import { foldRows } from "./ledger-state.ts";
import { LtHash } from "./lt-hash.ts";
import { leafHash } from "./merkle.ts";
import { formatVerifier, NoteBroken, parseVerifier, type NoteVerifier } from "./note.ts";
import { LedgerTree } from "./tree.ts";
import { ActBook } from "./verify-acts.ts";
import { CheckpointTrail } from "./verify-checkpoints.ts";
import { compareColumns, compareIndexRows, compareTiles, type StoredEntry } from "./verify-entries.ts";
import { discoverTables, RowBook, type TaggedTable } from "./verify-rows.ts";

/** Queries on one connection in one snapshot (a repeatable read transaction). */
export type LedgerQuery = <R = Record<string, unknown>>(text: string, values?: readonly unknown[]) => Promise<R[]>;

export interface VerifyOptions {
  readonly query: LedgerQuery;
  /** A checkpoint note kept outside this machine. Without it only a prefix is proven: a shorter or rewritten ledger under the real key would pass. */
  readonly witnessed?: string;
  /** The signing key, if known from elsewhere, as C2SP verifier key. */
  readonly publicKey?: string;
  /** Tables whose rows carry tags; by default all tables of the schemas vault and keys with id, version and tag. */
  readonly tables?: readonly TaggedTable[];
  /** Entries per batch; 1,000 by default. */
  readonly batch?: number;
  /** Findings kept in the list (all are counted); 1,000 by default. */
  readonly mostFindings?: number;
  readonly progress?: (entries: number) => void;
}

export interface LedgerVerdict {
  readonly ok: boolean;
  /** True without a witnessed checkpoint. */
  readonly prefixOnly: boolean;
  readonly entries: number;
  /** Entries in the outbox, not under any checkpoint yet. */
  readonly pending: number;
  readonly checkpoints: number;
  readonly witnessedSize?: number;
  readonly rows: number;
  /** Acts whose passkey signature was checked and holds. */
  readonly signedActs: number;
  readonly root: string;
  readonly rowRoot: string;
  /** The key that the ledger names, as C2SP verifier key. */
  readonly verifierKey?: string;
  readonly findingCount: number;
  readonly findings: readonly Finding[];
}

const ENTRIES = `
  select position, id, trunc(extract(epoch from at) * 1000000)::bigint::text as at, action, object, person_id, device_id, ip, result, body,
    sha256(sealed) as sealed_hash, leaf
  from vault.ledger_entry where position > $1::bigint order by position limit $2::int`;

/** Throws NoteBroken when the witnessed note or the key given is malformed; everything wrong in the database is a finding. */
export async function verifyLedger(options: VerifyOptions): Promise<LedgerVerdict> {
  const { query, batch = 1000 } = options;
  const findings = new Findings(options.mostFindings ?? 1000);
  const witnessed = options.witnessed === undefined ? undefined : readUnverifiedCheckpoint(options.witnessed);
  const verifier = await findVerifier(query, options.publicKey, findings);
  if (witnessed !== undefined && options.witnessed !== undefined) checkWitnessed(options.witnessed, verifier, findings);
  const trail = new CheckpointTrail({ query, findings, verifier, witnessed });
  const book = new RowBook(findings);
  const acts = new ActBook(findings);
  try {
    const tree = new LedgerTree();
    const rows = new LtHash();
    const counted = { entries: 0, objects: 0, tiles: 0 };
    let whole = true;
    for (let after = "-9223372036854775808"; ;) {
      const stored = await query<StoredEntry>(ENTRIES, [after, batch]);
      const last = stored.at(-1);
      if (last === undefined) break;
      const bodies = new Map<number, EntryBody>();
      const tiles = [];
      for (const entry of stored) {
        const position = Number(entry.position);
        if (position !== tree.size && whole) {
          whole = false;
          findings.add("entry_gap", `entry ${tree.size} is missing: the next one stands at ${position}`, {
            position: tree.size,
          });
        }
        const leaf = leafHash(entry.body);
        if (!leaf.equals(entry.leaf))
          findings.add("entry_leaf", "the body is not the one whose hash stands beside it", { position });
        if (whole) tiles.push(...tree.append(leaf));
        const body = readBody(entry, findings);
        if (body !== undefined) {
          bodies.set(position, body);
          compareColumns(entry, body, findings);
          await acts.check(body, position);
          foldRows(rows, body.rows);
          for (const change of body.rows ?? []) book.apply(change, position);
        }
        if (whole) await trail.reached(tree, rows);
      }
      counted.entries += stored.length;
      counted.objects += await compareIndexRows(
        query,
        Number(stored[0]?.position),
        Number(last.position),
        bodies,
        findings,
      );
      counted.tiles += tiles.length;
      await compareTiles(query, tiles, findings);
      after = last.position;
      options.progress?.(counted.entries);
    }
    await trail.finish(tree, whole);
    if (whole) await compareCounts(query, counted, findings);
    const pending = await followOutbox(query, book, rows, findings);
    const live = await compareTables(query, options.tables, book, rows, findings);
    return {
      ok: findings.count === 0,
      prefixOnly: witnessed === undefined,
      entries: counted.entries,
      pending,
      checkpoints: trail.looked,
      ...(witnessed !== undefined && { witnessedSize: witnessed.size }),
      rows: live,
      signedActs: acts.signed,
      root: tree.root().toString("base64"),
      rowRoot: rows.digest().toString("base64"),
      ...(verifier !== undefined && { verifierKey: formatVerifier(verifier) }),
      findingCount: findings.count,
      findings: findings.list,
    };
  } finally {
    book.close();
  }
}

async function findVerifier(
  query: LedgerQuery,
  given: string | undefined,
  findings: Findings,
): Promise<NoteVerifier | undefined> {
  const pinned = given === undefined ? undefined : parseVerifier(given).publicKey;
  const [first] = await query<{ body: string }>("select body from vault.ledger_entry where position = 0");
  if (first === undefined) return undefined;
  try {
    const body = parseBody(first.body);
    if (body.action !== GENESIS_ACTION || body.key === undefined)
      throw new NoteBroken("it is not the start of a ledger");
    const named = parseVerifier(body.key);
    if (pinned === undefined || pinned.equals(named.publicKey)) return named;
    findings.add("key", "the first entry names another signing key than the one given", { position: 0 });
    return { name: named.name, publicKey: pinned };
  } catch (error) {
    findings.add(
      "key",
      `the first entry names no signing key: ${error instanceof Error ? error.message : String(error)}`,
      { position: 0 },
    );
    return undefined;
  }
}

function checkWitnessed(note: string, verifier: NoteVerifier | undefined, findings: Findings): void {
  if (verifier === undefined) return;
  try {
    openCheckpoint(note, verifier);
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    findings.add("witnessed", `the witnessed checkpoint is not of this ledger: ${error.message}`);
  }
}

function readBody(entry: StoredEntry, findings: Findings): EntryBody | undefined {
  const position = Number(entry.position);
  let body: EntryBody;
  try {
    body = parseBody(entry.body);
  } catch {
    findings.add("entry_malformed", "the body cannot be read", { position });
    return undefined;
  }
  if (body.sealed?.hash !== entry.sealed_hash?.toString("base64")) {
    findings.add(
      "entry_sealed",
      entry.sealed_hash === null ? "the sealed detail is gone" : "the sealed detail is not the one that the body names",
      { position },
    );
  }
  return body;
}

async function compareCounts(
  query: LedgerQuery,
  counted: { entries: number; objects: number; tiles: number },
  findings: Findings,
): Promise<void> {
  const [total] = await query<Record<"entries" | "objects" | "tiles", string>>(
    `select (select count(*) from vault.ledger_entry) as entries, (select count(*) from vault.ledger_object) as objects,
       (select count(*) from vault.ledger_tile) as tiles`,
  );
  if (Number(total?.entries) !== counted.entries)
    findings.add("entry_extra", `${total?.entries} entries are stored, ${counted.entries} have a place in the tree`);
  if (Number(total?.objects) !== counted.objects)
    findings.add("index_row", `${total?.objects} index rows are stored, ${counted.objects} belong to entries`);
  if (Number(total?.tiles) !== counted.tiles)
    findings.add("tile", `${total?.tiles} tiles are stored, the tree has ${counted.tiles}`);
}

/** Entries that still wait: their row changes have already happened in the tables. */
async function followOutbox(query: LedgerQuery, book: RowBook, rows: LtHash, findings: Findings): Promise<number> {
  let after = "0";
  let pending = 0;
  for (;;) {
    const waiting = await query<{ seq: string; body: string; sealed_hash: Buffer | null }>(
      "select seq, body, sha256(sealed) as sealed_hash from vault.ledger_outbox where seq > $1::bigint order by seq limit 1000",
      [after],
    );
    const last = waiting.at(-1);
    if (last === undefined) return pending;
    for (const { body: text } of waiting) {
      try {
        const body = parseBody(text);
        foldRows(rows, body.rows);
        for (const change of body.rows ?? []) book.apply(change, undefined);
      } catch {
        findings.add("entry_malformed", "an entry that waits in the outbox cannot be read");
      }
    }
    pending += waiting.length;
    after = last.seq;
  }
}

async function compareTables(
  query: LedgerQuery,
  given: readonly TaggedTable[] | undefined,
  book: RowBook,
  rows: LtHash,
  findings: Findings,
): Promise<number> {
  const known = book.tables();
  const tables = given ?? (await discoverTables(query, known));
  const live = new LtHash();
  let looked = 0;
  for (const table of tables) looked += await book.compare(query, table, live);
  for (const table of known) {
    if (!tables.some((tagged) => tagged.table === table))
      findings.add("table_missing", "the ledger knows rows of this table, it was not found", { table });
  }
  if (!live.digest().equals(rows.digest())) {
    findings.add("row_root", "the row root of the tables is not that of the ledger");
  }
  return looked;
}
