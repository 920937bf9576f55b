// Compiles typed words into a condition on the projection: every word must be in a field the actor may read in that row,
// or the whole text is a restricted value the actor may match exactly, or four digits are the end of one.
import { column, hasPinyin, searchableFields, table, textTable } from "../search/columns.ts";
import type { StoredField } from "../../contract/field.ts";
import { searchWords } from "../search/normalise.ts";
import { mayBeRestricted } from "../search/restricted.ts";
import { type WordMatch, matchWord } from "../search/tokens.ts";
import { anyTag, tagMatch } from "./query-compiler-filter.ts";
import type { FilterContext } from "./query-compiler-filter.ts";
import { type Sql, allOf, anyOf, joined, lines, never, sql } from "./query-compiler-sql.ts";

export interface SearchSql {
  /** Holds for exactly the rows that match. */
  readonly condition: Sql;
  /** A select of rids among which all matching rows are; undefined when the words are too short to narrow. */
  readonly candidates: Sql | undefined;
  /** The key of the field by which a row was found, under the same rights as the condition: the name, if that is enough. */
  readonly matched: Sql;
}

export function compileSearch(searched: string, context: FilterContext): SearchSql {
  const { object, access, store } = context;
  const branches: { condition: Sql; candidates: Sql | undefined }[] = [];
  const matches: Sql[] = [];
  const everywhere = searchableFields(object).filter((field) => access.readable.has(field.key));
  const ownOnly = searchableFields(object).filter(
    (field) => !access.readable.has(field.key) && access.own?.readable.has(field.key) === true,
  );
  const words = searchWords(searched.replaceAll("\u0000", " ")).map(matchWord);
  if (words.length > 0 && everywhere.length + ownOnly.length > 0) {
    const own = access.own ? store.scope(access.own) : never;
    const ways = words.map((word) =>
      [...everywhere, ...ownOnly].map((field) => ({
        field,
        condition: everywhere.includes(field) ? holds(field, word) : allOf([own, holds(field, word)]),
      })),
    );
    const condition = allOf(ways.map((one) => anyOf(one.map((way) => way.condition))));
    matches.push(lines(sql("when"), condition, sql("then"), firstBeyondName(ways, object.nameField)));
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
  for (const { field, condition } of restricted(searched, context)) {
    matches.push(lines(sql("when"), condition, sql("then ?", field.key)));
    branches.push({
      condition,
      candidates: joined([sql(`select rid as c from ${table(object.key)} where`), condition], " "),
    });
  }
  const narrowing = branches.flatMap((branch) => branch.candidates ?? []);
  return {
    condition: anyOf(branches.map((branch) => branch.condition)),
    candidates: branches.length === 0 || narrowing.length < branches.length ? undefined : joined(narrowing, " union "),
    matched: matches.length === 0 ? sql("null") : lines(sql("case"), ...matches, sql("end")),
  };
}

interface Way {
  readonly field: StoredField;
  readonly condition: Sql;
}

/** Of each word's ways the first that holds; of these the first that is not the name, and the name if there is none. */
function firstBeyondName(ways: readonly (readonly Way[])[], nameField: string): Sql {
  const ofWords = ways.map((one) => {
    const named = [...one].sort((a, b) => Number(b.field.key === nameField) - Number(a.field.key === nameField));
    const cases = named.map(({ field, condition }) => lines(sql("when"), condition, sql("then ?", field.key)));
    return lines(sql("nullif(case"), ...cases, sql("end, ?)", nameField));
  });
  return lines(sql("coalesce("), joined([...ofWords, sql("?", nameField)], ", "), sql(")"));
}

/** Phone, e-mail and the like in any format, a landline without its area code, and the last four digits. */
function restricted(searched: string, { object, access, store }: FilterContext): Way[] {
  const fields = object.fields.filter((field) => field.class === 3 && access.exact?.has(field.key) === true);
  const digits = searched.normalize("NFKC").trim().toUpperCase();
  const ways = mayBeRestricted(searched)
    ? fields.map((field) => ({ field, condition: tagMatch(field, searched, access) }))
    : [];
  const within = store.scope(access.lastFour ?? access);
  for (const field of fields) {
    const tags = access.lookupLocal?.(field, searched) ?? [];
    if (tags.length > 0)
      ways.push({
        field,
        condition: allOf([lastFourIs(field, digits.replaceAll(/\D/gu, "").slice(-4)), anyTag(field, tags), within]),
      });
  }
  if (/^\d{3}[\dX]$/u.test(digits)) {
    ways.push(
      ...fields.map((field) => ({
        field,
        condition: allOf([lastFourIs(field, digits), within]),
      })),
    );
  }
  return ways.filter(({ condition }) => condition !== never);
}

function lastFourIs(field: StoredField, digits: string): Sql {
  return sql(`${column(field.key, "last4")} = ?`, digits);
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
