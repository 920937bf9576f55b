// The phone's five places: home, accounts, contacts, search, and the rest in a sheet.
import { Building2, ContactRound, Ellipsis, House, Search } from "lucide-react";
import { useState } from "react";
import { NavLink } from "react-router";
import { Sheet } from "../ui/Sheet.tsx";
import { frameWords, placeWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { canDo, groupWords, places, placesIn, type Schema } from "./places.ts";
import { PlaceLink } from "./Sidebar.tsx";
import css from "./frame.module.css";

const fixed = new Set(["/", "/accounts", "/contacts"]);
const groups = ["work", "team", "safety", "studio", "mine"] as const;

export function BottomBar({
  schema,
  onSearch,
}: {
  readonly schema: Schema | undefined;
  readonly onSearch: () => void;
}) {
  const { t } = useLanguage();
  const [more, setMore] = useState(false);
  const sells = canDo(schema, "account", "view");
  // Who sees no customers has his own places in the middle.
  const middle = sells
    ? ([
        { to: "/accounts", word: w.accounts, icon: Building2 },
        { to: "/contacts", word: w.contacts, icon: ContactRound },
      ] as const)
    : places.filter((place) => (place.to === "/people" || place.to === "/departments") && place.has(schema));
  return (
    <nav className={css["bottombar"]} aria-label={t(frameWords.mainNavigation)}>
      <NavLink to="/" end className={css["bottomPlace"] ?? ""}>
        <House size={20} aria-hidden="true" />
        {t(w.home)}
      </NavLink>
      {middle.map(({ to, word, icon: Icon }) => (
        <NavLink key={to} to={to} className={css["bottomPlace"] ?? ""}>
          <Icon size={20} aria-hidden="true" />
          {t(word)}
        </NavLink>
      ))}
      <button type="button" className={css["bottomPlace"]} onClick={onSearch}>
        <Search size={20} aria-hidden="true" />
        {t(frameWords.search)}
      </button>
      <button type="button" className={css["bottomPlace"]} aria-haspopup="dialog" onClick={() => setMore(true)}>
        <Ellipsis size={20} aria-hidden="true" />
        {t(w.more)}
      </button>
      <Sheet opened={more} onClose={() => setMore(false)} title={t(w.more)}>
        <div className={css["moreList"]}>
          {groups.map((group) => {
            const shown = placesIn(group, schema).filter(
              (place) => (!sells || !fixed.has(place.to)) && place.to !== "/",
            );
            const word = groupWords[group];
            if (shown.length === 0) return null;
            return (
              <div key={group}>
                {word && <div className={css["groupTitle"]}>{t(word)}</div>}
                {shown.map((place) => (
                  <PlaceLink key={place.to} place={place} onClick={() => setMore(false)} />
                ))}
              </div>
            );
          })}
        </div>
      </Sheet>
    </nav>
  );
}
