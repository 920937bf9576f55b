// Adding an authenticator: QR code, the key for typing, and the first code as proof that it works.
import { Anchor, Button, Collapse } from "@mantine/core";
import { useState } from "react";
import { CodeInput } from "../ui/CodeInput.tsx";
import { CopyButton } from "../ui/CopyButton.tsx";
import { QrCode } from "../ui/QrCode.tsx";
import { totpWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

interface Props {
  readonly totp: { readonly secret: string; readonly url: string };
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly onFull?: (code: string) => void;
  readonly error?: string | undefined;
}

export function TotpSetup({ totp, code, onCode, onFull, error }: Props) {
  const { t } = useLanguage();
  const [byHand, setByHand] = useState(false);
  return (
    <>
      <div className={css["totp"]}>
        <QrCode text={totp.url} label={t(w.qr)} />
        <div className={css["totpSide"]}>
          <p className={css["note"]}>{t(w.apps)}</p>
          <Button component="a" href={totp.url} variant="default" size="xs" className={css["onlyTouch"] ?? ""}>
            {t(w.openApp)}
          </Button>
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="start"
            aria-expanded={byHand}
            onClick={() => setByHand((now) => !now)}
          >
            {t(w.byHand)}
          </Anchor>
        </div>
      </div>
      <Collapse expanded={byHand}>
        <div className={css["key"]}>
          <code className={css["keyText"]}>{totp.secret.replaceAll(/(.{4})(?=.)/gu, "$1 ")}</code>
          <CopyButton text={totp.secret} size="xs" />
        </div>
      </Collapse>
      <CodeInput
        label={t(w.code)}
        autoFocus
        data-autofocus
        required
        withAsterisk={false}
        value={code}
        onChange={onCode}
        error={error}
        {...(onFull && { onFull })}
      />
    </>
  );
}
