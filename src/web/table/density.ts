// How high rows of lists are on this device: 32 px, or 28 where one wants to see more of them. Kept by the browser, set on
// the document, so that the style sheet alone knows the measures.
import { useSyncExternalStore } from "react";

const storageKey = "strongroom.density";
const listeners = new Set<() => void>();
let compact = remembered();
apply();

export function useDensity(): [boolean, (compact: boolean) => void] {
  return [useSyncExternalStore(subscribe, () => compact), setCompact];
}

function setCompact(next: boolean): void {
  compact = next;
  try {
    if (next) localStorage.setItem(storageKey, "compact");
    else localStorage.removeItem(storageKey);
  } catch {
    // Storage refused: the choice holds until the page is closed.
  }
  apply();
  for (const listener of listeners) listener();
}

function apply(): void {
  if (compact) document.documentElement.dataset["density"] = "compact";
  else delete document.documentElement.dataset["density"];
}

function remembered(): boolean {
  try {
    return localStorage.getItem(storageKey) === "compact";
  } catch {
    return false;
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
