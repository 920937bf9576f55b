// The frame round every page of a signed-in person: places, bar, search, shortcuts, the sheets a call may ask for.
import { lazy, Suspense, useEffect, useState } from "react";
import { Outlet, ScrollRestoration, useLocation } from "react-router";
import { useSchema, useSession } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { BottomBar } from "./BottomBar.tsx";
import { Challenges } from "./Challenges.tsx";
import { KeyboardHelp } from "./KeyboardHelp.tsx";
import { NoAccess } from "./NoAccess.tsx";
import { Notices } from "./Notices.tsx";
import { placeOf } from "./places.ts";
import { refusalOf } from "./refusal.ts";
import { Sidebar } from "./Sidebar.tsx";
import { TopBar } from "./TopBar.tsx";
import { useIdleLock } from "./use-idle-lock.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import css from "./frame.module.css";

const loadSearchPanel = () => import("./SearchPanel.tsx");
const SearchPanel = lazy(async () => ({ default: (await loadSearchPanel()).SearchPanel }));
/** Fetched when the page has come to rest, so that what is typed right after ⌘K is not lost. */
const searchPanelAfterMs = 1500;

export function Frame() {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const schema = useSchema();
  const session = useSession();
  const place = placeOf(pathname);
  const refusal = refusalOf(place, schema.data, session.data?.confirmed);
  useEffect(() => {
    // Not there now: it is fetched again when it is asked for.
    const timer = setTimeout(() => void loadSearchPanel().catch(() => undefined), searchPanelAfterMs);
    return () => clearTimeout(timer);
  }, []);
  const { locked, lock, unlocked } = useIdleLock(session.data);
  const [small, setSmall] = useState(false);
  const [help, setHelp] = useState(false);
  /** How often the search was asked for; it is fetched with the first time. */
  const [searches, setSearches] = useState(0);
  const openSearch = (): void => setSearches((times) => times + 1);
  const openHelp = (): void => setHelp(true);
  useShortcuts({ onSearch: openSearch, onHelp: openHelp, onLock: lock, onSidebar: () => setSmall((now) => !now) });

  return (
    <div className={css["frame"]} data-small={small || undefined}>
      <a href="#content" className={css["skip"]}>
        {t(w.skip)}
      </a>
      <Sidebar schema={schema.data} small={small} onToggle={() => setSmall((now) => !now)} />
      <div className={css["main"]}>
        <TopBar schema={schema.data} onSearch={openSearch} onLock={lock} onHelp={openHelp} />
        <Notices session={session.data} />
        <main id="content" tabIndex={-1} className={css["content"]}>
          {schema.error && !schema.data ? (
            <Page>
              <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />
            </Page>
          ) : place &&
            ((place.confirmed === true && session.isPending) || (schema.isPending && !place.has(undefined))) ? (
            // What opens the place is not known yet: nothing is asked for that might be refused.
            <Page>
              <SkeletonRows rows={10} columns={5} />
            </Page>
          ) : place && refusal ? (
            <NoAccess place={place} refusal={refusal} />
          ) : (
            <Outlet key={pathname} />
          )}
        </main>
      </div>
      <BottomBar schema={schema.data} onSearch={openSearch} />
      {searches > 0 && (
        <Suspense>
          <SearchPanel times={searches} schema={schema.data} onLock={lock} onHelp={openHelp} />
        </Suspense>
      )}
      <KeyboardHelp opened={help} onClose={() => setHelp(false)} />
      <Challenges locked={locked} onUnlocked={unlocked} />
      <ScrollRestoration />
    </div>
  );
}
