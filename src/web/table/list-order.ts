// The order of the list a person came from, so that a record page can lead to the one before and after it.
interface ListOrder {
  readonly ids: readonly string[];
  /** Place of the first id in the whole list, from 0. */
  readonly offset: number;
  readonly total: number;
}

const orders = new Map<string, ListOrder>();

export function rememberOrder(object: string, order: ListOrder): void {
  orders.set(object, order);
}

export interface Neighbours {
  readonly previous: string | undefined;
  readonly next: string | undefined;
  readonly place: number;
  readonly total: number;
}

/** Undefined when the record was not reached from a list. */
export function neighboursOf(object: string, id: string): Neighbours | undefined {
  const order = orders.get(object);
  const index = order?.ids.indexOf(id) ?? -1;
  if (!order || index < 0) return undefined;
  return {
    previous: order.ids[index - 1],
    next: order.ids[index + 1],
    place: order.offset + index + 1,
    total: order.total,
  };
}
