// The dry run: what would happen, why rows are left out, and corrections of misspelt options by one click.
import { Button, Progress } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { fieldMessage } from "../../../contract/problem.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { PlainTable } from "../../table/PlainTable.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { StatTile } from "../../ui/StatTile.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import { ErrorFileButton } from "./ErrorFileButton.tsx";
import { OptionFixes } from "./OptionFixes.tsx";
import { type ImportJob, type Report, type Settings, withFixes } from "./import-plan.ts";
import styles from "./import.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly job: ImportJob;
  /** Undefined until it is there. */
  readonly report: Report | undefined;
  /** Unknown after the page was loaded anew: then the columns are looked at again before anything is changed. */
  readonly settings: Settings | undefined;
  readonly busy: boolean;
  readonly onCheck: (settings: Settings) => void;
  readonly onBack: () => void;
  readonly onStart: () => void;
}

export function CheckStep({ object, job, report, settings, busy, onCheck, onBack, onStart }: Props): ReactNode {
  const { t, format } = useLanguage();
  if (job.state === "checking" || !report) {
    const { done, total } = job.progress;
    return (
      <Panel title={t(w.checking)}>
        <Progress
          value={total === null || total === 0 ? 100 : (done / total) * 100}
          animated={total === null || total === 0}
          aria-label={t(w.checking)}
        />
        <p className={styles["second"]} role="status">
          {total === null || total === 0
            ? t(w.rowsSoFar, { n: done })
            : t(w.progress, { done: format.number(done), total: format.number(total) })}
        </p>
      </Panel>
    );
  }
  const writes = report.create + report.update;
  return (
    <>
      <div className={styles["tiles"]}>
        <StatTile label={t(w.willCreate)} value={format.number(report.create)} />
        <StatTile label={t(w.willUpdate)} value={format.number(report.update)} />
        <StatTile label={t(w.unchanged)} value={format.number(report.skip)} />
        <StatTile label={t(w.willSkip)} value={format.number(report.bad)} />
      </div>
      <p className={styles["second"]}>
        {t(report.rows === 0 ? w.noRows : report.bad === 0 ? w.allGood : w.nothingWritten)}
      </p>
      {report.update > 0 && writesRestricted(object, settings) && (
        <p className={styles["second"]}>{t(w.restrictedAnew)}</p>
      )}
      {report.choices.length > 0 && (
        <OptionFixes
          object={object}
          choices={report.choices}
          disabled={settings === undefined || busy}
          onFix={(fixes) => settings && onCheck(withFixes(settings, fixes))}
        />
      )}
      {report.problems.length > 0 && <Problems object={object} report={report} />}
      <div className={styles["foot"]}>
        <Button variant="default" onClick={onBack}>
          {t(w.changeMapping)}
        </Button>
        {report.bad > 0 && <ErrorFileButton object={object.key} job={job} />}
        <Button disabled={writes === 0} loading={busy} onClick={onStart}>
          {writes === 0 ? t(w.nothingToImport) : t(w.startN, { n: writes })}
        </Button>
      </div>
    </>
  );
}

/** Of a page that was loaded anew the columns are unknown: then whether the object has such fields. */
function writesRestricted(object: SchemaObject, settings: Settings | undefined): boolean {
  const restricted = object.fields.filter((field) => field.class === 3).map(({ key }) => key);
  if (!settings) return restricted.length > 0;
  return settings.columns.some(({ field }) => field !== null && field !== settings.key && restricted.includes(field));
}

const fewProblems = 15;

function Problems({ object, report }: { readonly object: SchemaObject; readonly report: Report }): ReactNode {
  const { t, language, format } = useLanguage();
  const [all, setAll] = useState(false);
  const rows = new Set(report.problems.map(({ row }) => row)).size;
  const shown = all ? report.problems : report.problems.slice(0, fewProblems);
  return (
    <Panel
      title={t(w.leftOutRows, { n: report.bad })}
      text={report.bad > rows ? t(w.moreReasons, { n: report.bad - rows }) : undefined}
      flush
    >
      <PlainTable bare figures={[0]} label={t(w.reason)} head={[t(w.row), t(w.column), t(w.inFile), t(w.reason)]}>
        {shown.map((problem, index) => {
          const field = object.fields.find(({ key }) => key === problem.field);
          const suggestion = problem.params["suggestion"];
          const option = field?.options?.find(({ key }) => key === suggestion);
          const params = option ? { ...problem.params, suggestion: t(option.labels) } : problem.params;
          return (
            <tr key={`${problem.row} ${index}`}>
              <td data-figure>{format.number(problem.row)}</td>
              <td>{problem.column ?? (field && t(field.labels))}</td>
              <td className={styles["cell"]}>{problem.value}</td>
              <td>{fieldMessage({ field: problem.field ?? "", reason: problem.reason, params }, language)}</td>
            </tr>
          );
        })}
      </PlainTable>
      {shown.length < report.problems.length && (
        <Button className={styles["more"] ?? ""} variant="subtle" onClick={() => setAll(true)}>
          {t(w.showAll, { n: report.problems.length })}
        </Button>
      )}
    </Panel>
  );
}
