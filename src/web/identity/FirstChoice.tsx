// How an empty installation begins: three ways, each one click.
import { UnstyledButton } from "@mantine/core";
import { Building2, FlaskConical, FolderSync, type LucideIcon } from "lucide-react";
import { Door } from "../frame/Door.tsx";
import { firstWords as w } from "../words/first.ts";
import { useLanguage, type Word } from "../words/words.ts";
import css from "./identity.module.css";

export type Beginning = "company" | "restore" | "sample";

const ways: readonly {
  readonly to: Beginning;
  readonly icon: LucideIcon;
  readonly title: Word;
  readonly text: Word;
}[] = [
  { to: "company", icon: Building2, title: w.company, text: w.companyText },
  { to: "restore", icon: FolderSync, title: w.restore, text: w.restoreText },
  { to: "sample", icon: FlaskConical, title: w.sample, text: w.sampleText },
];

export function FirstChoice({ onChoose }: { readonly onChoose: (beginning: Beginning) => void }) {
  const { t } = useLanguage();
  return (
    <Door title={t(w.title)} text={t(w.text)}>
      <ul className={css["ways"]}>
        {ways.map(({ to, icon: Icon, title, text }) => (
          <li key={to}>
            <UnstyledButton className={css["way"] ?? ""} onClick={() => onChoose(to)}>
              <Icon size={20} aria-hidden="true" />
              <span>
                <strong>{t(title)}</strong>
                <span className={css["wayText"]}>{t(text)}</span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </Door>
  );
}
