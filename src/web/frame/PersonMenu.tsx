// The person's menu: who one is, language and appearance, own safety pages, lock, sign out.
import { Popover, SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Fingerprint, Keyboard, Lock, LogOut, type LucideIcon, MonitorSmartphone, Settings2 } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Avatar } from "../ui/Avatar.tsx";
import { frameWords as w, placeWords } from "../words/frame.ts";
import { type Language, useLanguage, type Word } from "../words/words.ts";
import type { Schema } from "./places.ts";
import { signOut } from "./sign-out.ts";
import css from "./frame.module.css";

interface Props {
  readonly schema: Schema | undefined;
  readonly onLock: () => void;
  readonly onHelp: () => void;
}

interface Item {
  readonly word: Word;
  readonly icon: LucideIcon;
  readonly run: () => void;
  /** Of no use without a keyboard. */
  readonly desktopOnly?: boolean;
}

/** The names of languages are written in themselves. */
const languages: { value: Language; label: string }[] = [
  { value: "zh", label: "中文" },
  { value: "en", label: "English" },
];

export function PersonMenu({ schema, onLock, onHelp }: Props) {
  const { t, language, setLanguage } = useLanguage();
  const navigate = useNavigate();
  const [opened, setOpened] = useState(false);
  const name = schema?.me.name ?? "";
  const label = t(w.personMenu, { name });
  const go = (to: string) => (): void => void navigate(to);
  const groups: readonly (readonly Item[])[] = [
    [
      { word: placeWords.security, icon: Fingerprint, run: go("/security") },
      { word: placeWords.devices, icon: MonitorSmartphone, run: go("/devices") },
      { word: placeWords.settings, icon: Settings2, run: go("/settings") },
      { word: w.shortcuts, icon: Keyboard, run: onHelp, desktopOnly: true },
    ],
    [
      { word: w.lock, icon: Lock, run: onLock },
      { word: w.signOut, icon: LogOut, run: () => void signOut() },
    ],
  ];
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={264} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={css["person"]} aria-label={label} onClick={() => setOpened((now) => !now)}>
          <Avatar name={name} />
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={label}>
        <div className={css["personHead"]}>
          <div>{name}</div>
          <div className={css["personNote"]}>
            {[...(schema?.me.roles.map((role) => t(role.labels)) ?? []), schema?.me.company]
              .filter(Boolean)
              .join(" · ")}
          </div>
        </div>
        <div className={css["menuGroup"]}>
          <div className={css["menuRow"]}>
            <div className={css["menuLabel"]}>{t(w.language)}</div>
            <LanguageChoice value={language} onChange={setLanguage} label={t(w.language)} />
          </div>
          <div className={css["menuRow"]}>
            <div className={css["menuLabel"]}>{t(w.theme)}</div>
            <ThemeChoice />
          </div>
        </div>
        {groups.map((items) => (
          <div key={items[0]?.word.en} className={css["menuGroup"]}>
            {items.map(({ word, icon: Icon, run, desktopOnly }) => (
              <button
                key={word.en}
                type="button"
                className={css["menuItem"]}
                data-desktop={desktopOnly || undefined}
                onClick={() => {
                  setOpened(false);
                  run();
                }}
              >
                <Icon size={16} aria-hidden="true" />
                {t(word)}
              </button>
            ))}
          </div>
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}

interface LanguageChoiceProps {
  readonly value: Language;
  readonly onChange: (next: Language) => void;
  readonly label: string;
}

export function LanguageChoice({ value, onChange, label }: LanguageChoiceProps) {
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
