// Asks what a restricted value is needed for. Stands once on each page that shows such values.
import { Button, Modal, TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { setPurposeSheet } from "./reveal-value.ts";
import styles from "./record.module.css";

export function PurposeSheet(): ReactNode {
  const { t } = useLanguage();
  const [answer, setAnswer] = useState<(purpose: string | undefined) => void>();
  const [purpose, setPurpose] = useState("");

  useEffect(
    () =>
      setPurposeSheet(
        () =>
          new Promise((resolve) => {
            setPurpose("");
            setAnswer(() => resolve);
          }),
      ),
    [],
  );
  const finish = (given: string | undefined): void => {
    answer?.(given);
    setAnswer(undefined);
  };

  return (
    <Modal
      opened={answer !== undefined}
      onClose={() => finish(undefined)}
      title={t(valueWords.purposeTitle)}
      closeButtonProps={{ "aria-label": t(recordWords.close) }}
    >
      <form
        className={styles["dialog"]}
        onSubmit={(event) => {
          event.preventDefault();
          if (purpose.trim() !== "") finish(purpose.trim());
        }}
      >
        <p>{t(valueWords.purposeHint)}</p>
        <TextInput
          label={t(valueWords.purposeLabel)}
          value={purpose}
          maxLength={200}
          data-autofocus
          onChange={(event) => setPurpose(event.currentTarget.value)}
        />
        <div className={styles["dialogFooter"]}>
          <Button variant="default" onClick={() => finish(undefined)}>
            {t(recordWords.cancel)}
          </Button>
          <Button type="submit" disabled={purpose.trim() === ""}>
            {t(valueWords.show)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
