// Keeps a person from losing what he typed: asks before another page is opened or the form is closed, and lets the
// browser ask before the tab is closed.
import { Button, Modal } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useBlocker } from "react-router";
import { recordWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import css from "./sheet.module.css";

interface Props {
  readonly when: boolean;
  /** The field that is being edited; absent: a whole form. */
  readonly field?: string | undefined;
  /** Set while the person is about to close the form. */
  readonly closing?: { readonly leave: () => void; readonly stay: () => void } | undefined;
}

export function UnsavedGuard({ when, field, closing }: Props): ReactNode {
  const { t } = useLanguage();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );

  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [when]);

  const stay = closing?.stay ?? (() => blocker.reset?.());
  if (closing === undefined && blocker.state !== "blocked") return null;
  // Only now: the Esc that asks to close the form must not reach a dialog that is already listening for its own.
  return (
    <Modal
      opened
      onClose={stay}
      title={t(recordWords.unsavedTitle)}
      closeButtonProps={{ "aria-label": t(recordWords.close) }}
    >
      <div className={css["modalText"]}>
        {field === undefined ? t(recordWords.unsavedForm) : t(recordWords.unsavedHint, { field })}
      </div>
      <div className={css["modalFooter"]}>
        <Button variant="default" onClick={closing?.leave ?? (() => blocker.proceed?.())}>
          {t(recordWords.leave)}
        </Button>
        <Button data-autofocus onClick={stay}>
          {t(recordWords.stay)}
        </Button>
      </div>
    </Modal>
  );
}
