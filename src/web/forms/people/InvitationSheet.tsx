// Shows an invitation once: the link and its QR code, to be passed on by the person himself. It is kept nowhere.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { peopleWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import form from "../forms.module.css";
import type { Invited } from "./PersonSheet.tsx";
import styles from "./people.module.css";

export function InvitationSheet({
  invited,
  onClose,
}: {
  readonly invited: Invited;
  readonly onClose: () => void;
}): ReactNode {
  const { t, format } = useLanguage();
  const { name, invitation } = invited;
  return (
    <Sheet
      opened
      stay
      onClose={onClose}
      title={t(w.invitationTitle, { name })}
      footer={
        <>
          <CopyButton text={invitation.url} label={t(w.copyLink)} />
          <Button onClick={onClose}>{t(w.done)}</Button>
        </>
      }
    >
      <div className={styles["invitation"]}>
        <p>{t(w.invitationHint)}</p>
        {isLoopback(invitation.url) && (
          <p className={form["banner"]} role="alert">
            {t(w.invitationLocal)}
          </p>
        )}
        <QrCode text={invitation.url} label={t(w.qr)} />
        <div className={styles["link"]}>
          <span className={styles["second"]}>{t(w.link)}</span>
          <code>{invitation.url}</code>
        </div>
        <p className={styles["second"]}>
          {t(w.invitationUntil, { time: format.dateTime(invitation.expiresAt) })} · {t(w.invitationOnce)}
        </p>
      </div>
    </Sheet>
  );
}

/** A link to this computer itself: on anybody else's it leads nowhere. */
function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}
