// The page before the frame: mark, one quiet card, and the choice of language. Setting up, signing in, joining.
import type { ReactNode } from "react";
import { doorWords as w } from "../words/identity.ts";
import { frameWords } from "../words/frame.ts";
import { useLanguage } from "../words/words.ts";
import { LanguageChoice } from "./PersonMenu.tsx";
import { Seal } from "./Seal.tsx";
import css from "./door.module.css";

interface Props {
  readonly title: string;
  readonly text?: ReactNode;
  /** Above the title: where one is in a row of steps. */
  readonly progress?: ReactNode;
  readonly children: ReactNode;
}

export function Door({ title, text, progress, children }: Props) {
  const { t, language, setLanguage } = useLanguage();
  return (
    <div className={css["door"]}>
      <title>{t(frameWords.windowTitle, { title })}</title>
      <header className={css["head"]}>
        <span className={css["brand"]}>
          <Seal size={24} />
          {t(frameWords.product)}
        </span>
        <div className={css["language"]}>
          <LanguageChoice value={language} onChange={setLanguage} label={t(w.language)} />
        </div>
      </header>
      <main className={css["card"]} id="content">
        {progress}
        <h1>{title}</h1>
        {text !== undefined && <p className={css["text"]}>{text}</p>}
        <div className={css["body"]}>{children}</div>
      </main>
      <footer className={css["foot"]}>{t(w.promise)}</footer>
    </div>
  );
}

/** Fields one under another, the buttons last. */
export function DoorForm({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ReactNode }) {
  return (
    <form
      className={css["form"]}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** The row of buttons under a step: the way back at the start, the way on at the end. */
export function DoorButtons({ children }: { readonly children: ReactNode }) {
  return <div className={css["buttons"]}>{children}</div>;
}

/** “Step 2 of 5”, as text and as marks. */
export function Steps({
  step,
  total,
  label,
}: {
  readonly step: number;
  readonly total: number;
  readonly label: string;
}) {
  return (
    <div className={css["steps"]} role="img" aria-label={label}>
      {Array.from({ length: total }, (_, index) => (
        <span key={index} className={css["step"]} data-on={index < step || undefined} />
      ))}
    </div>
  );
}
