// The quiet containers pages are made of: a page's column, a bordered panel with a head, and rows of name and value.
import type { ReactNode } from "react";
import css from "./layout.module.css";

/** A page's content. `wide`: the whole width, for tables; otherwise a column that reads well. */
export function Page({ children, wide = false }: { readonly children: ReactNode; readonly wide?: boolean }) {
  return (
    <div className={css["page"]} data-wide={wide || undefined}>
      {children}
    </div>
  );
}

interface PanelProps {
  readonly title?: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  /** Rows reach the edges. */
  readonly flush?: boolean;
}

export function Panel({ title, text, actions, children, flush = false }: PanelProps) {
  return (
    <section className={css["panel"]}>
      {title !== undefined && (
        <div className={css["panelHead"]}>
          <div>
            <h2>{title}</h2>
            {text !== undefined && <p className={css["panelText"]}>{text}</p>}
          </div>
          {actions !== undefined && <div className={css["panelActions"]}>{actions}</div>}
        </div>
      )}
      {children !== undefined && children !== null && (
        <div className={css["panelBody"]} data-flush={flush || undefined}>
          {children}
        </div>
      )}
    </section>
  );
}

/** One thing in a panel: mark, name with a note under it, and what can be done at the end. */
export function PanelRow({
  icon,
  title,
  note,
  end,
}: {
  readonly icon?: ReactNode;
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly end?: ReactNode;
}) {
  return (
    <div className={css["panelRow"]}>
      {icon !== undefined && <span className={css["panelRowIcon"]}>{icon}</span>}
      <div className={css["panelRowBody"]}>
        <div className={css["panelRowTitle"]}>{title}</div>
        {note !== undefined && <div className={css["panelRowNote"]}>{note}</div>}
      </div>
      {end !== undefined && <div className={css["panelRowEnd"]}>{end}</div>}
    </div>
  );
}
