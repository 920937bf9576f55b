// How a field's value becomes the cells of a projection row and back: the value, its folded text and pinyin, or, for
// class 3, mask, last four digits and tag.
import type { StoredField } from "../../contract/field.ts";
import type { FieldValue } from "../../contract/record-verbs.ts";
import {
  type Cell,
  type Companion,
  cellOf,
  hasPinyin,
  isText,
  repeatedUuidBytes,
  uuidText,
  valueOf,
} from "./columns.ts";
import { fold } from "./normalise.ts";
import { readingOf } from "./pinyin.ts";
import type { RestrictedCells } from "./restricted.ts";

/** Class 0-2: the value. Class 3: mask, last four, tag. undefined: unchanged (only with `base`). */
export type ProjectedValue = FieldValue | RestrictedCells | undefined;

/** A field and the places of its cells among the columns. */
export interface Slot {
  readonly field: StoredField;
  readonly places: Readonly<Partial<Record<Companion | "value", number>>>;
  /** Column of the full-text index. */
  readonly text: number | undefined;
}

export function companionsOf(field: StoredField): Companion[] {
  if (field.class === 3) return ["mask", "last4", "tag"];
  return [...(isText(field) ? (["norm"] as const) : []), ...(hasPinyin(field) ? (["py", "ini"] as const) : [])];
}

/** Puts a value's cells in their places; what it does not have is emptied. */
export function place(cells: Cell[], { field, places }: Slot, value: ProjectedValue): void {
  const put = (which: Companion | "value", cell: Cell): void => {
    const at = places[which];
    if (at !== undefined) cells[at] = cell;
  };
  if (field.class === 3) {
    const [mask, last4, tag] = Array.isArray(value) ? value : [null, null, null];
    put("mask", mask);
    put("last4", last4);
    put("tag", typeof tag === "string" ? Buffer.from(tag, "hex") : null);
    return;
  }
  const cell = cellOf(field, value as FieldValue); // only class 3 has a tuple
  put("value", cell);
  const folded = typeof cell === "string" && places.norm !== undefined ? fold(cell) : null;
  put("norm", folded === cell ? null : folded);
  const reading = folded !== null && places.py !== undefined ? readingOf(folded) : undefined;
  put("py", reading?.syllables ?? null);
  put("ini", reading?.initials ?? null);
}

export function readValue(field: StoredField, cell: Cell): FieldValue {
  if (field.class === 3) return typeof cell === "string" ? cell : null;
  return valueOf(field, cell);
}

/** System cells as the API shows them. */
export function readId(cell: Cell): string {
  return cell instanceof Uint8Array ? uuidText(cell) : "";
}

export function bytes(id: string | null): Uint8Array | null {
  return id === null ? null : repeatedUuidBytes(id);
}
