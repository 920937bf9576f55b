// A value while it is being typed: what would be sent, and why it cannot be. The server judges again; this only spares
// the person a round trip.
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { formWords } from "../words/records.ts";
import type { Translate } from "../words/words.ts";

export interface Draft {
  readonly value: FieldValue;
  /** The name of a referenced record, to show before the server has answered. */
  readonly label?: string | undefined;
  /** Why the text in the input is no value; such a draft is not sent. */
  readonly problem?: string | undefined;
}

export const noDraft: Draft = { value: null };

/** A figure as a person types it: 1,200.50, １２００, -3. No 12万, no 1.2m: such figures are asked for in digits. */
export function numberDraft(input: string, field: SchemaField, t: Translate): Draft {
  const text = input.normalize("NFKC").trim();
  if (text === "") return noDraft;
  if (!/^[-−]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?$/u.test(text))
    return { value: null, problem: t(formWords.notANumber) };
  const digits = text.replaceAll(",", "").replace("−", "-");
  const decimals = digits.split(".")[1]?.length ?? 0;
  const scale = field.type === "integer" ? 0 : (field.scale ?? 0);
  if (decimals > scale)
    return { value: null, problem: scale === 0 ? t(formWords.notANumber) : t(formWords.tooPrecise, { scale }) };
  return { value: Number(digits) };
}

export function sameValue(a: FieldValue | undefined, b: FieldValue | undefined): boolean {
  return (a ?? null) === (b ?? null);
}

export function isEmpty(value: FieldValue | undefined): boolean {
  return value === undefined || value === null || value === "";
}

/** The keys of fields that a new record of the object needs besides those a form has anyway. */
export function requiredBeyond(object: SchemaObject, keys: readonly string[]): readonly string[] {
  return object.fields
    .filter((field) => field.required && field.level === "write" && !field.computed && !keys.includes(field.key))
    .map(({ key }) => key);
}
