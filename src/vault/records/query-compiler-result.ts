// What the query compiler makes, and the two limits it works with. Only types and numbers, so that the search worker need
// not load the compiler.
import type { SqlValue } from "./query-compiler-sql.ts";

export type QueryTarget = "postgres" | "projection";

export interface Statement {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** What the statement of a sum gives for each unit; see readSums. */
export type SumCells = readonly [unit: unknown, high: unknown, low: unknown];

/** For PostgreSQL: run `text` with `values`; the count likewise. */
export interface CompiledQuery extends Statement {
  readonly object: string;
  readonly target: QueryTarget;
  /** One row, one column: the number of rows, at most `countCap` + 1. */
  readonly countText: string;
  readonly countValues: readonly SqlValue[];
  readonly counted: boolean;
  /** One for each field that is added up; see readSums. */
  readonly sums: readonly (Statement & { readonly field: string })[];
  /** Projection only: the fields selected after id, version, owner_id and department_id. */
  readonly columns: readonly string[];
  /** Projection only: after the fields, the key of the field that a search found the row by. */
  readonly matched: boolean;
  /**
   * Projection only: the same query by reading the whole table once, for conditions that few rows meet; `sample` counts
   * them among the first rows. Without a sample the sort has no index, and reading all is best.
   */
  readonly scan?: { readonly rows: Statement; readonly sample?: Statement };
  /** Projection only, with words that narrow: the same query over candidates, and how many there are (at most cap + 1). */
  readonly narrowed?: { readonly rows: Statement; readonly count: Statement; readonly probe: Statement };
}

/** Counts are exact up to here; one more means "more than". */
export const countCap = 10_000;
/** With more candidates than this, reading rows in the order of the list finds a page sooner. */
export const candidateCap = 5000;

/** Rows of a sample, and the hits in it below which reading the whole table is quicker than walking in list order. */
export const sampleSize = 5000;
export const sparseHits = 15;
