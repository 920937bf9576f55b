// A device is trusted by the code it shows: the sheet says which device that is, so that nobody confirms a stranger's.
import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { ApiProblem } from "../api-problem.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { CodeInput } from "../ui/CodeInput.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { toast } from "../ui/toast.tsx";
import { deviceWords as w } from "../words/identity.ts";
import { uiWords } from "../words/ui.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

interface Props {
  readonly device: CallOutput<"listDevices">["devices"][number];
  /** Where the code is to be found. */
  readonly text: string;
  readonly send: (code: string) => Promise<void>;
  readonly onClose: () => void;
}

export function ConfirmByCode({ device, text, send, onClose }: Props) {
  const { t, format } = useLanguage();
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const confirm = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send(code);
      toast.done(t(w.confirmedDone));
      onClose();
    } catch (error) {
      const wrong = error instanceof ApiProblem && error.code === "code_invalid";
      setProblem(wrong ? { title: t(w.codeWrong), code: error.code } : error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(w.confirmTitle, { family: device.family })}
      closeButtonProps={{ "aria-label": t(uiWords.close) }}
    >
      <form
        className={css["stack"]}
        onSubmit={(event) => {
          event.preventDefault();
          void confirm();
        }}
      >
        <p>
          {[device.family, device.lastIp, t(w.boundAt, { when: format.dateTime(device.createdAt) })]
            .filter(Boolean)
            .join(" · ")}
        </p>
        <p className={css["note"]}>{text}</p>
        <CodeInput length={8} label={t(w.confirmCode)} value={code} onChange={setCode} data-autofocus />
        {problem !== undefined && <ErrorState inline problem={problem} />}
        <div className={css["end"]}>
          <Button variant="default" onClick={onClose}>
            {t(uiWords.cancel)}
          </Button>
          <Button type="submit" loading={busy} disabled={code.length < 8}>
            {t(w.confirm)}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
