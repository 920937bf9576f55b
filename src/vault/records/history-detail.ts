// What a ledger entry keeps of a write: before and after of each field, sealed by class. The history of a record is read
// from these and from nothing else.
import { type ObjectDefinition } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { SubjectKeys } from "../keys/key-material.ts";
import { sealValue } from "../keys/seal.ts";
import { type Values, isSealed } from "./row.ts";

/** Before and after of each field: classes 0-2 as they are, class 3 under its own key once more. */
export function changeDetail(
  object: ObjectDefinition,
  id: string,
  version: number,
  keys: SubjectKeys,
  before: Values,
  after: Values,
) {
  const plain: Record<string, [FieldValue, FieldValue]> = {};
  const restricted: Record<string, [FieldValue, FieldValue]> = {};
  for (const [key, value] of Object.entries(after)) {
    const field = object.fields.find((one) => one.key === key);
    (field && isSealed(field) && field.class === 3 ? restricted : plain)[key] = [before[key] ?? null, value];
  }
  const sealed =
    Object.keys(restricted).length === 0
      ? undefined
      : sealValue(keys.class3, detailContext(id, version), restricted).toString("base64");
  return { version, plain, ...(sealed !== undefined && { restricted: sealed }) };
}

export function detailContext(id: string, version: number) {
  return { object: "history", recordId: id, class: 3, sealVersion: version } as const;
}
