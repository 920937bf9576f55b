// The head of a page: title with its count, what can be done, and a row for tabs or filters. Also names the window.
import type { ReactNode } from "react";
import { frameWords } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import css from "./layout.module.css";

interface Props {
  readonly title: string;
  /** In place of the title's text, for example with a mark; `title` still names the window. */
  readonly heading?: ReactNode;
  readonly count?: number | undefined;
  /** The count is a floor: 10,000+. */
  readonly more?: boolean | undefined;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

export function PageHeader({ title, heading, count, more = false, lead, actions, children }: Props) {
  const { t, format } = useLanguage();
  return (
    <header className={css["pageHeader"]}>
      <title>{t(frameWords.windowTitle, { title })}</title>
      <div className={css["pageTitleRow"]}>
        <h1 className={css["pageTitle"]}>
          {heading ?? title}
          {count !== undefined && (
            <span className={css["pageCount"]}>
              {" "}
              {format.number(count)}
              {more ? "+" : ""}
            </span>
          )}
        </h1>
        {actions !== undefined && <div className={css["pageActions"]}>{actions}</div>}
      </div>
      {lead !== undefined && <p className={css["pageLead"]}>{lead}</p>}
      {children}
    </header>
  );
}
