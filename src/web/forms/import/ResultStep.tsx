// What an import did: figures, the rows left out as a file, and the way back.
import { Button } from "@mantine/core";
import { Download, Undo2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { problemTitle } from "../../../contract/problem.ts";
import type { ImportRefusedPage } from "../../../contract/import-verbs.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { inSentence } from "../../record/in-sentence.ts";
import { listPath } from "../../record/record-path.ts";
import { ConfirmSheet } from "../../ui/ConfirmSheet.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { StatTile } from "../../ui/StatTile.tsx";
import { toast } from "../../ui/toast.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
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
  const [busy, setBusy] = useState(false);
  const { counts, undo } = job;
  const failure = problemTitle(job.failure, language);
  const download = async (): Promise<void> => {
    setBusy(true);
    try {
      save(await errorFile(object.key, job.id), `${job.fileName.replace(/\.\w+$/u, "")}-${t(w.errorFileName)}.csv`);
    } catch (error) {
      toast.problem(error);
    } finally {
      setBusy(false);
    }
  };
  const lines = [
    ...(job.finishedAt === null ? [] : [format.dateTime(job.finishedAt)]),
    ...(failure === undefined ? [] : [failure, ...(job.failureRow > 0 ? [t(w.atRow, { n: job.failureRow })] : [])]),
    ...(undo ? [t(w.undoResult, { removed: undo.removed, restored: undo.restored, kept: undo.kept })] : []),
    ...(undo && undo.kept > 0 ? [t(w.keptWhy)] : []),
  ];

  return (
    <Panel title={stateText(job, t)} text={lines.join(" · ")}>
      <div className={styles["tiles"]}>
        <StatTile label={t(w.created)} value={format.number(counts.created)} />
        <StatTile label={t(w.updated)} value={format.number(counts.updated)} />
        <StatTile label={t(w.unchanged)} value={format.number(counts.skipped)} />
        <StatTile label={t(w.leftOut)} value={format.number(counts.bad)} />
      </div>
      {counts.bad > 0 && <p className={styles["second"]}>{t(w.downloadHint)}</p>}
      <div className={styles["foot"]}>
        {counts.bad > 0 && (
          <Button
            variant="default"
            leftSection={<Download size="1em" aria-hidden />}
            loading={busy}
            onClick={() => void download()}
          >
            {t(w.download)}
          </Button>
        )}
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

async function errorFile(object: string, id: string): Promise<string> {
  let csv = "";
  let after: ImportRefusedPage["next"] = null;
  do {
    const page: ImportRefusedPage = await api.call("readImportErrors", {
      path: { object, id },
      body: { after },
    });
    csv += page.csv;
    after = page.next;
  } while (after !== null);
  return csv;
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
