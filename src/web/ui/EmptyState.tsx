// Nothing here yet: says what this place is for and offers what to do.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import css from "./ui.module.css";

interface Props {
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly text?: ReactNode;
  /** Buttons, the main one first. */
  readonly actions?: ReactNode;
}

export function EmptyState({ icon: Icon, title, text, actions }: Props) {
  return (
    <div className={css["empty"]}>
      {Icon && (
        <span className={css["emptyIcon"]}>
          <Icon size={20} aria-hidden="true" />
        </span>
      )}
      <h2>{title}</h2>
      {text !== undefined && <p className={css["emptyText"]}>{text}</p>}
      {actions !== undefined && <div className={css["actions"]}>{actions}</div>}
    </div>
  );
}
