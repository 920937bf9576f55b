// Second step of a new field: its sensitivity class, with what each class means for storing, showing and finding.
import { Radio } from "@mantine/core";
import { Circle, CircleDot } from "lucide-react";
import type { ReactNode } from "react";
import type { SensitivityClass } from "../../../contract/field.ts";
import { ClassDot } from "../../ui/ClassDot.tsx";
import { classMeaning as m, fieldsWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "./fields.module.css";

const meanings = [
  { value: 0, use: m.c0for, rest: m.c0rest, screen: m.c0screen, search: m.c0search },
  { value: 1, use: m.c1for, rest: m.c1rest, screen: m.c1screen, search: m.c1search },
  { value: 2, use: m.c2for, rest: m.c2rest, screen: m.c2screen, search: m.c2search },
  { value: 3, use: m.c3for, rest: m.c3rest, screen: m.c3screen, search: m.c3search },
] as const;

interface Props {
  readonly value: SensitivityClass;
  readonly suggested: SensitivityClass;
  readonly onChange: (value: SensitivityClass) => void;
}

export function ClassChoice({ value, suggested, onChange }: Props): ReactNode {
  const { t } = useLanguage();
  return (
    <Radio.Group
      label={t(w.class)}
      description={t(w.permanent)}
      value={String(value)}
      onChange={(next) => onChange(meanings.find((one) => String(one.value) === next)?.value ?? suggested)}
    >
      <div className={styles["classes"]}>
        {meanings.map((one) => (
          <Radio.Card
            key={one.value}
            value={String(one.value)}
            className={styles["class"] ?? ""}
            data-class={one.value}
          >
            <span className={styles["classHead"]}>
              {one.value === value ? <CircleDot size="1em" aria-hidden /> : <Circle size="1em" aria-hidden />}
              <ClassDot value={one.value} withText />
              {one.value === suggested && <span className={styles["second"]}>{t(w.suggested)}</span>}
            </span>
            <span className={styles["classUse"]}>{t(one.use)}</span>
            <span className={styles["classFacts"]}>
              <span>{t(w.atRest)}</span>
              <span>{t(one.rest)}</span>
              <span>{t(w.onScreen)}</span>
              <span>{t(one.screen)}</span>
              <span>{t(w.inSearch)}</span>
              <span>{t(one.search)}</span>
            </span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}
