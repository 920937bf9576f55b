// Keeps a person from losing what he typed: asks before another page is opened, and lets the browser ask before the tab
// is closed.
import { Button, Modal } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useBlocker } from "react-router";
import { recordWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./record.module.css";

interface Props {
  readonly when: boolean;
  /** The field that is being edited; absent: a whole form. */
  readonly field?: string | undefined;
}

export function UnsavedGuard({ when, field }: Props): ReactNode {
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

  return (
    <Modal
      opened={blocker.state === "blocked"}
      onClose={() => blocker.reset?.()}
      title={t(recordWords.unsavedTitle)}
      closeButtonProps={{ "aria-label": t(recordWords.close) }}
    >
      <div className={styles["dialog"]}>
        <p>{field === undefined ? t(recordWords.unsavedForm) : t(recordWords.unsavedHint, { field })}</p>
        <div className={styles["dialogFooter"]}>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t(recordWords.leave)}
          </Button>
          <Button data-autofocus onClick={() => blocker.reset?.()}>
            {t(recordWords.stay)}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
