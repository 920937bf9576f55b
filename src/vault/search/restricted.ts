// What of a restricted (class 3) value the projection may hold: its mask for the screen, its last four digits and a keyed
// tag of its normal form for exact match. The value itself never enters the projection.
import { type StoredField, isFoundWhole } from "../../contract/field.ts";
import { readPhone } from "../records/phone.ts";

/** The kind and normal form under which a value is tagged: the same for storing and for looking up. */
export interface LookupForm {
  readonly kind: "phone" | "email" | "id_number" | "bank_account" | "text";
  readonly normalised: string;
}

/** mask, last four digits, tag as hex. */
export type RestrictedCells = readonly [mask: string, last4: string | null, tag: string | null];

/** Bytes of a tag kept in memory: enough that 10^9 values do not collide (2^-36). */
export const tagBytes = 12;

/**
 * The normal form of a value or of what a person typed; undefined when it cannot be one (an exact match then finds
 * nothing). Phones in any format (138 1234 5678, +86-138…, ０１０ …) become E.164, as readPhone makes it.
 */
export function lookupForm(field: Pick<StoredField, "type">, text: string): LookupForm | undefined {
  const plain = text.normalize("NFKC").trim();
  if (plain === "" || plain.length > 320) return undefined;
  switch (field.type) {
    case "phone": {
      const normalised = phoneForm(plain);
      return normalised === undefined ? undefined : { kind: "phone", normalised };
    }
    case "email":
      return /^[^\s@]+@[^\s@]+$/u.test(plain) ? { kind: "email", normalised: plain.toLowerCase() } : undefined;
    case "id_number": {
      const normalised = plain.replaceAll(/[\s-]/gu, "").toUpperCase();
      return /^[0-9A-Z]{5,30}$/u.test(normalised) ? { kind: "id_number", normalised } : undefined;
    }
    case "bank_account": {
      const normalised = plain.replaceAll(/[\s-]/gu, "").toUpperCase();
      return /^[0-9A-Z]{6,34}$/u.test(normalised) ? { kind: "bank_account", normalised } : undefined;
    }
    default:
      return { kind: "text", normalised: plain.toLowerCase() };
  }
}

/**
 * Whether typed words look like an identifier: an address, a number of at least seven digits, or letters with digits such
 * as AB-12345. Each search for one is counted, so plain words are not taken for one.
 */
export function mayBeRestricted(text: string): boolean {
  const plain = text.normalize("NFKC").trim();
  if (plain.length > 320) return false;
  if (/^[^\s@]+@[^\s@]+$/u.test(plain) || plain.replaceAll(/\D/gu, "").length >= 7) return true;
  return /^[a-z][a-z0-9-]{4,}$/iu.test(plain) && /\d/u.test(plain);
}

function phoneForm(plain: string): string | undefined {
  // What is stored is E.164 already, and there are many of them.
  return /^\+[1-9]\d{6,14}$/u.test(plain) ? plain : readPhone(plain.replace(/(?:ext\.?|x|转|#)\s*\d{1,6}$/iu, ""));
}

/** The display mask: 138****5678, 010****8888, z***@example.com, 11************1234; of all else not even the first character. */
export function maskOf(field: Pick<StoredField, "type">, value: string): string {
  switch (field.type) {
    case "phone": {
      const national = nationalNumber(value);
      return keepEnds(national, national.length >= 11 ? 3 : 2, 4, 4);
    }
    case "email": {
      const at = value.lastIndexOf("@");
      return at < 1 ? "***" : `${value.charAt(0)}***${value.slice(at)}`;
    }
    case "id_number":
      return keepThird(value);
    case "bank_account":
      return keepEnds(value, 0, 4, 4);
    default:
      return "****";
  }
}

/** A Chinese number as it is dialled at home: mobiles as they are, landlines with the 0 of their area code. */
function nationalNumber(value: string): string {
  if (!value.startsWith("+86")) return value;
  const rest = value.slice(3);
  return /^1[3-9]\d{9}$/u.test(rest) || !/^(?:10|[2-9]\d)\d{7,}$/u.test(rest) ? rest : `0${rest}`;
}

/** Never shows more than half of the value. */
function keepEnds(value: string, head: number, tail: number, stars: number): string {
  const characters = [...value];
  if (characters.length < 2 * (head + tail) - 4 || characters.length < 6) return "***";
  return characters.slice(0, head).join("") + "*".repeat(stars) + characters.slice(-tail).join("");
}

/**
 * At most a third of the value, its end first. Of an identity card's eighteen places two and four; what stands between
 * is as long for a shorter one, whose length would tell of which country it is.
 */
function keepThird(value: string): string {
  const characters = [...value];
  const shown = Math.floor(characters.length / 3);
  const tail = Math.min(4, shown);
  const head = Math.min(2, shown - tail);
  if (characters.length < 6) return "***";
  return characters.slice(0, head).join("") + "*".repeat(12) + characters.slice(-tail).join("");
}

/** The last four digits of a number of at least eight; null for what is no number. */
export function lastFourOf(field: Pick<StoredField, "type">, value: string): string | null {
  if (field.type !== "phone" && field.type !== "id_number" && field.type !== "bank_account") return null;
  const digits = value.replaceAll(/[^0-9Xx]/gu, "");
  return digits.length < 8 ? null : digits.slice(-4).toUpperCase();
}

export type LookupTag = (kind: string, normalised: string) => Uint8Array;

/** The three cells of a class 3 value. */
export function restrictedCells(field: StoredField, value: unknown, lookup: LookupTag): RestrictedCells | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value !== "string" || !isFoundWhole(field)) return ["****", null, null];
  const form = lookupForm(field, value);
  const tag = form && Buffer.from(lookup(form.kind, form.normalised)).toString("hex", 0, tagBytes);
  return [maskOf(field, value), lastFourOf(field, value), tag ?? null];
}
