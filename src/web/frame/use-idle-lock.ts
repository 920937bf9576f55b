// Locks the page when nobody has touched it for the time the company set, and keeps the session awake while somebody
// does: reading and scrolling make no calls, yet they are work.
import { useCallback, useEffect, useState } from "react";
import { api } from "../api.ts";
import type { CallOutput } from "../endpoint-types.ts";

const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;
const lookEveryMs = 5000;
const touchEveryMs = 60_000;

export interface IdleLock {
  readonly locked: boolean;
  readonly lock: () => void;
  readonly unlocked: () => void;
}

export function useIdleLock(session: CallOutput<"currentSession"> | undefined): IdleLock {
  const [locked, setLocked] = useState(false);
  const idleMs = (session?.idleLockSeconds ?? 0) * 1000;
  const lockedThere = session?.locked === true;
  if (lockedThere && !locked) setLocked(true);

  const lock = useCallback(() => {
    setLocked(true);
    // Without an answer the page is hidden all the same, and the server locks by itself when its time is up.
    void api.call("lockSession", { body: {}, quiet: true }).catch(() => undefined);
  }, []);
  const unlocked = useCallback(() => setLocked(false), []);

  useEffect(() => {
    if (idleMs === 0 || locked) return;
    let activeAt = Date.now();
    let touchedAt = Date.now();
    const active = (): void => {
      activeAt = Date.now();
    };
    const look = (): void => {
      const now = Date.now();
      if (now - activeAt >= idleMs) lock();
      else if (activeAt > touchedAt && now - touchedAt >= touchEveryMs) {
        touchedAt = now;
        void api.call("touchSession", { body: {} }).catch(() => undefined);
      }
    };
    for (const sign of signs) addEventListener(sign, active, { passive: true, capture: true });
    const timer = setInterval(look, lookEveryMs);
    // A laptop that wakes up locks before its first frame is read.
    document.addEventListener("visibilitychange", look);
    return () => {
      for (const sign of signs) removeEventListener(sign, active, { capture: true });
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [idleMs, locked, lock]);

  return { locked, lock, unlocked };
}
