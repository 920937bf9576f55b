// The keys that work everywhere. Single letters never fire while something is being typed.
import { useHotkeys } from "@mantine/hooks";
import { useEffect, useEffectEvent } from "react";
import { useNavigate } from "react-router";

interface Actions {
  readonly onSearch: () => void;
  readonly onHelp: () => void;
  readonly onLock: () => void;
  readonly onSidebar: () => void;
}

const followMs = 1200;
const goTo: Readonly<Record<string, string>> = {
  h: "/",
  l: "/leads",
  a: "/accounts",
  c: "/contacts",
  o: "/opportunities",
  t: "/todos",
  p: "/people",
};

export function useShortcuts({ onSearch, onHelp, onLock, onSidebar }: Actions): void {
  const navigate = useNavigate();
  useHotkeys(
    [
      ["mod+K", onSearch],
      ["mod+shift+L", onLock],
      ["mod+\\", onSidebar],
    ],
    [],
  );
  const onKey = useEffectEvent((event: KeyboardEvent, afterG: boolean): boolean => {
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return false;
    if (event.key === "?") onHelp();
    else if (event.key === "/" && !afterG) {
      event.preventDefault();
      onSearch();
    } else if (afterG) {
      const to = goTo[event.key.toLowerCase()];
      if (to !== undefined) void navigate(to);
    } else return event.key === "g";
    return false;
  });
  useEffect(() => {
    let gAt = 0;
    const listen = (event: KeyboardEvent): void => {
      const afterG = event.timeStamp - gAt < followMs;
      gAt = onKey(event, afterG) ? event.timeStamp : 0;
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.closest("input, textarea, select, [role='combobox'], [role='dialog']") !== null)
  );
}
