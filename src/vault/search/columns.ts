// Names and cell forms of the projection's tables. Names are made from checked field keys only, so that no text from
// outside ever becomes part of a statement.
import type { FieldDefinition, ObjectDefinition, StoredField } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";

/** What SQLite holds and what crosses between the threads. */
export type Cell = string | number | Uint8Array | null;

const keyForm = /^[a-z][a-zA-Z0-9_]{0,59}$/u;

/** The column of a field: SQLite ignores case in names, so a capital X is written $x. Throws on anything but a field key. */
export function columnName(key: string): string {
  if (!keyForm.test(key)) throw new Error("not a field key");
  return `f_${key.replaceAll(/[A-Z]/gu, (letter) => `$${letter.toLowerCase()}`)}`;
}

/** The quoted column, or one of its companions: norm (folded text), py (syllables), ini (initials), mask, last4, tag. */
export type Companion = "norm" | "py" | "ini" | "mask" | "last4" | "tag";
export function column(key: string, companion?: Companion): string {
  return companion === undefined ? `"${columnName(key)}"` : `"${columnName(key)}#${companion}"`;
}

export function tableName(object: string): string {
  if (!keyForm.test(object)) throw new Error("not an object key");
  return `o_${object.replaceAll(/[A-Z]/gu, (letter) => `$${letter.toLowerCase()}`)}`;
}
export const table = (object: string): string => `"${tableName(object)}"`;
export const textTable = (object: string): string => `"${tableName(object)}#text"`;

/** The system fields' columns, the same in PostgreSQL and here. */
export const systemColumns: ReadonlyMap<string, string> = new Map([
  ["owner", "owner_id"],
  ["department", "department_id"],
  ["createdAt", "created_at"],
  ["createdBy", "created_by"],
  ["updatedAt", "updated_at"],
  ["updatedBy", "updated_by"],
]);

const textual: ReadonlySet<FieldDefinition["type"]> = new Set([
  "text",
  "long_text",
  "url",
  "phone",
  "email",
  "id_number",
  "bank_account",
]);

/** Holds a text that `contains` may look into (choices are keys, not texts). */
export const isText = (field: StoredField): boolean => field.class < 3 && textual.has(field.type);
export const isSearchable = (field: StoredField): boolean => field.searchable === true && isText(field);
/** Short searchable texts are also found by pinyin. */
export const hasPinyin = (field: StoredField): boolean => isSearchable(field) && field.type === "text";

export const searchableFields = (object: ObjectDefinition): StoredField[] => object.fields.filter(isSearchable);

export function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll("-", ""), "hex");
}

const recent = new Map<string, Buffer>();

/** As uuidBytes, for ids that come again and again (owners, departments). The buffer is shared: do not change it. */
export function repeatedUuidBytes(id: string): Buffer {
  let found = recent.get(id);
  if (!found) {
    if (recent.size > 5000) recent.clear();
    recent.set(id, (found = uuidBytes(id)));
  }
  return found;
}

export function uuidText(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * A decimal as an integer of its smallest unit: 12.5 with scale 2 is 1250. Takes a number or its text; undefined when it
 * is none, has more decimals than `scale`, or does not fit 64 bits.
 */
export function scaledDecimal(value: string | number, scale: number): bigint | undefined {
  const text = typeof value === "number" ? plainNumber(value) : value;
  const parts = /^(-?)(\d{1,19})(?:\.(\d{0,18}))?$/u.exec(text);
  if (!parts) return undefined;
  const [, sign, whole = "", decimals = ""] = parts;
  if (decimals.replace(/0+$/u, "").length > scale) return undefined;
  const digits = BigInt(whole + decimals.slice(0, scale).padEnd(scale, "0"));
  const scaled = sign === "-" ? -digits : digits;
  return BigInt.asIntN(64, scaled) === scaled ? scaled : undefined;
}

function plainNumber(value: number): string {
  const text = String(value);
  return /e/u.test(text) && Math.abs(value) < 1 ? value.toFixed(18) : text;
}

/** A scaled integer as the number that the API shows. */
export function decimalValue(scaled: number, scale: number): number {
  return scaled / 10 ** scale;
}

/** A field's value (class 0-2) as a cell. References become 16 bytes, instants milliseconds, decimals scaled integers. */
export function cellOf(field: StoredField, value: FieldValue | Date | undefined): Cell {
  if (value === null || value === undefined || value === "") return null;
  switch (field.type) {
    case "boolean":
      return value === true || value === 1 || value === "1" ? 1 : 0;
    case "integer":
      return integerCell(BigInt(String(value)));
    case "decimal":
      return integerCell(
        scaledDecimal(value instanceof Date ? "" : typeof value === "boolean" ? "" : value, field.scale) ?? 0n,
      );
    case "date":
      return value instanceof Date ? value.toISOString().slice(0, 10) : String(value).slice(0, 10);
    case "datetime":
      return value instanceof Date ? value.getTime() : Date.parse(String(value));
    case "reference":
      return repeatedUuidBytes(String(value));
    default:
      return String(value);
  }
}

/** Beyond 2^53 a number is only near its value, as everywhere in JSON. */
function integerCell(value: bigint): Cell {
  return Number(value);
}

/** The value that a cell stands for. */
export function valueOf(field: StoredField, cell: Cell): FieldValue {
  if (cell === null) return null;
  switch (field.type) {
    case "boolean":
      return cell === 1;
    case "decimal":
      return decimalValue(Number(cell), field.scale);
    case "datetime":
      return new Date(Number(cell)).toISOString();
    case "reference":
      return cell instanceof Uint8Array ? uuidText(cell) : null;
    default:
      return cell instanceof Uint8Array ? null : cell;
  }
}
