// The person's menu: who one is, language and appearance, own safety pages, lock, sign out.
import { Menu, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Fingerprint, Keyboard, Lock, LogOut, MonitorSmartphone, Settings2 } from "lucide-react";
import { useNavigate } from "react-router";
import { Avatar } from "../ui/Avatar.tsx";
import { frameWords as w, placeWords } from "../words/frame.ts";
import { type Language, useLanguage } from "../words/words.ts";
import type { Schema } from "./places.ts";
import { signOut } from "./sign-out.ts";
import css from "./frame.module.css";

interface Props {
  readonly schema: Schema | undefined;
  readonly onLock: () => void;
  readonly onHelp: () => void;
}

/** The names of languages are written in themselves. */
const languages: { value: Language; label: string }[] = [
  { value: "zh", label: "中文" },
  { value: "en", label: "English" },
];

export function PersonMenu({ schema, onLock, onHelp }: Props) {
  const { t, language, setLanguage } = useLanguage();
  const navigate = useNavigate();
  const name = schema?.me.name ?? "";
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <button type="button" className={css["person"]} aria-label={t(w.personMenu, { name })}>
          <Avatar name={name} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={css["personHead"]}>
          <div>{name}</div>
          <div className={css["personNote"]}>
            {[schema?.me.roles.map((role) => t(role.labels)).join(" · "), schema?.me.company]
              .filter(Boolean)
              .join(" · ")}
          </div>
        </div>
        <Menu.Divider />
        <div className={css["menuRow"]}>
          <div className={css["menuLabel"]}>{t(w.language)}</div>
          <LanguageChoice value={language} onChange={setLanguage} label={t(w.language)} />
        </div>
        <div className={css["menuRow"]}>
          <div className={css["menuLabel"]}>{t(w.theme)}</div>
          <ThemeChoice />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<Fingerprint size={16} />} onClick={() => void navigate("/security")}>
          {t(placeWords.security)}
        </Menu.Item>
        <Menu.Item leftSection={<MonitorSmartphone size={16} />} onClick={() => void navigate("/devices")}>
          {t(placeWords.devices)}
        </Menu.Item>
        <Menu.Item leftSection={<Settings2 size={16} />} onClick={() => void navigate("/settings")}>
          {t(placeWords.settings)}
        </Menu.Item>
        <Menu.Item leftSection={<Keyboard size={16} />} onClick={onHelp}>
          {t(w.shortcuts)}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<Lock size={16} />} onClick={onLock}>
          {t(w.lock)}
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} />} onClick={() => void signOut()}>
          {t(w.signOut)}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function LanguageChoice({
  value,
  onChange,
  label,
}: {
  readonly value: Language;
  readonly onChange: (next: Language) => void;
  readonly label: string;
}) {
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      data={languages}
      value={value}
      onChange={(next) => onChange(next === "zh" ? "zh" : "en")}
      aria-label={label}
    />
  );
}

export function ThemeChoice() {
  const { t } = useLanguage();
  // Suspending transitions would write a style by innerHTML, which Trusted Types forbid.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      aria-label={t(w.theme)}
      value={colorScheme}
      onChange={(next) => setColorScheme(next === "light" || next === "dark" ? next : "auto")}
      data={[
        { value: "light", label: t(w.themeLight) },
        { value: "dark", label: t(w.themeDark) },
        { value: "auto", label: t(w.themeAuto) },
      ]}
    />
  );
}
