// What an unconfirmed device shows: its code, as digits and as QR, for another device of the same person; or a passkey.
import { Button } from "@mantine/core";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { api } from "../api.ts";
import { PasskeyNotUsed, passkeysSupported, askForPasskey } from "../passkey.ts";
import { refresh } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { Panel } from "../ui/Panel.tsx";
import { QrCode } from "../ui/QrCode.tsx";
import { toast } from "../ui/toast.tsx";
import { proofWords } from "../words/frame.ts";
import { deviceWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

export function ConfirmThisDevice({ code }: { readonly code: string }) {
  const { t } = useLanguage();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const withPasskey = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const options = await api.call("stepUpPasskeyOptions", { body: {} });
      await api.call("stepUp", { body: { with: "passkey", response: await askForPasskey(options) } });
      toast.done(t(w.confirmedDone));
      await refresh("currentSession", "readSchema", "listDevices");
    } catch (error) {
      const none = error instanceof Object && "code" in error && error.code === "not_found";
      setProblem(
        error instanceof PasskeyNotUsed
          ? { title: t(proofWords.passkeyCancelled), code: "cancelled" }
          : none
            ? { title: t(proofWords.passkeyNone), code: "not_found" }
            : error,
      );
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t(w.mine)} text={t(w.mineText)}>
      <div className={css["totp"]}>
        <QrCode text={code} label={t(w.mineCode)} />
        <div className={css["totpSide"]}>
          <p className={css["note"]}>{t(w.mineCode)}</p>
          <p className={css["confirmCode"]}>{code.replace(/^(\d{4})/u, "$1 ")}</p>
          {passkeysSupported && (
            <Button
              variant="default"
              leftSection={<Fingerprint size={16} />}
              loading={busy}
              onClick={() => void withPasskey()}
            >
              {t(proofWords.withPasskey)}
            </Button>
          )}
          {problem !== undefined && <ErrorState inline problem={problem} />}
        </div>
      </div>
    </Panel>
  );
}
