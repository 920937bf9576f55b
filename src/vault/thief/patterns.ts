// What is looked for on the disk: a record's values as programs write them down. Short forms are left out, since chance
// finds them in any large file.
export interface Pattern {
  readonly bytes: Uint8Array;
  /** Key of the field; null: the record's own id, which must be found where its row lies. */
  readonly field: string | null;
}

/** Bytes of the shortest form that is looked for. */
export const shortest = 6;

/** The forms of a value: UTF-8, UTF-16 both ways, hex digits as PostgreSQL writes bytes, Base64 at each of its three places. */
export function formsOf(field: string, text: string): Pattern[] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const forms: Buffer[] = [utf8, utf16, Buffer.from(utf16).swap16()];
  if (utf8.length >= shortest) forms.push(Buffer.from(utf8.toString("hex")), ...base64Of(utf8));
  return forms.filter(({ length }) => length >= shortest).map((bytes) => ({ bytes, field }));
}

/** The letters that depend on the value alone, whatever stands before and after it. */
function base64Of(bytes: Buffer): Buffer[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/u, "");
    const from = Math.ceil((before * 4) / 3);
    const to = Math.floor(((before + bytes.length) * 8) / 6);
    return Buffer.from(text.slice(from, to));
  });
}

/** Looks for many patterns in one pass: the first three bytes decide by one bit whether a place is worth a look. */
export class PatternScanner {
  readonly longest: number;
  readonly #filter = new Uint8Array(2 ** 21);
  readonly #byStart = new Map<number, Pattern[]>();

  constructor(patterns: readonly Pattern[]) {
    let longest = 1;
    for (const pattern of patterns) {
      if (pattern.bytes.length < shortest) throw new RangeError("a pattern is too short");
      longest = Math.max(longest, pattern.bytes.length);
      const key = keyAt(pattern.bytes, 0);
      this.#filter[key >>> 3]! |= 1 << (key & 7); // 2^24 bits: every key has its place
      this.#byStart.set(key, [...(this.#byStart.get(key) ?? []), pattern]);
    }
    this.longest = longest;
  }

  /** Patterns that begin before `end` and lie within the bytes. */
  *scan(bytes: Uint8Array, end: number): Generator<Pattern> {
    const filter = this.#filter;
    const last = Math.min(end, bytes.length - shortest + 1);
    for (let at = 0; at < last; at += 1) {
      const key = keyAt(bytes, at);
      if ((filter[key >>> 3]! & (1 << (key & 7))) === 0) continue; // as above
      for (const pattern of this.#byStart.get(key) ?? []) if (matches(bytes, at, pattern.bytes)) yield pattern;
    }
  }
}

function keyAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!; // the caller keeps within the bytes
}

function matches(bytes: Uint8Array, at: number, pattern: Uint8Array): boolean {
  if (at + pattern.length > bytes.length) return false;
  for (let index = 3; index < pattern.length; index += 1) if (bytes[at + index] !== pattern[index]) return false;
  return true;
}
