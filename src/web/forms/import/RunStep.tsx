// The import while it runs: how far, how fast, how long still.
import { Button, Progress } from "@mantine/core";
import type { ReactNode } from "react";
import { Panel } from "../../ui/Panel.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import type { ImportJob } from "./import-plan.ts";
import styles from "./import.module.css";

export function RunStep({ job, onCancel }: { readonly job: ImportJob; readonly onCancel: () => void }): ReactNode {
  const { t, format } = useLanguage();
  const { done, total, rowsPerSecond } = job.progress;
  const share = total === null || total === 0 ? 0 : done / total;
  const seconds =
    total === null || rowsPerSecond === null || rowsPerSecond === 0
      ? undefined
      : Math.ceil((total - done) / rowsPerSecond);
  const parts = [
    total === null
      ? t(w.rowsSoFar, { n: done })
      : t(w.progress, { done: format.number(done), total: format.number(total) }),
    ...(rowsPerSecond === null || rowsPerSecond === 0 ? [] : [t(w.speed, { n: rowsPerSecond })]),
    ...(seconds === undefined || seconds < 1
      ? []
      : [
          t(w.remaining, {
            time: seconds < 90 ? t(w.seconds, { n: seconds }) : t(w.minutes, { n: Math.ceil(seconds / 60) }),
          }),
        ]),
  ];
  return (
    <Panel title={t(w.running)} text={t(w.runningHint)}>
      <Progress value={share * 100} aria-label={t(w.running)} />
      <div className={styles["runFoot"]}>
        <span className={styles["second"]} role="status">
          {parts.join(" · ")}
        </span>
        <Button variant="subtle" size="xs" onClick={onCancel}>
          {t(w.stop)}
        </Button>
      </div>
    </Panel>
  );
}
