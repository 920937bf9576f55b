// A stored value as the person reads it: options by their label, references by name, dates and figures in his language.
// An id never comes out of here.
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { valueWords } from "../words/records.ts";
import type { Language, LanguageTools } from "../words/words.ts";

export type Names = Readonly<Record<string, string>>;

export function valueText(
  field: Pick<SchemaField, "key" | "type" | "options" | "magnitude">,
  value: FieldValue,
  names: Names,
  { t, format }: Pick<LanguageTools, "t" | "format">,
): string {
  if (value === null || value === "") return "";
  switch (field.type) {
    case "choice": {
      const option = field.options?.find(({ key }) => key === value);
      return option ? t(option.labels) : String(value);
    }
    case "reference":
      return names[String(value)] ?? t(valueWords.unknownRecord);
    case "boolean":
      return t(value === true ? valueWords.yes : valueWords.no);
    case "integer":
    case "decimal":
      if (typeof value !== "number" || isYear(field)) return String(value);
      return field.magnitude === "million" ? format.figure(value * 1e6) : format.number(value);
    case "date":
      return format.date(String(value));
    case "datetime":
      return format.dateTime(String(value));
    default:
      return String(value);
  }
}

/** The field of a record as text: amounts with the currency that the record has them in. */
export function fieldText(
  record: RecordParts,
  field: Pick<SchemaField, "key" | "type" | "options" | "magnitude" | "unit">,
  names: Names,
  tools: Pick<LanguageTools, "t" | "format">,
): string {
  const value = valueOf(record, field.key);
  const unit = field.unit === undefined ? undefined : record.values[field.unit];
  return typeof value === "number" && typeof unit === "string"
    ? tools.format.money(value, unit)
    : valueText(field, value, names, tools);
}

/** Years are figures without grouping: 1996, not 1,996. */
export function isYear(field: Pick<SchemaField, "key" | "type">): boolean {
  return field.type === "integer" && /year/iu.test(field.key);
}

export function isFigure(field: Pick<SchemaField, "type">): boolean {
  return field.type === "integer" || field.type === "decimal";
}

const chinese = /^\+86(?:(1\d{2})(\d{4})|(10|2\d|[3-9]\d{2})(\d{3,4}))(\d{4})$/u;

/**
 * A stored number (+8613812345678) in groups to be read and dialled: Chinese ones without their country for readers of
 * Chinese (138 1234 5678, 021 6888 1234). Others stay as they are.
 */
export function phoneText(stored: string, language: Language): string {
  const [, mobile, middle, area, start, end] = chinese.exec(stored) ?? [];
  if (end === undefined) return stored;
  const home = language === "zh";
  const groups = mobile === undefined ? [home ? `0${area ?? ""}` : area, start, end] : [mobile, middle, end];
  return [...(home ? [] : ["+86"]), ...groups].join(" ");
}

/** The value of a field, whether it is the record's own or one of the columns every record has. */
export function valueOf(record: RecordParts, key: string): FieldValue {
  switch (key) {
    case "owner":
    case "department":
    case "createdAt":
    case "createdBy":
    case "updatedAt":
    case "updatedBy":
      return record[key];
    default:
      return record.values[key] ?? null;
  }
}

interface RecordParts {
  readonly owner: string | null;
  readonly department: string | null;
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly updatedAt: string;
  readonly updatedBy: string | null;
  readonly values: Readonly<Record<string, FieldValue>>;
}

/** The record's name, or its mask; empty when neither may be seen. */
export function nameOf(
  record: { readonly values: Readonly<Record<string, FieldValue>>; readonly masked: Readonly<Record<string, string>> },
  nameField: string,
): string {
  return String(record.values[nameField] ?? record.masked[nameField] ?? "");
}
