// The sidebar: places by group, 220 px wide or 56 px of icons. What one may not have is not there.
import { ActionIcon, Tooltip } from "@mantine/core";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { Link, NavLink } from "react-router";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { groupWords, type Place, placesIn, type Schema } from "./places.ts";
import { Seal } from "./Seal.tsx";
import css from "./frame.module.css";

interface Props {
  readonly schema: Schema | undefined;
  readonly small: boolean;
  readonly onToggle: () => void;
}

const groups = ["work", "team", "safety", "studio"] as const;

export function Sidebar({ schema, small, onToggle }: Props) {
  const { t } = useLanguage();
  const toggle = t(small ? w.expand : w.collapse);
  return (
    <nav className={css["sidebar"]} aria-label={t(w.mainNavigation)}>
      <Link to="/" className={css["brand"]} aria-label={t(w.product)}>
        <Seal size={20} />
        <span className={css["brandText"]}>{t(w.product)}</span>
      </Link>
      <div className={css["places"]}>
        {groups.map((group) => {
          const shown = placesIn(group, schema);
          const word = groupWords[group];
          if (shown.length === 0) return null;
          return (
            <div key={group}>
              {word && <div className={css["groupTitle"]}>{t(word)}</div>}
              <ul className={css["group"]}>
                {shown.map((place) => (
                  <li key={place.to}>
                    <PlaceLink place={place} small={small} />
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
      <div className={css["sidebarFoot"]}>
        <Tooltip label={toggle} position="right">
          <ActionIcon aria-label={toggle} aria-expanded={!small} onClick={onToggle}>
            {small ? <PanelLeftOpen size={16} /> : <PanelLeftClose size={16} />}
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}

export function PlaceLink({
  place,
  small = false,
  onClick,
}: {
  readonly place: Place;
  readonly small?: boolean;
  readonly onClick?: () => void;
}) {
  const { t } = useLanguage();
  const Icon = place.icon;
  const link = (
    <NavLink
      to={place.to}
      end={place.to === "/"}
      className={css["place"] ?? ""}
      aria-label={small ? t(place.word) : undefined}
      onClick={onClick}
    >
      <Icon size={16} aria-hidden="true" />
      <span className={css["placeText"]}>{t(place.word)}</span>
    </NavLink>
  );
  return small ? (
    <Tooltip label={t(place.word)} position="right" openDelay={0}>
      {link}
    </Tooltip>
  ) : (
    link
  );
}
