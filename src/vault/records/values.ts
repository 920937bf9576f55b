// Judges one value against its field's definition, and turns it into what a PostgreSQL column holds and back. What
// passes here is the only form in which a value is stored, so that the same thing is always the same value.
import type { ChoiceOption, FieldDefinition, StoredField } from "../../contract/field.ts";
import type { FieldReason } from "../../contract/problem.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { readPhone } from "./phone.ts";

export { maskOf, normaliseForLookup } from "./masks.ts";

export interface ValueProblem {
  readonly reason: FieldReason;
  readonly params?: Readonly<Record<string, string | number>>;
}

export type Checked = { readonly value: FieldValue } | { readonly problem: ValueProblem };

/**
 * Judges a JSON value. `null`, "" and blank text mean "no value"; whether one is required is for the caller to say.
 * Texts are trimmed. Never throws, whatever is given.
 */
export function checkValue(field: FieldDefinition, given: unknown): Checked {
  if (given === null || given === undefined || given === "") return none;
  switch (field.type) {
    case "integer":
    case "decimal":
      return checkNumber(field, given);
    case "boolean":
      return typeof given === "boolean" ? { value: given } : wrong("wrong_type");
    default:
      return typeof given === "string" ? checkText(field, given) : wrong("wrong_type");
  }
}

/** No longer than this can anything be that is not free text. */
const maxShort = 2000;
const defaultMax = { text: 200, long_text: 10_000 } as const;

const none: Checked = { value: null };

export function wrong(reason: FieldReason, params?: Readonly<Record<string, string | number>>): Checked {
  return { problem: params === undefined ? { reason } : { reason, params } };
}

/** At most 60 characters of a value, for the text of a problem. */
export function excerpt(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60).toWellFormed()}…`;
}

function checkText(field: FieldDefinition, given: string): Checked {
  const max =
    field.type === "text" || field.type === "long_text"
      ? (field.max ?? defaultMax[field.type])
      : (field.max ?? maxShort);
  // Before anything that takes time in proportion to the length.
  if (given.length > max + 4096) return wrong("too_long", { max });
  const lines = field.type === "long_text" ? given.replaceAll(/\r\n?/gu, "\n") : given;
  const text = lines.trim();
  if (text === "") return none;
  if (hasControl(text, field.type === "long_text")) return wrong("control_characters");
  if (text.length > max) return wrong("too_long", { max });
  switch (field.type) {
    case "text":
    case "long_text":
      return { value: text };
    case "date":
      return isDate(text) ? { value: text } : wrong("not_a_date");
    case "datetime":
      return checkInstant(text);
    case "choice":
      return field.options.some((option: ChoiceOption) => option.key === text)
        ? { value: text }
        : wrong("not_an_option", { value: excerpt(text) });
    case "phone": {
      const phone = readPhone(text);
      return phone === undefined ? wrong("not_a_phone") : { value: phone };
    }
    case "email":
      return checkEmail(text);
    case "url":
      return checkUrl(text);
    case "id_number":
      return checkIdNumber(text);
    case "bank_account": {
      const digits = text.normalize("NFKC").replaceAll(/[ -]/gu, "");
      return /^[0-9]{8,30}$/u.test(digits) ? { value: digits } : wrong("not_a_bank_account");
    }
    case "reference":
      return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u.test(text) ? { value: text } : wrong("wrong_type");
    default:
      return wrong("wrong_type");
  }
}

// C0, DEL and C1; PostgreSQL cannot store NUL, and no name holds any of the others.
const control = /[\u0000-\u001f\u007f-\u009f]/u;
const controlButLines = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

function hasControl(text: string, lines: boolean): boolean {
  return (lines ? controlButLines : control).test(text) || !text.isWellFormed();
}

function checkNumber(field: FieldDefinition, given: unknown): Checked {
  if (typeof given === "string") return wrong("not_a_number");
  if (typeof given !== "number") return wrong("wrong_type");
  if (!Number.isFinite(given)) return wrong("not_a_number");
  const scale = field.type === "decimal" ? field.scale : 0;
  const largest = Number.MAX_SAFE_INTEGER / 10 ** scale;
  const min = Math.max(field.min ?? -largest, -largest);
  const max = Math.min(field.maxValue ?? largest, largest);
  if (given < min || given > max) return wrong("out_of_range", { min: Math.ceil(min), max: Math.floor(max) });
  if (scaled(given, scale) === undefined)
    return field.type === "integer" ? wrong("too_precise", { scale: 0 }) : wrong("too_precise", { scale });
  return { value: given === 0 ? 0 : given };
}

/** The number times 10^scale as an exact integer, read from its shortest decimal form; undefined when decimals are left. */
function scaled(value: number, scale: number): bigint | undefined {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/u.exec(String(value)) ?? [];
  const shift = Number(exponent) + scale - fraction.length;
  let digits = whole + fraction;
  if (shift >= 0) digits += "0".repeat(shift);
  else {
    const kept = digits.padStart(-shift + 1, "0");
    if (!/^0*$/u.test(kept.slice(shift))) return undefined;
    digits = kept.slice(0, shift);
  }
  const result = BigInt(digits);
  return sign === "-" ? -result : result;
}

/** True for a day of the Gregorian calendar from 1000-01-01, written YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$/u.test(text)) return false;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const day = Number(text.slice(8));
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && leap ? 29 : (monthDays[month - 1] ?? 0));
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const instantForm =
  /^([1-9]\d{3}-\d\d-\d\d)[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):?[0-5]\d)$/u;

/** ISO 8601 with a zone, stored in UTC to the millisecond. */
function checkInstant(text: string): Checked {
  const date = instantForm.exec(text)?.[1];
  if (date === undefined || !isDate(date)) return wrong("not_a_date");
  const at = new Date(text.replace(" ", "T").replace(/([+-]\d\d)(\d\d)$/u, "$1:$2"));
  return Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1000 || at.getUTCFullYear() > 9999
    ? wrong("not_a_date")
    : { value: at.toISOString() };
}

const emailForm =
  /^[^\s@"(),:;<>[\\\]]{1,64}@((?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63})$/u;

function checkEmail(text: string): Checked {
  const plain = text.normalize("NFKC");
  const domain = plain.length > 254 ? undefined : emailForm.exec(plain)?.[1];
  if (domain === undefined) return wrong("not_an_email");
  return { value: plain.slice(0, -domain.length) + domain.toLowerCase() };
}

/** Only http and https; without credentials, which are used to disguise an address. A bare host gets https://. */
function checkUrl(text: string): Checked {
  if (/[\s\\<>"'`{}|^]/u.test(text)) return wrong("not_a_url");
  const full = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text)
    ? text
    : /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?:[:/?#]|$)/u.test(text)
      ? `https://${text}`
      : undefined;
  if (full === undefined || full.length > maxShort) return wrong("not_a_url");
  const url = URL.parse(full);
  if (
    url === null ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.username !== "" ||
    url.password !== ""
  )
    return wrong("not_a_url");
  return { value: full };
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A Chinese resident number by its date of birth and check digit (GB 11643-1999, ISO 7064 MOD 11-2), or another document's. */
function checkIdNumber(text: string): Checked {
  const id = text.normalize("NFKC").replaceAll(/[ -]/gu, "").toUpperCase();
  if (!/^[0-9A-Z]{5,30}$/u.test(id)) return wrong("not_an_id_number");
  if (!/^[0-9]{17}[0-9X]$/u.test(id)) return { value: id };
  const sum = weights.reduce((total, weight, index) => total + weight * Number(id[index]), 0);
  const birth = `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`;
  return id[17] === "10X98765432"[sum % 11] && isDate(birth) ? { value: id } : wrong("not_an_id_number");
}

/** What a column takes: numbers as text of digits (bigint), the rest as PostgreSQL reads it. */
export type ColumnValue = string | boolean | null;

/**
 * The column form of a checked value. Shipped fields have typed columns (bigint, date, timestamptz, boolean, text,
 * uuid); custom fields have slots: text (also boolean), bigint, timestamptz (also date, at 00:00 UTC).
 * Throws TypeError for a value that checkValue would not have passed.
 */
export function toColumn(field: StoredField, value: FieldValue): ColumnValue {
  if (value === null) return null;
  if (field.type === "integer" || field.type === "decimal") {
    const number = typeof value === "number" ? scaled(value, field.type === "decimal" ? field.scale : 0) : undefined;
    if (number === undefined) throw new TypeError(`not a number for field ${field.key}`);
    return number.toString();
  }
  if (field.type === "boolean") {
    if (typeof value !== "boolean") throw new TypeError(`not a boolean for field ${field.key}`);
    return field.custom === true ? String(value) : value;
  }
  if (typeof value !== "string") throw new TypeError(`not a text for field ${field.key}`);
  return field.type === "date" && field.custom === true ? `${value}T00:00:00Z` : value;
}

/**
 * The value of what the driver returned for a column: digits as text or number, dates and instants as text or Date.
 * Throws TypeError for anything else, which no column of ours holds.
 */
export function fromColumn(field: StoredField, stored: unknown): FieldValue {
  if (stored === null || stored === undefined) return null;
  switch (field.type) {
    case "integer":
      return Number(stored);
    case "decimal": {
      // Division of two exact integers rounds correctly, so the shortest form is the decimal that was stored.
      return Number(stored) / 10 ** field.scale;
    }
    case "boolean":
      return typeof stored === "boolean" ? stored : stored === "true" || stored === "t";
    case "date":
      if (field.custom === true) return instantOf(field, stored).toISOString().slice(0, 10);
      if (stored instanceof Date) return localDay(stored);
      break;
    case "datetime":
      return instantOf(field, stored).toISOString();
    default:
  }
  if (typeof stored !== "string") throw new TypeError(`column of field ${field.key} holds no text`);
  return stored;
}

function instantOf(field: StoredField, stored: unknown): Date {
  const at = stored instanceof Date ? stored : new Date(typeof stored === "string" ? stored : Number.NaN);
  if (Number.isNaN(at.getTime())) throw new TypeError(`column of field ${field.key} holds no instant`);
  return at;
}

/** node-postgres gives a date as local midnight. */
function localDay(at: Date): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}-${String(at.getDate()).padStart(2, "0")}`;
}
