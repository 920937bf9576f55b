// Proposes which column of a file is which field: by its heading in either language, else by what its values look like.
// A proposal only; the person decides, and nothing is proposed that he could not write.
import { type ObjectDefinition, type StoredField, systemFields } from "../../contract/field.ts";
import type { ImportAnalysis } from "../../contract/import-verbs.ts";
import type { Access } from "../access/access.ts";
import { orderOf, readDay } from "../records/read-date.ts";
import { foldOption, readText } from "../records/read-text.ts";
import type { CsvRow } from "./csv-reader.ts";
import { headingWords } from "./mapping-words.ts";

/** Fields a person may fill by an import: those he may write in new records, and the record's owner or department. */
export function importableFields(object: ObjectDefinition, access: Access): readonly StoredField[] {
  const placed = object.placement === "owner" ? "owner" : object.placement === "person" ? "department" : undefined;
  const place = systemFields.filter((field) => field.key === placed);
  return [...object.fields.filter((field) => field.computed !== true), ...place].filter(
    (field) => access.createLevel(object, field) === "write",
  );
}

export type ColumnProposal = ImportAnalysis["columns"][number];

const sampledRows = 1000;

/** The columns of the sample with headings, up to three different values each, and what each most likely is. */
export function proposeColumns(
  object: ObjectDefinition,
  fields: readonly StoredField[],
  rows: readonly CsvRow[],
  header: boolean,
): ColumnProposal[] {
  const body = (header ? rows.slice(1) : rows).slice(0, sampledRows);
  const width = rows.reduce((most, row) => Math.max(most, row.cells.length), 0);
  const values = Array.from({ length: width }, (_, index) =>
    body.map((row) => row.cells[index]?.trim() ?? "").filter((cell) => cell !== ""),
  );
  const names = values.map((_, index) => (header ? (rows[0]?.cells[index]?.trim() ?? "").slice(0, 200) : ""));
  const scores = names.flatMap((name, index) =>
    fields.map((field) => ({
      index,
      field,
      score: Math.max(headingScore(object, field, name), valueScore(field, values[index] ?? [])),
    })),
  );
  const fieldOf = new Map<number, StoredField>();
  const taken = new Set<StoredField>();
  for (const { index, field } of scores.filter((one) => one.score > 0).toSorted((a, b) => b.score - a.score)) {
    if (fieldOf.has(index) || taken.has(field)) continue;
    fieldOf.set(index, field);
    taken.add(field);
  }
  return names.map((name, index) => ({
    index,
    name,
    samples: [...new Set(values[index])].slice(0, 3).map((sample) => sample.slice(0, 100).toWellFormed()),
    field: fieldOf.get(index)?.key ?? null,
    dateOrder: orderOf(values[index] ?? []) ?? null,
  }));
}

/** The field by which records of a repeated import are found again: a unique one, their number elsewhere, else the name. */
export function proposeKey(object: ObjectDefinition, mapped: readonly string[]): string | null {
  const fields = object.fields.filter((field) => mapped.includes(field.key));
  const best =
    fields.find((field) => field.unique === true) ??
    fields.find((field) => field.identifies === true) ??
    fields.find((field) => field.key === object.nameField);
  return best?.key ?? null;
}

/** Headings are compared without case, spaces, hyphens, underlines, brackets and what stands in brackets. */
export function headingForm(text: string): string {
  const folded = text
    .normalize("NFKC")
    .replaceAll(/([a-z])([A-Z])/gu, "$1 $2")
    .toLowerCase();
  const bare = folded.replaceAll(/[([【<][^)\]】>]*[)\]】>]/gu, "");
  return (bare.trim() === "" ? folded : bare).replaceAll(/[^\p{L}\p{N}]/gu, "");
}

function headingScore(object: ObjectDefinition, field: StoredField, name: string): number {
  const heading = headingForm(name);
  if (heading === "") return 0;
  const own = [field.key, field.labels.zh, field.labels.en].map(headingForm);
  if (own.includes(heading)) return 1;
  if (
    field.key === object.nameField &&
    [object.key, object.labels.zh, object.labels.en, object.plural.en].map(headingForm).includes(heading)
  )
    return 0.95;
  if ((headingWords[object.key]?.[field.key] ?? []).some((word) => headingForm(word) === heading)) return 0.9;
  if ((headingWords["*"]?.[field.key] ?? []).some((word) => headingForm(word) === heading)) return 0.85;
  const near = own.some(
    (label) =>
      label.length >= 2 &&
      heading.length >= 2 &&
      (heading.includes(label) || (label.includes(heading) && heading.length * 2 >= label.length)),
  );
  return near ? 0.5 : 0;
}

/** Only types whose values are unmistakable; below every match by heading. */
function valueScore(field: StoredField, values: readonly string[]): number {
  const looked = values.slice(0, 200);
  if (looked.length === 0) return 0;
  const share = (holds: (text: string) => boolean): number => looked.filter(holds).length / looked.length;
  const passes = (text: string): boolean => "value" in readText(field, text, { language: "en" });
  switch (field.type) {
    case "email":
      return share(passes) >= 0.8 ? 0.45 : 0;
    case "phone":
      return share(
        (text) =>
          /[\d-]{7}/u.test(text) &&
          !/^\d{1,6}(?:\.\d+)?$/u.test(text) &&
          typeof readDay(text) === "string" &&
          passes(text),
      ) >= 0.8
        ? 0.4
        : 0;
    case "url":
      return share((text) => /^(?:https?:\/\/|www\.)/iu.test(text) && passes(text)) >= 0.8 ? 0.4 : 0;
    case "id_number":
      return share((text) => /^\d{17}[\dX]$/iu.test(text) && passes(text)) >= 0.8 ? 0.45 : 0;
    case "choice":
      // One-letter aliases stand in too many columns to mean anything.
      return share((text) => foldOption(text).length >= 2 && passes(text)) >= 0.6 ? 0.3 : 0;
    default:
      return 0;
  }
}
