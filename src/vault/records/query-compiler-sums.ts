// Sums of number fields over all rows that a query matches, by unit. A field is added up under the same rights as it is
// sorted by: what the actor may not read in a row does not count.
import type { z } from "zod";
import type { StoredField } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import type { RecordVerbs } from "../../contract/record-verbs.ts";
import { usableField } from "./query-compiler-access.ts";
import type { FilterContext } from "./query-compiler-filter.ts";
import { invalid } from "./query-compiler-operand.ts";
import type { SumCells } from "./query-compiler-result.ts";
import { type Sql, allOf, always, lines, sql } from "./query-compiler-sql.ts";
import { postgresStore } from "./query-compiler-store.ts";

type Sums = NonNullable<z.infer<RecordVerbs["record.list"]["output"]>["sums"]>;

/** The parts of a sum that 64 bits always hold: a value has at most 16 digits. */
const part = 100_000_000;

/** Fields of which a sum needs the columns: itself and its unit. */
export function summedFields(object: FilterContext["object"], keys: readonly string[]): string[] {
  return keys.flatMap((key) => [
    key,
    ...object.fields.flatMap((field) => (field.key === key ? (field.unit ?? []) : [])),
  ]);
}

/** Throws Problem `not_sortable` for a field that the actor may not read, or that is sealed; `invalid` for one that is no number. */
export function compileSums(
  keys: readonly string[],
  context: FilterContext,
  from: Sql,
  conditions: readonly Sql[],
): { readonly field: string; readonly sql: Sql }[] {
  const { object, access, store } = context;
  const readable = (key: string): { field: StoredField; where: Sql } => {
    const { field, reach } = usableField(object, key, access);
    if (reach === "exact" || field.class > 1) throw new Problem("not_sortable");
    return { field, where: reach === "own" && access.own ? store.scope(access.own) : always };
  };
  return [...new Set(keys)].map((key) => {
    const { field, where } = readable(key);
    if (field.type !== "integer" && field.type !== "decimal") throw invalid(field, "wrong_type");
    const unit = field.unit === undefined ? undefined : readable(field.unit);
    const value = store.column(field);
    const by = unit ? store.column(unit.field) : "null";
    // PostgreSQL adds bigints up without limit; SQLite does so in 64 bits, and holds whole numbers as it was given them.
    const whole = `cast(${value} as integer)`;
    const sum =
      store === postgresStore
        ? `sum(${value})::text as high, '0' as low`
        : `sum(${whole} / ${part}) as high, sum(${whole} % ${part}) as low`;
    const all = allOf([...conditions, where, unit?.where ?? always, sql(`${value} is not null`)]);
    return {
      field: key,
      sql: lines(sql(`select ${by} as unit, ${sum}`), from, all, sql(unit ? `group by ${by} order by ${by}` : "")),
    };
  });
}

/** Exact, as decimal text. A field without values in any row has no sum. */
export function readSums(field: StoredField, rows: readonly SumCells[], inParts: boolean): Sums {
  const scale = field.type === "decimal" ? field.scale : 0;
  return rows.flatMap(([unit, high, low]) => {
    if (high === null || high === undefined) return [];
    const sum = BigInt(String(high)) * (inParts ? BigInt(part) : 1n) + BigInt(String(low ?? 0));
    return [{ field: field.key, unit: typeof unit === "string" ? unit : null, sum: decimalText(sum, scale) }];
  });
}

function decimalText(scaled: bigint, scale: number): string {
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const decimals = digits.slice(digits.length - scale).replace(/0+$/u, "");
  return `${scaled < 0n ? "-" : ""}${whole}${decimals === "" ? "" : `.${decimals}`}`;
}
