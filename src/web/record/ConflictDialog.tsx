// Somebody else changed the field meanwhile: both values side by side, and the person chooses which one stays.
import { Button, Modal } from "@mantine/core";
import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { recordWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import type { Conflict } from "./use-record.ts";
import { valueOf, valueText } from "./value-text.ts";
import styles from "./record.module.css";

interface Props {
  readonly conflict: Conflict | undefined;
  readonly onMine: (conflict: Conflict) => void;
  readonly onTheirs: () => void;
}

export function ConflictDialog({ conflict, onMine, onTheirs }: Props): ReactNode {
  const { t, format } = useLanguage();
  if (!conflict) return null;
  const { field, mine, now } = conflict;
  const names =
    typeof mine.value === "string" && mine.label !== undefined ? { ...now.names, [mine.value]: mine.label } : now.names;
  const mask = now.record.masked[field.key];
  const by = now.record.updatedBy === null ? undefined : now.names[now.record.updatedBy];
  const when = format.dateTime(now.record.updatedAt);
  const label = t(field.labels);
  return (
    <Modal
      opened
      onClose={onTheirs}
      title={t(recordWords.conflictTitle, { field: label })}
      closeButtonProps={{ "aria-label": t(recordWords.close) }}
    >
      <div className={styles["dialog"]}>
        <p>{t(recordWords.conflictHint)}</p>
        <div className={styles["versions"]}>
          <div>
            <h3>{t(recordWords.conflictMine)}</h3>
            <p>{valueText(field, mine.value, names, { t, format }) || t(recordWords.emptyValue)}</p>
          </div>
          <div>
            <h3>{t(recordWords.conflictTheirs)}</h3>
            <p>
              {mask !== undefined && <Lock size="1em" aria-hidden className={styles["lock"]} />}{" "}
              {mask ??
                (valueText(field, valueOf(now.record, field.key), names, { t, format }) || t(recordWords.emptyValue))}
            </p>
            <p className={styles["second"]}>
              {by === undefined
                ? t(recordWords.updated, { time: when })
                : t(recordWords.updatedBy, { person: by, time: when })}
            </p>
          </div>
        </div>
        <div className={styles["dialogFooter"]}>
          <Button variant="default" data-autofocus onClick={onTheirs}>
            {t(recordWords.keepTheirs)}
          </Button>
          <Button onClick={() => onMine(conflict)}>{t(recordWords.keepMine)}</Button>
        </div>
      </div>
    </Modal>
  );
}
