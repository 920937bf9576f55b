// The newest checkpoint of the audit log: to be copied away from this machine, so that any later rewriting shows.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Stamp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { apiQuery } from "../../query.ts";
import { CopyButton } from "../../ui/CopyButton.tsx";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { auditWords as w } from "../../words/audit.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "./audit.module.css";

export function CheckpointCard(): ReactNode {
  const { t } = useLanguage();
  const [open, setOpen] = useState(false);
  const checkpoint = useQuery({ ...apiQuery("readCheckpoint"), staleTime: 60_000, refetchOnWindowFocus: false });
  if (checkpoint.error) return <ErrorState problem={checkpoint.error} onRetry={() => void checkpoint.refetch()} />;
  return (
    <section className={styles["checkpoint"]} aria-label={t(w.checkpoint)}>
      <Stamp size="1em" aria-hidden className={styles["seal"]} />
      <div className={styles["checkpointText"]}>
        <h2>
          {t(w.checkpoint)}{" "}
          {checkpoint.data && (
            <span className={styles["second"]}>{t(w.checkpointSize, { n: checkpoint.data.size })}</span>
          )}
        </h2>
        <p className={styles["second"]}>{t(w.checkpointHint)}</p>
        {open && checkpoint.data && (
          <div className={styles["note"]}>
            <pre tabIndex={0} aria-label={t(w.checkpoint)}>
              {checkpoint.data.note}
            </pre>
            <p className={styles["second"]}>
              {t(w.publicKey)} <code>{checkpoint.data.publicKey}</code>
            </p>
            <p className={styles["second"]}>
              {t(w.verify)} <code>strongroom ledger verify --witnessed checkpoint.txt</code>
            </p>
          </div>
        )}
      </div>
      <div className={styles["checkpointActions"]}>
        <Button variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? w.hide : w.show)}
        </Button>
        <CopyButton text={checkpoint.data?.note ?? ""} label={t(w.copyCheckpoint)} disabled={!checkpoint.data} />
      </div>
    </section>
  );
}
