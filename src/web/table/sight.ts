// Which places of a list are in sight just now. It changes with every row that is scrolled by, so only what shows it
// listens, not the whole page.
import { useSyncExternalStore } from "react";

export interface InSight {
  readonly first: number;
  readonly last: number;
}

export class Sight {
  #now: InSight = { first: 0, last: 0 };
  readonly #listeners = new Set<() => void>();

  readonly get = (): InSight => this.#now;

  set(first: number, last: number): void {
    if (first === this.#now.first && last === this.#now.last) return;
    this.#now = { first, last };
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export function useSight(sight: Sight): InSight {
  return useSyncExternalStore(sight.subscribe, sight.get);
}
