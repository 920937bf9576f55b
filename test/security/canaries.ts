// Values that stand nowhere else: one for every field of every record, found again in any text that bears them. Which of
// them a person may meet is decided by the oracle, so that a crawl can tell a leak from an answer.
import { type ObjectDefinition, type StoredField, fieldOf } from "../../src/contract/field.ts";
import { type OraclePerson, type OracleRow, type Tree, levelOf, mayDo } from "./oracle.ts";

export interface CanaryRecord {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly row: OracleRow;
}

interface Canary {
  readonly record: CanaryRecord;
  /** `(id)` for the record's own id. */
  readonly field: string;
  /** The whole value, or its mask. */
  readonly form: "whole" | "mask";
}

/** Kinds of values that cannot be made unlike all others; nothing of them is looked for. */
const unmarkable: ReadonlySet<string> = new Set(["choice", "boolean", "reference"]);

/** Numbers with little room are like others, and what a field tells other records stands in those too. */
export function canMark(field: StoredField): boolean {
  const narrow = field.maxValue !== undefined && field.maxValue < smallBase * 2;
  return !unmarkable.has(field.type) && field.computed !== true && !narrow && field.tells === undefined;
}

const smallBase = 500_000;
const base = 30_000_000;

/** Everything that any canary can look like. */
const marks =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|zq[0-9a-z]{6}|\d{2,3}\*{4}\d{4}|\d{4}-\d\d-\d\d|\d{6,}/giu;

export class CanaryBook {
  readonly #found = new Map<string, Canary[]>();
  #made = 0;

  /** How many values were made. */
  get size(): number {
    return this.#made;
  }

  addId(record: CanaryRecord): void {
    this.#add(record.id, { record, field: "(id)", form: "whole" });
  }

  /** A value for the field, of its kind, that no other record or field has. */
  make(record: CanaryRecord, field: StoredField): string | number {
    this.#made += 1;
    const number = this.#made;
    const whole: Canary = { record, field: field.key, form: "whole" };
    const token = `zq${((number * 60_466_177) % 36 ** 6).toString(36).padStart(6, "0")}`;
    switch (field.type) {
      case "integer":
      case "decimal": {
        const value = ((field.maxValue ?? Number.MAX_SAFE_INTEGER) < base * 2 ? smallBase : base) + number;
        this.#add(String(value), whole);
        return value;
      }
      case "date": {
        const day = new Date(Date.UTC(2071, 0, number)).toISOString().slice(0, 10);
        this.#add(day, whole);
        return day;
      }
      case "datetime": {
        const day = new Date(Date.UTC(2071, 0, number)).toISOString();
        this.#add(day.slice(0, 10), whole);
        return day;
      }
      case "phone": {
        const national = `137${70_000_000 + number}`;
        this.#add(national, whole);
        this.#add(`86${national}`, whole);
        this.#add(`137****${national.slice(-4)}`, { ...whole, form: "mask" });
        return `+86${national}`;
      }
      case "bank_account": {
        const account = `6222${10_000_000_000 + number}`;
        this.#add(account, whole);
        return account;
      }
      case "email":
        this.#add(token, whole);
        return `${token}@canary.example`;
      case "url":
        this.#add(token, whole);
        return `https://${token}.example/`;
      case "id_number":
        this.#add(token, whole);
        return token.toUpperCase();
      default:
        this.#add(token, whole);
        return `${token} 金丝雀`;
    }
  }

  #add(mark: string, canary: Canary): void {
    this.#found.set(mark, [...(this.#found.get(mark) ?? []), canary]);
  }

  /** The canaries that stand in a text. */
  in(text: string): Canary[] {
    return [...text.matchAll(marks)].flatMap(([mark]) => this.#found.get(mark.toLowerCase()) ?? []);
  }
}

export interface Exceptions {
  /** Known to the person for another reason than a right: his own name, his department and company, references. */
  readonly known: ReadonlySet<string>;
  /** The restricted value that this very answer may bear, as `object id field`. */
  readonly revealed?: string | undefined;
}

export interface Inspected {
  readonly leaks: readonly string[];
  /** `object id field` of what was met and may be. */
  readonly met: readonly string[];
}

/** Tells what of a text the person may not have. */
export function inspect(
  book: CanaryBook,
  person: OraclePerson,
  tree: Tree,
  text: string,
  { known, revealed }: Exceptions,
): Inspected {
  const leaks: string[] = [];
  const met: string[] = [];
  for (const { record, field, form } of book.in(text)) {
    const place = `${record.object.key} ${record.id} ${field}`;
    if (known.has(place) || place === revealed || may(person, record, field, form, tree)) met.push(place);
    else leaks.push(`${place} (${form})`);
  }
  return { leaks, met };
}

function may(
  person: OraclePerson,
  { object, row }: CanaryRecord,
  key: string,
  form: Canary["form"],
  tree: Tree,
): boolean {
  if (key === "(id)") return mayDo(person, object.key, "view", row, tree);
  const level = levelOf(person, object, key, row, tree);
  if (level === "hidden") return false;
  // A restricted value leaves the vault by a reveal only.
  return form === "mask" || (level !== "masked" && fieldOf(object, key)?.class !== 3);
}
