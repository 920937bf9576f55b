// The rules of a new field before it is sent: a key made from its English label, and the class its type suggests. Pure.
import type { FieldType, Labels, SensitivityClass } from "../../../contract/field.ts";

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

/** The same from a Chinese label, by its pinyin: 合同到期 becomes heTongDaoQi. The readings are fetched when first needed. */
export async function keyFromChinese(label: string): Promise<string> {
  const { pinyin } = await import("pinyin-pro");
  return keyFrom(pinyin(label, { toneType: "none", type: "array", nonZh: "consecutive", v: true }).join(" "));
}

/** A label given in one language alone stands in both, until somebody names it in the other. */
export function bothLabels({ zh, en }: Labels): Labels {
  return { zh: zh.trim() || en.trim(), en: en.trim() || zh.trim() };
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

/** Option keys from English labels, unique beside those there are; options without Latin letters are numbered. */
export function optionKeys(labels: readonly string[], present: readonly string[] = []): readonly string[] {
  const taken = new Set(present);
  return labels.map((label, index) => {
    const base = keyFrom(label) || `option${present.length + index + 1}`;
    let key = base;
    for (let n = 2; taken.has(key); n += 1) key = `${base}${n}`;
    taken.add(key);
    return key;
  });
}
