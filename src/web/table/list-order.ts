// The order of the list a person came from, so that a record can lead to the one before and after it. It grows as more of
// the list is looked at, and is forgotten when another question is asked.
interface ListOrder {
  readonly question: string;
  readonly ids: Map<number, string>;
  readonly places: Map<string, number>;
  total: number;
}

const orders = new Map<string, ListOrder>();

/** `question`: what was asked; the same question adds to what is known. */
export function rememberOrder(
  object: string,
  question: string,
  rows: ReadonlyMap<number, { readonly id: string }>,
  total: number,
): void {
  const known = orders.get(object);
  const order: ListOrder =
    known?.question === question ? known : { question, ids: new Map(), places: new Map(), total };
  for (const [place, { id }] of rows) {
    order.ids.set(place, id);
    order.places.set(id, place);
  }
  order.total = total;
  orders.set(object, order);
}

export interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** From 1. */
  readonly place: number;
  readonly total: number;
}

/** Undefined when the record was not reached from a list. */
export function neighboursOf(object: string, id: string): Neighbours | undefined {
  const order = orders.get(object);
  const at = order?.places.get(id);
  if (!order || at === undefined) return undefined;
  return { previous: order.ids.get(at - 1), next: order.ids.get(at + 1), place: at + 1, total: order.total };
}
