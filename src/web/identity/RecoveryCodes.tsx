// Recovery codes, shown once: copied, printed or saved, and only then left behind.
import { Button, Checkbox } from "@mantine/core";
import { Download, Printer } from "lucide-react";
import { useState } from "react";
import { CopyButton } from "../ui/CopyButton.tsx";
import { recoveryWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

interface Props {
  readonly codes: readonly string[];
  readonly email: string;
  /** The way on; enabled when the person says the codes are kept. */
  readonly done: string;
  readonly onDone: () => void;
}

export function RecoveryCodes({ codes, email, done, onDone }: Props) {
  const { t, format } = useLanguage();
  const [kept, setKept] = useState(false);
  const text = [t(w.fileHead, { email, date: format.day(new Date()) }), "", ...codes, "", t(w.fileNote), ""].join("\n");
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "strongroom-recovery-codes.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return (
    <div className={css["stack"]}>
      <div className={css["printed"]}>
        <p className={css["printHead"]}>{t(w.fileHead, { email, date: format.day(new Date()) })}</p>
        <ol className={css["codes"]} aria-label={t(w.list)}>
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <p className={css["printHead"]}>{t(w.fileNote)}</p>
      </div>
      <div className={css["row"]}>
        <CopyButton text={text} label={t(w.copy)} />
        <Button variant="default" leftSection={<Download size={16} />} onClick={download}>
          {t(w.download)}
        </Button>
        <Button variant="default" leftSection={<Printer size={16} />} onClick={() => print()}>
          {t(w.print)}
        </Button>
      </div>
      <Checkbox label={t(w.kept)} checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <div className={css["end"]}>
        <Button disabled={!kept} onClick={onDone}>
          {done}
        </Button>
      </div>
    </div>
  );
}
