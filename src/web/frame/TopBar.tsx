// The bar above every page: the place, the search, create, one's own allowance once it passes 80 %, and the person.
import { Button, Menu, Tooltip } from "@mantine/core";
import { Plus, Search } from "lucide-react";
import { Link, useLocation, useNavigate } from "react-router";
import { Kbd } from "../ui/Kbd.tsx";
import { frameWords as w } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { PersonMenu } from "./PersonMenu.tsx";
import { canDo, creatable, placeOf, type Schema } from "./places.ts";
import { Seal } from "./Seal.tsx";
import css from "./frame.module.css";

interface Props {
  readonly schema: Schema | undefined;
  readonly onSearch: () => void;
  readonly onLock: () => void;
  readonly onHelp: () => void;
}

const shownFrom = 0.8;

export function TopBar({ schema, onSearch, onLock, onHelp }: Props) {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const place = placeOf(pathname);
  const onPlace = place?.to === pathname;
  return (
    <header className={css["topbar"]}>
      {onPlace && (
        <Link to="/" className={css["barBrand"]}>
          <Seal size={20} />
          {t(w.product)}
        </Link>
      )}
      <div className={css["here"]} data-on-place={onPlace || undefined}>
        {place && (onPlace ? t(place.word) : <Link to={place.to}>{t(place.word)}</Link>)}
      </div>
      <button type="button" className={`${css["searchButton"]} ${css["onlyDesktop"]}`} onClick={onSearch}>
        <Search size={16} aria-hidden="true" />
        <span className={css["searchButtonText"]}>{t(w.searchHint)}</span>
        <Kbd keys={["mod", "K"]} />
      </button>
      <div className={css["barEnd"]}>
        <Allowance schema={schema} />
        <CreateMenu schema={schema} />
        <PersonMenu schema={schema} onLock={onLock} onHelp={onHelp} />
      </div>
    </header>
  );
}

function Allowance({ schema }: { readonly schema: Schema | undefined }) {
  const { t } = useLanguage();
  const near = Object.values(schema?.me.allowances ?? {}).filter(
    ({ used, limit }) => limit > 0 && used >= limit * shownFrom,
  );
  const fullest = near.toSorted((a, b) => b.used / b.limit - a.used / a.limit)[0];
  if (!fullest) return null;
  return (
    <Tooltip label={t(w.allowanceOf, fullest)}>
      <Link to="/settings" className={css["allowance"]}>
        {t(w.allowance)} {fullest.used}/{fullest.limit}
      </Link>
    </Tooltip>
  );
}

function CreateMenu({ schema }: { readonly schema: Schema | undefined }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const offered = creatable.flatMap(({ object, to }) => {
    const definition = schema?.objects.find(({ key }) => key === object);
    return definition && canDo(schema, object, "create") ? [{ object, to, label: t(definition.labels) }] : [];
  });
  if (offered.length === 0) return null;
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <Button variant="default" leftSection={<Plus size={16} />} px="sm">
          {t(w.create)}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map(({ object, to, label }) => (
          <Menu.Item key={object} onClick={() => void navigate(to)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
