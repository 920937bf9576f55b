// Whether a place is closed to this person or this device, by the same rules that show it in the sidebar.
import type { Place, Schema } from "./places.ts";

export type Refusal = "role" | "device";

/** Undefined: the place is open, or not known yet. */
export function refusalOf(
  place: Place | undefined,
  schema: Schema | undefined,
  confirmed: boolean | undefined,
): Refusal | undefined {
  if (place === undefined || schema === undefined) return undefined;
  if (!place.has(schema)) return "role";
  return place.confirmed === true && confirmed === false ? "device" : undefined;
}
