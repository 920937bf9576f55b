/**
 * Follows the stored checkpoints while the verifier rebuilds the tree: at the size of each, the rebuilt root and row root
 * must be those that were signed, and at the size of the witnessed one those that the witness keeps. One tree that
 * passes through all of them proves their consistency.
 */
import { openCheckpoint, parseCheckpoint, type Checkpoint } from "./checkpoint.ts";
import type { Findings } from "./findings.ts";
import type { LtHash } from "./lt-hash.ts";
import { NoteBroken, splitNote, type NoteVerifier } from "./note.ts";
import type { LedgerTree } from "./tree.ts";
import type { LedgerQuery } from "./verify.ts";

interface StoredCheckpoint {
  readonly size: string;
  readonly root: Buffer;
  readonly row_root: Buffer;
  readonly note: string;
  readonly state: Buffer | null;
}

const PAGE = 500;

export class CheckpointTrail {
  readonly #query: LedgerQuery;
  readonly #findings: Findings;
  readonly #verifier: NoteVerifier | undefined;
  readonly #witnessed: Checkpoint | undefined;
  #page: StoredCheckpoint[] = [];
  #next = 0;
  #after = "-1";
  #ended = false;
  #goodSize = 0;
  #rootBroken = false;
  #rowsBroken = false;
  #newest = 0;
  looked = 0;

  constructor(options: {
    query: LedgerQuery;
    findings: Findings;
    verifier: NoteVerifier | undefined;
    witnessed: Checkpoint | undefined;
  }) {
    this.#query = options.query;
    this.#findings = options.findings;
    this.#verifier = options.verifier;
    this.#witnessed = options.witnessed;
  }

  /** Called after each entry with the tree and rows up to it. */
  async reached(tree: LedgerTree, rows: LtHash): Promise<void> {
    if (tree.size === this.#witnessed?.size) this.#compareWitnessed(this.#witnessed, tree, rows);
    for (
      let stored = await this.#peek();
      stored !== undefined && Number(stored.size) <= tree.size;
      stored = await this.#peek()
    ) {
      this.#next++;
      this.looked++;
      if (Number(stored.size) < tree.size)
        this.#findings.add("checkpoint_column", "a checkpoint of no size", { position: Number(stored.size) });
      else this.#compare(stored, tree, rows);
    }
  }

  /** After the last entry: nothing may be signed or witnessed that is not there, and nothing be there that is not signed. */
  async finish(tree: LedgerTree, whole: boolean): Promise<void> {
    for (let stored = await this.#peek(); stored !== undefined; stored = await this.#peek()) {
      this.#next++;
      this.looked++;
      const size = Number(stored.size);
      this.#newest = size;
      this.#openStored(stored, size);
      if (whole)
        this.#findings.add("truncated", `a checkpoint covers ${size} entries, the ledger ends after ${tree.size}`, {
          position: size,
        });
    }
    if (whole && this.#newest < tree.size) {
      this.#findings.add("checkpoint_missing", `the entries from ${this.#newest} on stand under no checkpoint`, {
        position: this.#newest,
      });
    }
    if (whole && this.#witnessed !== undefined && this.#witnessed.size > tree.size) {
      this.#findings.add(
        "truncated",
        `the witness has seen ${this.#witnessed.size} entries, the ledger ends after ${tree.size}`,
        { position: tree.size },
      );
    }
  }

  async #peek(): Promise<StoredCheckpoint | undefined> {
    if (this.#next >= this.#page.length && !this.#ended) {
      this.#page = await this.#query<StoredCheckpoint>(
        `select c.size, c.root, c.row_root, c.note, s.state from vault.ledger_checkpoint c
         left join vault.ledger_row_state s on s.size = c.size where c.size > $1::bigint order by c.size limit ${PAGE}`,
        [this.#after],
      );
      this.#next = 0;
      this.#after = this.#page.at(-1)?.size ?? this.#after;
      this.#ended = this.#page.length < PAGE;
    }
    return this.#page[this.#next];
  }

  #openStored(stored: StoredCheckpoint, size: number): Checkpoint | undefined {
    try {
      const checkpoint =
        this.#verifier === undefined
          ? parseCheckpoint(splitNote(stored.note).text)
          : openCheckpoint(stored.note, this.#verifier);
      if (
        checkpoint.size !== size ||
        !checkpoint.root.equals(stored.root) ||
        !checkpoint.rowRoot.equals(stored.row_root)
      ) {
        this.#findings.add("checkpoint_column", "the columns of a checkpoint are not what its note says", {
          position: size,
        });
      }
      return checkpoint.size === size ? checkpoint : undefined;
    } catch (error) {
      if (!(error instanceof NoteBroken)) throw error;
      this.#findings.add("checkpoint_signature", error.message, { position: size });
      return undefined;
    }
  }

  #compare(stored: StoredCheckpoint, tree: LedgerTree, rows: LtHash): void {
    const size = tree.size;
    this.#newest = size;
    const checkpoint = this.#openStored(stored, size);
    if (stored.state !== null && !rows.bytes().equals(stored.state)) {
      this.#findings.add("row_state", "the stored row state is not that of the entries", { position: size });
    }
    if (checkpoint === undefined) return;
    // After the first wrong root all later ones are wrong too: one finding, with the range it lies in.
    if (!this.#rootBroken && !tree.root().equals(checkpoint.root)) {
      this.#rootBroken = true;
      this.#findings.add(
        "checkpoint_root",
        `an entry from ${this.#goodSize} to ${size - 1} is not the one that was signed`,
        { position: size },
      );
    }
    if (!this.#rootBroken) this.#goodSize = size;
    if (!this.#rowsBroken && !rows.digest().equals(checkpoint.rowRoot)) {
      this.#rowsBroken = true;
      this.#findings.add("checkpoint_row_root", "the row changes do not give the row root that was signed", {
        position: size,
      });
    }
  }

  #compareWitnessed(witnessed: Checkpoint, tree: LedgerTree, rows: LtHash): void {
    const at = { position: witnessed.size };
    if (!tree.root().equals(witnessed.root))
      this.#findings.add("fork", "the ledger is not the one that the witness has seen", at);
    else if (!rows.digest().equals(witnessed.rowRoot))
      this.#findings.add("fork", "the row root is not the one that the witness has seen", at);
  }
}
