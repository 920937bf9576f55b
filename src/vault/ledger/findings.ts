/** What a verification found. The number is always exact; only the list is cut, so that a ruined ledger cannot fill the memory. */

export type FindingKind =
  | "key"
  | "entry_gap"
  | "entry_extra"
  | "entry_leaf"
  | "entry_sealed"
  | "entry_column"
  | "entry_malformed"
  | "index_row"
  | "tile"
  | "row_state"
  | "act"
  | "checkpoint_signature"
  | "checkpoint_column"
  | "checkpoint_root"
  | "checkpoint_row_root"
  | "checkpoint_missing"
  | "truncated"
  | "fork"
  | "witnessed"
  | "row_chain"
  | "row_unlogged"
  | "row_version"
  | "row_tag"
  | "row_missing"
  | "row_root"
  | "table_missing";

export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
  /** Position of the entry, or size of the checkpoint. */
  readonly position?: number;
  readonly table?: string;
  readonly id?: string;
}

export class Findings {
  readonly list: Finding[] = [];
  readonly #most: number;
  count = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(kind: FindingKind, message: string, where: Omit<Finding, "kind" | "message"> = {}): void {
    this.count++;
    if (this.list.length < this.#most) this.list.push({ kind, message, ...where });
  }
}
