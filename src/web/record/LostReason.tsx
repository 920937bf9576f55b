// Why a deal was lost: asked once, right after it was moved to the stage that says so. It may be left open.
import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { type Draft, noDraft } from "../forms/draft.ts";
import { FieldInput } from "../forms/FieldInput.tsx";
import { useMe } from "../query.ts";
import sheet from "../ui/sheet.module.css";
import { toast } from "../ui/toast.tsx";
import { stageWords as w } from "../words/work.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { type Opened, saveField } from "./use-record.ts";

interface Props {
  readonly field: SchemaField;
  readonly opened: Opened;
  readonly onClose: () => void;
}

export function LostReason({ field, opened, onClose }: Props): ReactNode {
  const { t } = useLanguage();
  const me = useMe()?.userId;
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    try {
      await saveField(opened.record, field, draft, me);
      onClose();
    } catch (error) {
      toast.problem(error);
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(w.whyLost)}
      classNames={{ title: sheet["modalTitle"] ?? "" }}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      <FieldInput field={field} label={t(field.labels)} autoFocus draft={draft} onChange={setDraft} />
      <div className={sheet["modalFooter"]}>
        <Button variant="default" onClick={onClose}>
          {t(w.later)}
        </Button>
        <Button disabled={draft.value === null} loading={busy} onClick={() => void save()}>
          {t(w.saveReason)}
        </Button>
      </div>
    </Modal>
  );
}
