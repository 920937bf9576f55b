// Looks for given values in bytes of any kind: as they are, in the encodings that programs write, and inside compressed
// streams. It must find what is there: canary.test.ts plants every form and lets it look.
import { closeSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { pinyin } from "pinyin-pro";
import { begins, packings } from "./canary-packings.ts";

export interface Hit {
  readonly value: string;
  /** How it was written: utf-8, utf-16le, base64 … with the wrappings it lay in, as in "gzip > utf-8". */
  readonly form: string;
  readonly where: string;
}

interface Pattern {
  readonly bytes: Buffer;
  readonly value: string;
  readonly form: string;
}

/** Shorter patterns would be found by chance. */
const shortest = 6;
const prefix = 6;
const chunkBytes = 8 * 1024 * 1024;
/** Longest wrapped stream looked into, as it stands in the file. */
const packedBytes = 4 * 1024 * 1024;
const deepest = 3;

export class CanaryScanner {
  readonly hits: Hit[] = [];
  bytes = 0;
  files = 0;
  /** Compressed streams that could be opened. */
  streams = 0;
  readonly #filter = new Uint8Array(2 ** 21);
  readonly #patterns = new Map<string, Pattern[]>();
  readonly #seen = new Set<string>();
  readonly #longest: number;
  readonly #chunk: Buffer;

  /** `brief`: values from a book, whose forms that chance would find are left out; without it they throw RangeError. */
  constructor(values: readonly string[], brief = false) {
    let longest = 0;
    for (const value of values) {
      for (const [form, bytes] of formsOf(value)) {
        if (bytes.length < shortest && !brief) throw new RangeError(`${value} is too short to look for as ${form}`);
        if (bytes.length < shortest) continue;
        longest = Math.max(longest, bytes.length);
        const key = keyAt(bytes, 0);
        this.#filter[key >>> 3]! |= 1 << (key & 7); // 2^24 bits, every key has its place
        const start = bytes.toString("latin1", 0, prefix);
        const same = this.#patterns.get(start) ?? [];
        this.#patterns.set(start, [...same, { bytes, value, form }]);
      }
    }
    this.#longest = longest;
    this.#chunk = Buffer.alloc(chunkBytes + longest + packedBytes / 4);
  }

  /** How many patterns it looks for: values times forms. */
  get patterns(): number {
    let count = 0;
    for (const list of this.#patterns.values()) count += list.length;
    return count;
  }

  get found(): ReadonlySet<string> {
    return new Set(this.hits.map(({ value }) => value));
  }

  get forms(): ReadonlySet<string> {
    return new Set(this.hits.map(({ form }) => form));
  }

  /** All of a buffer; `wrapping` tells what it was unpacked from. */
  scan(bytes: Buffer, where: string, wrapping = "", depth = 0): void {
    this.bytes += bytes.length;
    const filter = this.#filter;
    const end = bytes.length - shortest;
    for (let at = 0; at <= end; at += 1) {
      const first = bytes[at]!; // within bounds, as are the two after it
      const key = first | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
      if ((filter[key >>> 3]! & (1 << (key & 7))) !== 0) this.#compare(bytes, at, where, wrapping);
      if (depth < deepest && begins.has(first)) this.#unpack(bytes, at, where, wrapping, depth);
    }
  }

  #compare(bytes: Buffer, at: number, where: string, wrapping: string): void {
    for (const { bytes: wanted, value, form } of this.#patterns.get(bytes.toString("latin1", at, at + prefix)) ?? []) {
      if (at + wanted.length > bytes.length || wanted.compare(bytes, at, at + wanted.length) !== 0) continue;
      const hit = { value, form: `${wrapping}${form}`, where };
      const key = JSON.stringify(hit);
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.hits.push(hit);
    }
  }

  /** What may be a compressed stream is opened as far as it goes: a cut one may hold values too. */
  #unpack(bytes: Buffer, at: number, where: string, wrapping: string, depth: number): void {
    for (const { name, magic, skip, open } of packings) {
      if (magic.some((byte, index) => byte !== undefined && bytes[at + index] !== byte)) continue;
      const from = at + skip(bytes, at);
      let unpacked: Buffer;
      try {
        unpacked = open(bytes.subarray(from, from + packedBytes));
      } catch {
        continue;
      }
      if (unpacked.length < shortest) continue;
      this.streams += 1;
      this.scan(unpacked, where, `${wrapping}${name} > `, depth + 1);
    }
  }

  /** A file of any size; chunks overlap, so nothing hides between two of them. */
  scanFile(file: string, where = file): void {
    const overlap = this.#longest + packedBytes / 4;
    const descriptor = openSync(file, "r");
    this.files += 1;
    try {
      for (let kept = 0; ;) {
        const read = readSync(descriptor, this.#chunk, kept, chunkBytes, null);
        if (read === 0) return;
        const held = kept + read;
        this.scan(this.#chunk.subarray(0, held), where);
        // A file ends with a short read; where it does not, the next one gives nothing.
        kept = Math.min(held, overlap);
        this.#chunk.copyWithin(0, held - kept, held);
      }
    } finally {
      closeSync(descriptor);
    }
  }

  /** Every regular file below, but for what lies in `except`. Files that go away meanwhile, as a running database has them, are left out. */
  scanFolder(folder: string, except?: string): void {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      if (except !== undefined && file.startsWith(`${except}${path.sep}`)) continue;
      // Names of files are read as well.
      this.scan(Buffer.from(entry.name), `the name of ${file}`);
      try {
        this.scanFile(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
  }

  /** Regular files that these processes hold open, removed ones too. Returns how many there were. */
  scanOpenFiles(pids: readonly number[]): number {
    let looked = 0;
    for (const pid of pids) {
      let names: string[];
      try {
        names = readdirSync(`/proc/${pid}/fd`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") continue;
        throw error;
      }
      for (const name of names) {
        const file = `/proc/${pid}/fd/${name}`;
        try {
          if (!statSync(file).isFile()) continue;
          this.scanFile(file);
          looked += 1;
        } catch (error) {
          // Closed between listing and opening.
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        }
      }
    }
    return looked;
  }
}

function keyAt(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16); // callers see to the length
}

/** Every way of writing the value that is looked for; what is normalised is often in lower case. */
export function formsOf(value: string): (readonly [form: string, bytes: Buffer])[] {
  const lower = value.toLowerCase();
  if (lower === value) return writtenAs(value);
  return [...writtenAs(value), ...writtenAs(lower).map(([form, bytes]) => [`lower case ${form}`, bytes] as const)];
}

function writtenAs(value: string): [form: string, bytes: Buffer][] {
  const utf8 = Buffer.from(value);
  const utf16 = Buffer.from(value, "utf16le");
  const forms: [string, Buffer][] = [
    ["utf-8", utf8],
    ["utf-16le", utf16],
    ["utf-16be", Buffer.from(utf16).swap16()],
    ["hex", Buffer.from(utf8.toString("hex"))],
    ["HEX", Buffer.from(utf8.toString("hex").toUpperCase())],
  ];
  for (const offset of [0, 1, 2]) {
    const text = base64At(utf8, offset);
    forms.push([`base64 at ${offset}`, Buffer.from(text)]);
    const url = text.replaceAll("+", "-").replaceAll("/", "_");
    if (url !== text) forms.push([`base64url at ${offset}`, Buffer.from(url)]);
  }
  if (/^\p{ASCII}*$/u.test(value)) {
    if (/^\d{8,}$/u.test(value)) forms.push(["digits backwards", Buffer.from([...value].reverse().join(""))]);
    return forms;
  }
  const escaped = (digits: (hex: string) => string): Buffer =>
    Buffer.from(
      [...Array(value.length).keys()]
        .map((index) => value.charCodeAt(index))
        .map((code) => (code < 128 ? String.fromCharCode(code) : `\\u${digits(code.toString(16).padStart(4, "0"))}`))
        .join(""),
    );
  forms.push(["\\u escapes", escaped((hex) => hex)], ["\\U escapes", escaped((hex) => hex.toUpperCase())]);
  forms.push(["percent", Buffer.from(encodeURIComponent(value))], ["gb18030", gb18030(value)]);
  for (const separator of ["", " "]) {
    const spelt = Buffer.from(pinyin(value, { toneType: "none", type: "array" }).join(separator));
    if (spelt.length >= 10) forms.push([`pinyin${separator}`, spelt]);
  }
  return forms;
}

/** The middle of the base64 text that has the value `offset` bytes after a multiple of three; its edges vary. */
function base64At(bytes: Buffer, offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replace(/=+$/u, "");
  const first = offset === 0 ? 0 : offset + 1;
  const bits = (offset + bytes.length) * 8;
  return text.slice(first, Math.floor(bits / 6));
}

let table: Map<string, Buffer> | undefined;

/** Two-byte characters of GB18030 (those of GBK); others stay UTF-8. */
export function gb18030(value: string): Buffer {
  table ??= gbkTable();
  return Buffer.concat([...value].map((letter) => table?.get(letter) ?? Buffer.from(letter)));
}

function gbkTable(): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  const decoder = new TextDecoder("gb18030");
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const bytes = Buffer.from([lead, trail]);
      const letter = decoder.decode(bytes);
      if ([...letter].length === 1 && letter !== "\uFFFD") made.set(letter, bytes);
    }
  return made;
}
