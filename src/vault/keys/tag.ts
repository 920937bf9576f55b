// Keyed tags: HMAC-SHA-256 over one unambiguous encoding of named fields. Two different lists of fields never have the
// same encoding, so a tag made for one row, table or purpose fits no other.
import { timingSafeEqual } from "node:crypto";
import { TagBroken } from "./broken.ts";
import { hmacSha256 } from "./primitives.ts";

/** What a tag can cover. Numbers and texts differ ("5" is not 5): bring a row into one form before tagging it. */
export type TagField = string | number | boolean | null | Uint8Array;

const kinds = { null: 0, false: 1, true: 2, number: 3, text: 4, bytes: 5 } as const;

let scratch = Buffer.allocUnsafeSlow(4096);

/**
 * Encodes `domain` ("tag", "lookup"), a name and fields: each as a kind byte, its length in four bytes, its bytes; the
 * count of the fields before them. The result is valid until the next call. Throws RangeError for a number not finite.
 */
function encode(domain: string, name: string, fields: readonly TagField[]): Buffer {
  reserve(0, 4);
  scratch.writeUInt32BE(fields.length, 0);
  let at = writeText(kinds.text, domain, 4);
  at = writeText(kinds.text, name, at);
  for (const field of fields) at = writeField(field, at);
  return scratch.subarray(0, at);
}

function writeField(field: TagField, at: number): number {
  if (typeof field === "string") return writeText(kinds.text, field, at);
  if (typeof field === "number") {
    if (!Number.isFinite(field)) throw new RangeError("only finite numbers can be tagged");
    return writeText(kinds.number, String(field), at);
  }
  if (field instanceof Uint8Array) {
    reserve(at, 5 + field.length);
    scratch.set(field, at + 5);
    return writeHead(kinds.bytes, at, field.length);
  }
  reserve(at, 5);
  return writeHead(field === null ? kinds.null : field ? kinds.true : kinds.false, at, 0);
}

function writeText(kind: number, text: string, at: number): number {
  reserve(at, 5 + text.length * 3);
  return writeHead(kind, at, scratch.write(text, at + 5, "utf8"));
}

function writeHead(kind: number, at: number, length: number): number {
  scratch[at] = kind;
  scratch.writeUInt32BE(length, at + 1);
  return at + 5 + length;
}

function reserve(at: number, length: number): void {
  if (at + length <= scratch.length) return;
  const larger = Buffer.allocUnsafeSlow((at + length) * 2);
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

/** The tag of a row: 32 bytes, about 2 µs. Throws RangeError for a number not finite. */
export function tagRow(key: Uint8Array, table: string, fields: readonly TagField[]): Buffer {
  return hmacSha256(key, encode("tag", table, fields));
}

/** Checks a row's tag in constant time. Throws TagBroken. */
export function checkTag(key: Uint8Array, table: string, fields: readonly TagField[], tag: Uint8Array): void {
  const expected = tagRow(key, table, fields);
  if (tag.length !== expected.length || !timingSafeEqual(expected, tag)) throw new TagBroken(table);
}

/** The value under which a whole normalised phone, e-mail, id or account number is found again: 32 bytes. */
export function lookupTag(key: Uint8Array, kind: string, normalised: string): Buffer {
  return hmacSha256(key, encode("lookup", kind, [normalised]));
}
