// The mark of a sensitivity class: a dot in the class's colour, named for those who cannot see colours.
import { Tooltip } from "@mantine/core";
import type { SensitivityClass } from "../../contract/field.ts";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./ui.module.css";

const names = { 0: w.class0, 1: w.class1, 2: w.class2, 3: w.class3 } as const;

/** The class's name as a word: 公开 / Public. */
export function className(value: SensitivityClass): (typeof names)[SensitivityClass] {
  return names[value];
}

export function ClassDot({
  value,
  withText = false,
}: {
  readonly value: SensitivityClass;
  readonly withText?: boolean;
}) {
  const { t } = useLanguage();
  const name = t(names[value]);
  if (withText) {
    return (
      <span className={css["dotWithText"]}>
        <span className={css["dot"]} data-class={value} aria-hidden="true" />
        {name}
      </span>
    );
  }
  const label = t(w.classLabel, { name });
  return (
    <Tooltip label={label}>
      <span className={css["dot"]} data-class={value} role="img" aria-label={label} />
    </Tooltip>
  );
}
