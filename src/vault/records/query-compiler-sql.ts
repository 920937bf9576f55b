// Pieces of SQL that carry their own parameters, so that text and values cannot get out of step and a value never
// becomes text.

/** Stands where the worker puts the match over the full-text columns of these fields. */
export interface MatchValue {
  readonly matchFields: readonly string[];
  readonly expression: string;
}

export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | readonly string[]
  | readonly (number | bigint)[]
  | null
  | MatchValue;

/** `?` marks the place of each value in turn. */
export interface Sql {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

/** Text of ours, never anything from outside. */
export function sql(text: string, ...values: readonly SqlValue[]): Sql {
  return { text, values };
}

export function joined(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map((part) => part.text).join(separator), values: parts.flatMap((part) => part.values) };
}

/** One after another, separated by a space. */
export const lines = (...parts: readonly Sql[]): Sql =>
  joined(
    parts.filter((part) => part.text !== ""),
    " ",
  );

export const never = sql("false");
export const always = sql("true");

export function allOf(parts: readonly Sql[]): Sql {
  const needed = parts.filter((part) => part !== always);
  if (needed.includes(never)) return never;
  if (needed.length === 0) return always;
  return needed.length === 1 && needed[0] ? needed[0] : bracketed(joined(needed, " and "));
}

export function anyOf(parts: readonly Sql[]): Sql {
  const possible = parts.filter((part) => part !== never);
  if (possible.includes(always)) return always;
  if (possible.length === 0) return never;
  return possible.length === 1 && possible[0] ? possible[0] : bracketed(joined(possible, " or "));
}

export function bracketed(inner: Sql): Sql {
  return { text: `(${inner.text})`, values: inner.values };
}

/** `?` to $1, $2, … for PostgreSQL. Our own texts have no other question mark. */
export function numbered(text: string): string {
  let place = 0;
  return text.replaceAll("?", () => `$${++place}`);
}
