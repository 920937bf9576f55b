// Suggestions for pickers and the global search: the same compiled query as a list, ranked by how the name matches.
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { ObjectDefinition } from "../../contract/field.ts";
import { compileQuery } from "../records/query-compiler.ts";
import type { QueryAccess } from "../records/query-compiler-access.ts";
import type { CompiledQuery } from "../records/query-compiler-result.ts";
import { fold, searchWords } from "./normalise.ts";
import type { QueryResult } from "./projection.ts";

export interface SuggestTarget {
  readonly object: ObjectDefinition;
  readonly access: QueryAccess;
}

export interface Suggestion {
  readonly object: string;
  readonly id: string;
  readonly version: number;
  readonly owner: string | null;
  readonly department: string | null;
  /** The name in plain; null when the access does not let it be read anywhere. Judge it per row before showing it. */
  readonly name: FieldValue;
  /** The key of the field it was found by, as far as the access lets it be searched: the name, if that is enough. */
  readonly matched: string;
}

/** More than asked for, so that ranking has a choice. */
const spare = 4;

export function suggestQuery(text: string, { object, access }: SuggestTarget, limit: number): CompiledQuery {
  const query = {
    object: object.key,
    search: text,
    limit: Math.min(limit * spare, 200),
    offset: 0,
    columns: [object.nameField],
    deleted: false,
    count: false,
  };
  const compiled = compileQuery(query, { object, target: "projection", access, matched: true });
  // Blank text has no matches, although a list without words shows all.
  return searchWords(text).length === 0
    ? { ...compiled, text: `select * from (${compiled.text}) where false` }
    : compiled;
}

/** `results[i]` answers `targets[i]`. */
export function rankSuggestions(
  text: string,
  targets: readonly SuggestTarget[],
  results: readonly QueryResult[],
  limit: number,
): Suggestion[] {
  const first = searchWords(text)[0] ?? "";
  const ranked = targets.flatMap(({ object }, place) =>
    (results[place]?.rows ?? []).map(([id, version, owner, department, name = null], position) => ({
      suggestion: {
        object: object.key,
        id,
        version,
        owner,
        department,
        name,
        matched: results[place]?.matched?.[position] ?? object.nameField,
      },
      // Shorter names are nearer to what was typed; after that the most recently changed.
      order: [rankOf(name, first), typeof name === "string" ? name.length : 0, position] as const,
    })),
  );
  ranked.sort((a, b) => a.order[0] - b.order[0] || a.order[1] - b.order[1] || a.order[2] - b.order[2]);
  return ranked.slice(0, limit).map(({ suggestion }) => suggestion);
}

/** Whole name, begins with it, holds it, found otherwise (pinyin, another field, a number). */
function rankOf(name: FieldValue, word: string): number {
  const folded = typeof name === "string" ? fold(name) : "";
  if (folded === word) return 0;
  return folded.startsWith(word) ? 1 : folded.includes(word) ? 2 : 3;
}
