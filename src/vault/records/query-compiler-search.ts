// Compiles typed words into a condition on the projection: every word must be in a field the actor may read in that row,
// or the whole text is a restricted value the actor may match exactly, or four digits are the end of one.
import { column, hasPinyin, searchableFields, table, textTable } from "../search/columns.ts";
import type { StoredField } from "../../contract/field.ts";
import { searchWords } from "../search/normalise.ts";
import { mayBeRestricted } from "../search/restricted.ts";
import { type WordMatch, matchWord } from "../search/tokens.ts";
import { tagMatch } from "./query-compiler-filter.ts";
import type { FilterContext } from "./query-compiler-filter.ts";
import { type Sql, allOf, anyOf, joined, never, sql } from "./query-compiler-sql.ts";

export interface SearchSql {
  /** Holds for exactly the rows that match. */
  readonly condition: Sql;
  /** A select of rids among which all matching rows are; undefined when the words are too short to narrow. */
  readonly candidates: Sql | undefined;
}

export function compileSearch(searched: string, context: FilterContext): SearchSql {
  const { object, access, store } = context;
  const branches: { condition: Sql; candidates: Sql | undefined }[] = [];
  const everywhere = searchableFields(object).filter((field) => access.readable.has(field.key));
  const ownOnly = searchableFields(object).filter(
    (field) => !access.readable.has(field.key) && access.own?.readable.has(field.key) === true,
  );
  const words = searchWords(searched.replaceAll("\u0000", " ")).map(matchWord);
  if (words.length > 0 && everywhere.length + ownOnly.length > 0) {
    const own = access.own ? store.scope(access.own) : never;
    const condition = allOf(
      words.map((word) =>
        anyOf([
          ...everywhere.map((field) => holds(field, word)),
          ...ownOnly.map((field) => allOf([own, holds(field, word)])),
        ]),
      ),
    );
    const expression = words.flatMap((word) => word.expression ?? []).join(" AND ");
    const matchFields = [...everywhere, ...ownOnly].map((field) => field.key);
    const candidates =
      expression === ""
        ? undefined
        : sql(`select rowid as c from ${textTable(object.key)} where ${textTable(object.key)} match ?`, {
            matchFields,
            expression,
          });
    branches.push({ condition, candidates });
  }
  for (const condition of restricted(searched, context)) {
    branches.push({
      condition,
      candidates: joined([sql(`select rid as c from ${table(object.key)} where`), condition], " "),
    });
  }
  const narrowing = branches.flatMap((branch) => branch.candidates ?? []);
  return {
    condition: anyOf(branches.map((branch) => branch.condition)),
    candidates: branches.length === 0 || narrowing.length < branches.length ? undefined : joined(narrowing, " union "),
  };
}

/** Phone, e-mail and the like in any format, and the last four digits. */
function restricted(searched: string, { object, access, store }: FilterContext): Sql[] {
  const fields = object.fields.filter((field) => field.class === 3 && access.exact?.has(field.key) === true);
  const digits = searched.normalize("NFKC").trim().toUpperCase();
  const conditions = mayBeRestricted(searched) ? fields.map((field) => tagMatch(field, searched, access)) : [];
  if (/^\d{3}[\dX]$/u.test(digits)) {
    const within = store.scope(access.lastFour ?? access);
    conditions.push(...fields.map((field) => allOf([sql(`${column(field.key, "last4")} = ?`, digits), within])));
  }
  return conditions.filter((condition) => condition !== never);
}

/** The stored value of the field holds the word: as part of its text, its pinyin or its initials. */
function holds(field: StoredField, { word, initials, syllables, mixed }: WordMatch): Sql {
  const ways = [sql(`instr(coalesce(${column(field.key, "norm")}, ${column(field.key)}), ?) > 0`, word)];
  if (hasPinyin(field) && initials !== undefined) {
    const [py, ini] = [column(field.key, "py"), column(field.key, "ini")];
    ways.push(sql(`instr(${ini}, ?) > 0`, initials));
    for (const one of syllables) ways.push(sql(`instr(${py}, ?) > 0`, one));
    for (const one of mixed)
      ways.push(sql(`(instr(${ini}, ?) > 0 and syllables_begin(${py}, ?))`, one.initials, one.pieces));
  }
  return anyOf(ways);
}
