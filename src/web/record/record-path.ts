// From records to their lists and back, by the places of the product. Addresses hold opaque ids only, never a name.
import { placeOf, recordPath } from "../frame/places.ts";
import { rememberedAddress } from "../table/list-address.ts";

/** The list a record of the object belongs to; the home page for objects without a list. */
export function listPath(object: string): string {
  const path = recordPath(object, "-");
  return (path === undefined ? undefined : placeOf(path)?.to) ?? "/";
}

/** The same list as it was left: its filters, order and page. */
export function leftListPath(object: string): string {
  return listPath(object) + rememberedAddress(object);
}
