// A one-time code from the address's fragment, which browsers send to nobody. It is taken out of the address at once, so
// that it stays in no history and no screenshot.
export function takeFragmentCode(): string {
  const fragment = decodeURIComponent(location.hash.slice(1));
  if (fragment === "") return "";
  history.replaceState(history.state, "", location.pathname + location.search);
  return fragment.startsWith("code=") ? fragment.slice("code=".length) : fragment;
}
