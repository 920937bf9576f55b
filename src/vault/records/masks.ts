// What of a value may be seen when it is masked, and the forms under which a restricted value is looked up. A mask never
// shows more than the first character of a name, the first three and last four digits of a phone number, or a third of an
// identity card's.
import type { FieldDefinition, FieldType } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import { lookupForm, maskOf as restrictedMaskOf } from "../search/restricted.ts";

type Typed = Pick<FieldDefinition, "type" | "class">;

// The search projection holds masks too; numbers and addresses have one rule, its own.
const numbered: ReadonlySet<FieldType> = new Set(["phone", "email", "id_number", "bank_account"]);
const stars = "****";

/**
 * The mask of a value: 138****5678, 王*, 北****, z***@example.com; "" for no value. Free text, web addresses and
 * everything that is not text show nothing at all.
 */
export function maskOf(field: Typed, value: FieldValue): string {
  if (value === null || value === "") return "";
  if (typeof value !== "string") return stars;
  if (numbered.has(field.type) || field.class === 3) return restrictedMaskOf(field, value);
  if (field.type !== "text") return stars;
  const characters = [...value];
  const first = characters[0];
  // One character is the whole value.
  if (first === undefined || characters.length === 1) return "*";
  return first + (characters.length <= 4 ? "*" : stars);
}

/**
 * The normal form of a restricted value, for keyed tags and exact match; undefined when it has none. A tag's kind is
 * {@link lookupKind}, so that a custom field of the same type is found by the same number.
 */
export function normaliseForLookup(field: Typed, value: FieldValue): string | undefined {
  if (typeof value !== "string") return undefined;
  // A stored number is E.164 already.
  if (field.type === "phone" && /^\+[1-9][0-9]{6,14}$/u.test(value)) return value;
  return lookupForm(field, value)?.normalised;
}

export function lookupKind(field: Typed): "phone" | "email" | "id_number" | "bank_account" | "text" {
  switch (field.type) {
    case "phone":
    case "email":
    case "id_number":
    case "bank_account":
      return field.type;
    default:
      return "text";
  }
}
