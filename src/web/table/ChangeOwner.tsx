// Gives the selected records to another person: says first how many it will be and why not the others, and afterwards
// which ones stayed and why.
import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { type Draft, noDraft } from "../forms/draft.ts";
import { handOver, sayHandedOver } from "../record/hand-over.ts";
import { NewOwner } from "../record/NewOwner.tsx";
import type { Outcome } from "../record/transfer.ts";
import { nameOf } from "../record/value-text.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import sheet from "../ui/sheet.module.css";
import { uiWords } from "../words/ui.ts";
import { transferWords as w, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly records: readonly RecordView[];
  readonly onClose: () => void;
  /** Something was written. */
  readonly onMoved: () => void;
}

export function ChangeOwner({ object, records, onClose, onMoved }: Props): ReactNode {
  const { t } = useLanguage();
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [failed, setFailed] = useState<Outcome<RecordView>["failed"]>();
  const to = typeof draft.value === "string" ? draft.value : undefined;
  const name = draft.label ?? "";
  const mine = records.filter((record) => record.can.edit);
  const going = mine.filter((record) => record.owner !== to);
  const already = mine.length - going.length;

  const act = async (): Promise<void> => {
    if (to === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const outcome = await handOver(going, () => to, name);
      if (outcome.moved.length > 0) onMoved();
      sayHandedOver(outcome.moved, name);
      if (outcome.failed.length > 0) setFailed(outcome.failed);
      else onClose();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t(w.title, { n: records.length })}
      classNames={{ title: sheet["modalTitle"] ?? "" }}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      {failed ? (
        <>
          <p>{t(w.failed, { n: failed.length })}</p>
          <ul className={styles["failures"]}>
            {failed.map(({ record, title }) => (
              <li key={record.id}>
                <strong>{nameOf(record, object.nameField) || t(valueWords.unknownRecord)}</strong>
                <span className={styles["second"]}> {title}</span>
              </li>
            ))}
          </ul>
          <div className={sheet["modalFooter"]}>
            <Button onClick={onClose}>{t(uiWords.close)}</Button>
          </div>
        </>
      ) : (
        <div className={styles["changeOwner"]}>
          <NewOwner label={t(w.to)} autoFocus draft={draft} onChange={setDraft} />
          {mine.length < records.length && (
            <p className={styles["second"]}>{t(w.blocked, { n: records.length - mine.length })}</p>
          )}
          {to !== undefined && already > 0 && <p className={styles["second"]}>{t(w.already, { n: already, name })}</p>}
          {problem !== undefined && <ErrorState inline problem={problem} />}
          <div className={sheet["modalFooter"]}>
            <Button variant="default" onClick={onClose}>
              {t(uiWords.cancel)}
            </Button>
            <Button disabled={to === undefined || going.length === 0} loading={busy} onClick={() => void act()}>
              {t(w.go, { n: going.length })}
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
