// What an import did: figures, the rows left out as a file, and the way back.
import { Button } from "@mantine/core";
import { Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { problemTitle } from "../../../contract/problem.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { inSentence } from "../../record/in-sentence.ts";
import { listPath } from "../../record/record-path.ts";
import { ConfirmSheet } from "../../ui/ConfirmSheet.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { StatTile } from "../../ui/StatTile.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import { ErrorFileButton } from "./ErrorFileButton.tsx";
import type { ImportJob } from "./import-plan.ts";
import { stateText } from "./state-word.ts";
import styles from "./import.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly job: ImportJob;
  readonly onUndo: () => Promise<void>;
  readonly onResume: () => void;
}

export function ResultStep({ object, job, onUndo, onResume }: Props): ReactNode {
  const { t, format, language } = useLanguage();
  const [asking, setAsking] = useState(false);
  const { counts, undo } = job;
  const failure = problemTitle(job.failure, language);
  const lines = [
    ...(job.finishedAt === null ? [] : [format.dateTime(job.finishedAt)]),
    ...(failure === undefined ? [] : [failure, ...(job.failureRow > 0 ? [t(w.atRow, { n: job.failureRow })] : [])]),
    ...(undo && undo.kept > 0 ? [t(w.keptWhy)] : []),
  ];

  return (
    <Panel title={stateText(job, t)} text={lines.join(" · ")}>
      <div className={styles["tiles"]}>
        {undo ? (
          <>
            <StatTile label={t(w.takenBack)} value={format.number(undo.removed)} />
            <StatTile label={t(w.setBack)} value={format.number(undo.restored)} />
            <StatTile label={t(w.keptRows)} value={format.number(undo.kept)} />
          </>
        ) : (
          <>
            <StatTile label={t(w.created)} value={format.number(counts.created)} />
            <StatTile label={t(w.updated)} value={format.number(counts.updated)} />
          </>
        )}
        <StatTile label={t(w.unchanged)} value={format.number(counts.skipped)} />
        <StatTile label={t(w.leftOut)} value={format.number(counts.bad)} />
      </div>
      {counts.bad > 0 && <p className={styles["second"]}>{t(w.downloadHint)}</p>}
      <div className={styles["foot"]}>
        {counts.bad > 0 && <ErrorFileButton object={object.key} job={job} />}
        {job.canUndo && (
          <Button variant="default" leftSection={<Undo2 size="1em" aria-hidden />} onClick={() => setAsking(true)}>
            {t(w.undo)}
          </Button>
        )}
        {job.state === "failed" && <Button onClick={onResume}>{t(w.resume)}</Button>}
        <Button component={Link} to={listPath(object.key)} variant={job.state === "failed" ? "default" : "filled"}>
          {t(w.openList, { objects: inSentence(t(object.plural)) })}
        </Button>
      </div>
      <ConfirmSheet
        opened={asking}
        title={t(w.undoTitle)}
        text={
          counts.updated === 0
            ? t(w.undoHintNew, { created: counts.created })
            : t(w.undoHint, { created: counts.created, updated: counts.updated })
        }
        confirm={t(w.undo)}
        danger
        onConfirm={onUndo}
        onClose={() => setAsking(false)}
      />
    </Panel>
  );
}
