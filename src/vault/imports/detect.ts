// Finds out how a file is written: its encoding over all its bytes, its delimiter and whether it has headings from its
// beginning. What is found is a proposal; the person may say otherwise.
import { isUtf8 } from "node:buffer";
import { type ImportEncoding, importDelimiters } from "../../contract/import-verbs.ts";
import { Problem } from "../../contract/problem.ts";
import { CsvReader, type CsvRow } from "./csv-reader.ts";

/** Bytes looked at for everything but the encoding. */
export const sampleBytes = 65_536;

/** Takes the bytes of a file in order and tells the encoding at the end. */
export class EncodingDetector {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #utf8 = true;
  // Streaming and strict: throws at the first bytes that are none.
  readonly #gb18030 = new TextDecoder("gb18030", { fatal: true });
  #gbValid = true;

  /** At most 4 MiB at a time. */
  add(bytes: Buffer): void {
    if (this.#head.length < sampleBytes)
      this.#head = Buffer.concat([this.#head, bytes.subarray(0, sampleBytes - this.#head.length)]);
    if (this.#utf8) {
      const joined = Buffer.concat([this.#tail, bytes]);
      const whole = joined.length - incompleteTail(joined);
      this.#utf8 = isUtf8(joined.subarray(0, whole));
      this.#tail = Buffer.from(joined.subarray(whole));
    }
    if (!this.#gbValid) return;
    try {
      this.#gb18030.decode(bytes, { stream: true });
    } catch {
      this.#gbValid = false;
    }
  }

  /** Throws Problem `file_unreadable` for what is no text: a spreadsheet file, a picture. */
  end(): ImportEncoding {
    const head = this.#head;
    if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
    if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
    const wide = zeroSide(head);
    if (wide) return wide;
    if (head.subarray(0, 4).equals(zip) || head.subarray(0, 4).equals(oldExcel))
      throw new Problem("file_unreadable", { extra: { because: "spreadsheet" } });
    if (head.includes(0)) throw new Problem("file_unreadable", { extra: { because: "not_text" } });
    if (this.#utf8 && this.#tail.length === 0) return "utf-8";
    return this.#gbValid && looksChinese(head) ? "gb18030" : "windows-1252";
  }
}

const zip = Buffer.from("PK\u0003\u0004", "latin1");
const oldExcel = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** Bytes at the end that begin a UTF-8 character which is not complete. */
function incompleteTail(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** UTF-16 without a mark: of the Latin letters and delimiters of a table, one side is zero nearly always. */
function zeroSide(head: Buffer): "utf-16le" | "utf-16be" | undefined {
  let even = 0;
  let odd = 0;
  for (const [index, byte] of head.entries()) {
    if (byte !== 0) continue;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  }
  const many = head.length * 0.15;
  if (odd > many && even === 0) return "utf-16le";
  return even > many && odd === 0 ? "utf-16be" : undefined;
}

/** Whether most pairs lie where GB 2312 has its characters: Latin letters with accents read as GB 18030 rarely do. */
function looksChinese(head: Buffer): boolean {
  let common = 0;
  let pairs = 0;
  for (let at = 0; at + 1 < head.length; at++) {
    const lead = head[at] ?? 0;
    if (lead < 0x80) continue;
    const trail = head[at + 1] ?? 0;
    pairs += 1;
    if (lead >= 0xa1 && lead <= 0xf7 && trail >= 0xa1) common += 1;
    at += 1;
  }
  return common >= pairs * 0.7;
}

/** The complete rows at the beginning of a text. */
export function sampleRows(text: string, delimiter: string): CsvRow[] {
  return new CsvReader(delimiter)
    .push(text.endsWith("\n") || text.length >= sampleBytes / 3 ? text : `${text}\n`)
    .slice(0, 1000);
}

/** The delimiter that splits most rows into the same number of columns. */
export function detectDelimiter(text: string): string {
  let best: string = ",";
  let bestScore = 0;
  for (const delimiter of importDelimiters) {
    const rows = sampleRows(text, delimiter);
    const widths = new Map<number, number>();
    for (const row of rows) widths.set(row.width, (widths.get(row.width) ?? 0) + 1);
    const [width, count] = [...widths].reduce((most, one) => (one[1] > most[1] ? one : most), [1, 0]);
    if (width < 2) continue;
    // Agreement counts most; among delimiters that agree equally, the one with more columns.
    const score = count / rows.length + Math.min(width, 100) / 1000;
    if (score > bestScore) {
      bestScore = score;
      best = delimiter;
    }
  }
  return best;
}

/** Whether the first row holds headings: different texts, none of which looks like a value. */
export function detectHeader(rows: readonly CsvRow[]): boolean {
  const names = (rows[0]?.cells ?? []).map((cell) => cell.trim()).filter((cell) => cell !== "");
  if (names.length === 0) return false;
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) return false;
  return !names.some(
    (name) =>
      name.length > 120 ||
      /^[+-]?[\d.,\s/()-]*\d[\d.,\s/()-]*%?$/u.test(name) ||
      /^[^\s@]+@[^\s@]+\.[^\s@]+$/u.test(name) ||
      /^https?:/iu.test(name),
  );
}
