// The mark of a sensitivity class: a dot in the class's colour, named for those who cannot see colours. Pointed at, it
// says what the class means.
import { Tooltip } from "@mantine/core";
import type { SensitivityClass } from "../../contract/field.ts";
import { classMeaning as m } from "../words/admin.ts";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./ui.module.css";

const names = { 0: w.class0, 1: w.class1, 2: w.class2, 3: w.class3 } as const;

const meanings = {
  0: [m.c0rest, m.c0screen],
  1: [m.c1rest, m.c1screen],
  2: [m.c2rest, m.c2screen],
  3: [m.c3rest, m.c3screen],
} as const;

/** What the dots beside it mean; the keyboard reaches it too. */
export function ClassLegend({ values }: { readonly values: readonly SensitivityClass[] }) {
  const { t } = useLanguage();
  return (
    <span className={css["legend"]}>
      {values.map((value) => (
        <Tooltip
          key={value}
          events={{ hover: true, focus: true, touch: true }}
          label={meanings[value].map((word) => t(word)).join(" · ")}
        >
          <span tabIndex={0} role="note">
            <ClassDot value={value} withText />
          </span>
        </Tooltip>
      ))}
    </span>
  );
}

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
    <Tooltip label={[label, ...meanings[value].map((word) => t(word))].join(" · ")}>
      <span className={css["dot"]} data-class={value} role="img" aria-label={label} />
    </Tooltip>
  );
}
