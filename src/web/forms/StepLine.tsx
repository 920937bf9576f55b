// Where a person is in something done step by step. It tells; it is not a control.
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./forms.module.css";

interface Props {
  readonly steps: readonly string[];
  /** Place of the present one, from 0; past the last: all done. */
  readonly at: number;
}

export function StepLine({ steps, at }: Props): ReactNode {
  return (
    <ol className={styles["steps"]}>
      {steps.map((step, index) => (
        <li key={step} data-done={index < at || undefined} aria-current={index === at ? "step" : undefined}>
          <span aria-hidden>{index < at ? <Check size="1em" /> : index + 1}</span>
          {step}
        </li>
      ))}
    </ol>
  );
}
