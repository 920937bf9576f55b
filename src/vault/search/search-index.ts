// The search projection as the rest of the vault sees it: rows go in as they are written, compiled queries come out. What
// it answers holds names in plain, so every answer is judged by its caller like a row read from the tables.
import type { ResourceLimits } from "node:worker_threads";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { ObjectDefinition, StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { CompiledQuery } from "../records/query-compiler-result.ts";
import type { QueryResult } from "./projection.ts";
import type { ProjectedValue } from "./projection-cells.ts";
import type { ProjectionRow } from "./projection-table.ts";
import { type RebuildOptions, type RebuildResult, rebuild } from "./rebuild.ts";
import { type LookupTag, restrictedCells } from "./restricted.ts";
import { SearchThread } from "./search-thread.ts";
import { type Suggestion, type SuggestTarget, rankSuggestions, suggestQuery } from "./suggest.ts";

export interface SearchIndexOptions {
  readonly objects: readonly ObjectDefinition[];
  /** Keyring.lookup: the keyed tag of a normalised restricted value. */
  readonly lookup: LookupTag;
  /** Limits of the worker's JavaScript heap; the projection itself lies outside it. */
  readonly resourceLimits?: ResourceLimits;
  /** The worker died and its rows are lost: rebuild all objects. */
  readonly onLost?: (why: unknown) => void;
}

/** A written record. `values` holds all fields in plain, or, with `base`, those that changed since that version. */
export interface UpsertRow {
  readonly id: string;
  readonly version: number;
  readonly base?: number;
  readonly owner: string | null;
  readonly department: string | null;
  readonly createdAt: Date;
  readonly createdBy: string | null;
  readonly updatedAt: Date;
  readonly updatedBy: string | null;
  readonly deletedAt: Date | null;
  readonly values: Readonly<Record<string, FieldValue | undefined>>;
}

export interface Readiness {
  /** Queries are answered; until then they throw Problem('starting'). */
  readonly ready: boolean;
  /** Numbers are found too, and masks are at hand; a little later than `ready`. */
  readonly complete: boolean;
  /** Rows stored so far by the rebuild. */
  readonly rows: number;
}

interface Pending {
  readonly rows: ProjectionRow[];
  readonly values: ProjectedValue[][];
  readonly waiting: {
    readonly ids: ReadonlySet<string>;
    resolve(stale: string[]): void;
    reject(error: unknown): void;
  }[];
}

const defaultLimits: ResourceLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 };
const rowsPerMessage = 500;

export class SearchIndex {
  readonly #options: SearchIndexOptions;
  readonly #objects = new Map<string, ObjectDefinition>();
  readonly #state = new Map<string, { ready: boolean; complete: boolean; rows: number }>();
  readonly #pending = new Map<string, Pending>();
  readonly #thread: SearchThread;
  /** Why the worker is being ended. */
  #fault: unknown;

  private constructor(options: SearchIndexOptions) {
    this.#options = options;
    for (const object of options.objects) this.#objects.set(object.key, object);
    this.#thread = new SearchThread({
      objects: () => [...this.#objects.values()],
      resourceLimits: options.resourceLimits ?? defaultLimits,
      lost: () => {
        this.#state.clear();
        const why = this.#fault ?? new Error("the search worker ended");
        this.#fault = undefined;
        options.onLost?.(why);
      },
    });
  }

  /** Starts the worker with empty tables. No object is ready until `rebuild` has gone through. */
  static async start(options: SearchIndexOptions): Promise<SearchIndex> {
    const index = new SearchIndex(options);
    await index.size();
    return index;
  }

  ready(object: string): Readiness {
    return { ...(this.#state.get(object) ?? { ready: false, complete: false, rows: 0 }) };
  }

  /**
   * Fills an object's rows from the tables: ready after the first pass, complete when this resolves. Rows written meanwhile
   * win by their version, removed ones stay removed. Each write must be told by `upsert` after its commit, also while
   * this goes on.
   */
  async rebuild(
    options: Omit<RebuildOptions, "object" | "progress" | "searchable"> & { readonly object: string },
  ): Promise<RebuildResult> {
    const state = { ready: false, complete: false, rows: 0 };
    this.#state.set(options.object, state);
    const result = await rebuild(this.#thread, {
      ...options,
      object: this.#definition(options.object),
      progress: (pass, rows) => {
        if (pass === "rows") state.rows = rows;
      },
      searchable: () => {
        state.ready = true;
      },
    });
    state.complete = true;
    return result;
  }

  /**
   * Takes written rows over, after their commit; calls of one turn go together. Resolves once queries see them, with
   * the ids of rows sent in part (`base`) whose base is not what the projection holds: send those in full. A row older
   * than what is held is ignored.
   */
  upsert(object: string, rows: readonly UpsertRow[]): Promise<string[]> {
    const definition = this.#definition(object);
    const pending = this.#pending.get(object) ?? { rows: [], values: [], waiting: [] };
    if (this.#pending.size === 0) setImmediate(() => this.#flush());
    this.#pending.set(object, pending);
    for (const row of rows) {
      pending.rows.push(headOf(row));
      pending.values.push(definition.fields.map((field) => this.#projected(field, row)));
    }
    return new Promise((resolve, reject) => {
      pending.waiting.push({ ids: new Set(rows.map((row) => row.id)), resolve, reject });
    });
  }

  /** Takes rows out: erased, not merely deleted (those stay, as deleted). */
  async remove(object: string, ids: readonly string[]): Promise<void> {
    this.#flush();
    await this.#thread.call({ call: "remove", object, ids });
  }

  async addObject(object: ObjectDefinition): Promise<void> {
    this.#flush();
    this.#objects.set(object.key, object);
    await this.#thread.call({ call: "addObject", object });
    // It has no rows yet, so there is nothing to rebuild.
    this.#state.set(object.key, { ready: true, complete: true, rows: 0 });
  }

  /** Adds a custom field at run time; it is empty in all rows. */
  async addField(object: string, field: StoredField): Promise<void> {
    this.#flush();
    const definition = this.#definition(object);
    if (!definition.fields.some((one) => one.key === field.key)) {
      this.#objects.set(object, { ...definition, fields: [...definition.fields, field] });
    }
    await this.#thread.call({ call: "addField", object, field });
  }

  /** Runs a query compiled for the projection. Throws Problem('starting') until the object is ready. */
  async query(compiled: CompiledQuery): Promise<QueryResult> {
    const [result] = await this.#queries([compiled]);
    if (!result) throw new Error("the search worker gave no answer");
    return result;
  }

  /**
   * The wanted fields of these rows for a list, class 3 as masks; use a row only if its version is the table's. Rows not
   * held (and all rows, while class 3 is asked for and not complete) are left out; it answers during a rebuild too.
   */
  async columns(
    object: string,
    ids: readonly string[],
    keys: readonly string[],
  ): Promise<Map<string, { version: number; values: Map<string, FieldValue> }>> {
    this.#flush();
    const known = keys.filter((key) => this.#definition(object).fields.some((field) => field.key === key));
    const rows = await this.#thread.call({ call: "values", object, ids, keys: known });
    const found = new Map<string, { version: number; values: Map<string, FieldValue> }>();
    // The worker answers "values" with exactly this.
    for (const [id, version, ...values] of rows as [string, number, ...FieldValue[]][]) {
      found.set(id, { version, values: new Map(known.map((key, place) => [key, values[place] ?? null])) });
    }
    return found;
  }

  /**
   * The best matches for a picker or the global search: by words in the searchable fields, by a whole phone number (and
   * the like) in any format, by last four digits. Each object with its own access; what the access does not let through
   * is not found. At most `limit` in all, names that begin with the words first. Throws Problem('starting').
   */
  async suggest(text: string, targets: readonly SuggestTarget[], limit: number): Promise<Suggestion[]> {
    const queries = targets.map((target) => suggestQuery(text, target, limit));
    return rankSuggestions(text, targets, await this.#queries(queries), limit);
  }

  /** Bytes the projection takes. */
  async size(): Promise<number> {
    return Number(await this.#thread.call({ call: "size" }));
  }

  async close(): Promise<void> {
    this.#flush();
    await this.#thread.close();
  }

  /** Ends the worker as a crash would: a new, empty one starts, and `onLost` is told. */
  async restart(): Promise<void> {
    await this.#thread.restart();
  }

  async #queries(queries: readonly CompiledQuery[]): Promise<QueryResult[]> {
    for (const { object } of queries) if (!this.ready(object).ready) throw new Problem("starting");
    this.#flush();
    // The worker answers "query" with a result for each.
    return (await this.#thread.call({ call: "query", queries })) as QueryResult[];
  }

  #definition(object: string): ObjectDefinition {
    const definition = this.#objects.get(object);
    if (!definition) throw new Error(`no such object: ${object}`);
    return definition;
  }

  #projected(field: StoredField, row: UpsertRow): ProjectedValue {
    const value = row.values[field.key];
    if (value === undefined) return row.base === undefined ? null : undefined;
    return field.class === 3 ? restrictedCells(field, value, this.#options.lookup) : value;
  }

  /** Sends what waits, so that a query asked after a write sees it. */
  #flush(): void {
    for (const [object, pending] of this.#pending) {
      this.#pending.delete(object);
      void this.#send(object, pending);
    }
  }

  async #send(object: string, { rows, values, waiting }: Pending): Promise<void> {
    const keys = this.#definition(object).fields.map((field) => field.key);
    try {
      const answers: Promise<unknown>[] = [];
      for (let start = 0; start < rows.length; start += rowsPerMessage) {
        const end = start + rowsPerMessage;
        answers.push(
          this.#thread.call({
            call: "upsert",
            batch: { object, keys, rows: rows.slice(start, end), values: values.slice(start, end) },
          }),
        );
      }
      // The worker answers "upsert" with the stale ids.
      const stale = (await Promise.all(answers)).flat() as string[];
      for (const { ids, resolve } of waiting) resolve(stale.filter((id) => ids.has(id)));
    } catch (error) {
      // Rows that it could not take would be missing from every answer, so that nothing it holds is asked any more. When
      // it has ended by itself, that was told already.
      if (!(error instanceof Problem)) {
        this.#fault = error;
        await this.#thread.restart();
      }
      for (const { reject } of waiting) reject(error);
    }
  }
}

function headOf(row: UpsertRow): ProjectionRow {
  return {
    id: row.id,
    version: row.version,
    base: row.base,
    owner: row.owner,
    department: row.department,
    createdAt: row.createdAt.getTime(),
    createdBy: row.createdBy,
    updatedAt: row.updatedAt.getTime(),
    updatedBy: row.updatedBy,
    deleted: row.deletedAt !== null,
  };
}
