// How wide columns are: what the person set, otherwise a measure per type of field, given by the style sheet.
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

/** The width of a column may lie between these, in pixels at the usual size of text. */
export const narrowest = 64;
export const widest = 800;
const usualText = 16;

export function columnsTemplate(columns: readonly SchemaField[], widths: Readonly<Record<string, number>>): string {
  return columns
    .map(({ key, type, class: level }, index) => {
      const width = widths[key];
      if (width !== undefined) return `${width / usualText}rem`;
      return index === 0
        ? "minmax(var(--column-name), 2fr)"
        : `minmax(var(${level === 3 ? "--column-masked" : (measures[type] ?? "--column-text")}), 1fr)`;
    })
    .join(" ");
}

export function boundedWidth(width: number): number {
  return Math.round(Math.max(narrowest, Math.min(widest, width)));
}
