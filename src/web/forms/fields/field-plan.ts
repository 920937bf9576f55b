// The rules of a new field before it is sent: a key made from its English label, and the class its type suggests. Pure.
import type { FieldType, SensitivityClass } from "../../../contract/field.ts";

export const fieldTypes = [
  "text",
  "long_text",
  "integer",
  "decimal",
  "boolean",
  "date",
  "datetime",
  "choice",
  "phone",
  "email",
  "url",
  "id_number",
  "bank_account",
  "reference",
] as const satisfies readonly FieldType[];

/** camelCase of the label's Latin words: “Contract end” becomes contractEnd. Empty when there are none. */
export function keyFrom(label: string): string {
  const words = label
    .normalize("NFKD")
    .replaceAll(/[^A-Za-z0-9]+/gu, " ")
    .trim()
    .split(" ")
    .filter((word) => word !== "");
  const key = words
    .map((word, index) =>
      index === 0 ? word.toLowerCase() : word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase(),
    )
    .join("");
  return key
    .replace(/^\d+/u, "")
    .slice(0, 60)
    .replace(/^[A-Z]/u, (letter) => letter.toLowerCase());
}

export function isKey(key: string): boolean {
  return /^[a-z][a-zA-Z0-9_]{0,59}$/u.test(key);
}

/** What usually identifies or reaches a person is restricted, free text confidential, the rest internal. */
export function suggestedClass(type: FieldType): SensitivityClass {
  switch (type) {
    case "phone":
    case "email":
    case "id_number":
    case "bank_account":
      return 3;
    case "text":
    case "long_text":
    case "url":
      return 2;
    default:
      return 1;
  }
}

/** Option keys from English labels, unique; options without Latin letters are numbered. */
export function optionKeys(labels: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return labels.map((label, index) => {
    const base = keyFrom(label) || `option${index + 1}`;
    let key = base;
    for (let n = 2; taken.has(key); n += 1) key = `${base}${n}`;
    taken.add(key);
    return key;
  });
}
