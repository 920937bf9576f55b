// How wide columns are: a measure per type of field, given by the style sheet.
import type { SchemaField } from "../../contract/schema-verbs.ts";

const measures: Readonly<Record<string, string>> = {
  integer: "--column-figure",
  decimal: "--column-figure",
  boolean: "--column-short",
  date: "--column-date",
  datetime: "--column-date",
  choice: "--column-choice",
  phone: "--column-masked",
  email: "--column-masked",
  id_number: "--column-masked",
  bank_account: "--column-masked",
  reference: "--column-choice",
};

export function columnsTemplate(columns: readonly SchemaField[]): string {
  return columns
    .map(({ type, class: level }, index) =>
      index === 0
        ? "minmax(var(--column-name), 2fr)"
        : `minmax(var(${level === 3 ? "--column-masked" : (measures[type] ?? "--column-text")}), 1fr)`,
    )
    .join(" ");
}
