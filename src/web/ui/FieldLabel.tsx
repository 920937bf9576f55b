// A field's name with its class mark: confidential and restricted fields show theirs, the others stay calm.
import type { ReactNode } from "react";
import type { SensitivityClass } from "../../contract/field.ts";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { ClassDot } from "./ClassDot.tsx";
import css from "./ui.module.css";

interface Props {
  readonly label: ReactNode;
  readonly fieldClass?: SensitivityClass;
  readonly required?: boolean;
}

export function FieldLabel({ label, fieldClass, required = false }: Props) {
  const { t } = useLanguage();
  return (
    <span className={css["fieldLabel"]}>
      {label}
      {required && (
        <span className={css["required"]} role="img" aria-label={t(w.required)}>
          *
        </span>
      )}
      {fieldClass !== undefined && fieldClass >= 2 && <ClassDot value={fieldClass} />}
    </span>
  );
}
