// The error file: refused rows as they came with a reason for each, as CSV that a spreadsheet opens without running
// anything, and that can be corrected and imported again.
import { type FieldReason, fieldMessage, type Language } from "../../contract/problem.ts";
import { fieldOf, type ObjectDefinition } from "../../contract/field.ts";
import type { RefusedRow } from "./blocks.ts";

const words = {
  zh: { row: "行号", reason: "原因", between: "；", colon: "：" },
  en: { row: "Row", reason: "Reason", between: "; ", colon: ": " },
} as const;

/** A cell: formulas defused with an apostrophe (CWE-1236), quoted where needed. Plain numbers stay what they are. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/u.test(text) && !/^[+-]?\d+(?:[.,]\d+)*$/u.test(text) ? `'${text}` : text;
  return /[",;\t\r\n|]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/**
 * With a byte order mark, by which Excel knows UTF-8. Row and reason stand first, where a row with too many cells does
 * not push them away.
 */
export function errorHeader(headings: readonly string[], language: Language): string {
  return `\ufeff${csvLine([words[language].row, words[language].reason, ...headings])}`;
}

export function errorLine(object: ObjectDefinition, row: RefusedRow, width: number, language: Language): string {
  const reasons = row.problems.map((problem, at) => {
    // Only reasons of the contract are ever put down.
    const text = fieldMessage(
      { field: problem.field ?? "", reason: problem.reason as FieldReason, params: problem.params },
      language,
    );
    const label =
      (problem.field === null ? undefined : fieldOf(object, problem.field)?.labels[language]) ?? problem.field;
    const whole = label === null ? text : `${label}${words[language].colon}${text}`;
    // Of several only the last ends as a sentence does.
    return at < row.problems.length - 1 ? whole.replace(/[。.]$/u, "") : whole;
  });
  const cells = Array.from({ length: Math.max(width, row.cells.length) }, (_, index) => row.cells[index] ?? "");
  return csvLine([String(row.row), reasons.join(words[language].between), ...cells]);
}
