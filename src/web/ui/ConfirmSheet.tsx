// Asks before something that cannot be taken back: what will happen, and a button that names it.
import { Button, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { uiWords as w } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import { ErrorState } from "./ErrorState.tsx";
import css from "./sheet.module.css";

interface Props {
  readonly opened: boolean;
  readonly title: string;
  readonly text: ReactNode;
  /** The button's verb: “Delete”. */
  readonly confirm: string;
  readonly danger?: boolean;
  /** Stays open with the problem when this rejects; closes otherwise. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmSheet({ opened, title, text, confirm, danger = false, onConfirm, onClose }: Props) {
  const { t } = useLanguage();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const close = (): void => {
    setProblem(undefined);
    onClose();
  };
  const act = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={title}
      classNames={{ title: css["modalTitle"] ?? "" }}
      closeButtonProps={{ "aria-label": t(w.close) }}
    >
      <div className={css["modalText"]}>{text}</div>
      {problem !== undefined && <ErrorState inline problem={problem} />}
      <div className={css["modalFooter"]}>
        <Button variant="default" onClick={close}>
          {t(w.cancel)}
        </Button>
        <Button
          color={danger ? "danger" : "accent"}
          loading={busy}
          onClick={() => void act()}
          data-autofocus={danger ? undefined : true}
        >
          {confirm}
        </Button>
      </div>
    </Modal>
  );
}
