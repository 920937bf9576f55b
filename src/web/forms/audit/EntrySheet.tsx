// One entry of the audit log in full.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { isProblemCode, problemDetails, Problem } from "../../../contract/problem.ts";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import type { CallOutput } from "../../endpoint-types.ts";
import { recordPath } from "../../frame/places.ts";
import { ledgerSentence, namedFields, whoIs } from "../../record/ledger-sentence.ts";
import { Sheet } from "../../ui/Sheet.tsx";
import { auditWords as w } from "../../words/audit.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "./audit.module.css";

interface Props {
  readonly entry: CallOutput<"listLedger">["entries"][number];
  readonly names: Readonly<Record<string, string>>;
  readonly objects: readonly SchemaObject[];
  readonly onClose: () => void;
}

const shownRecords = 20;

export function EntrySheet({ entry, names, objects, onClose }: Props): ReactNode {
  const tools = useLanguage();
  const { t, format, language } = tools;
  const object = objects.find(({ key }) => key === entry.object);
  const countNames = {
    listed: w.countListed,
    opened: w.countOpened,
    revealed: w.countRevealed,
    exported: w.countExported,
    written: w.countWritten,
    refused: w.countRefused,
  };
  const counts = Object.entries(countNames).flatMap(([key, word]) => {
    const count = entry.counts[key];
    return count === undefined || count === 0 ? [] : [t(word, { n: count })];
  });
  const records = entry.objectIds.slice(0, shownRecords);
  const reason =
    entry.problem !== null && isProblemCode(entry.problem)
      ? problemDetails(new Problem(entry.problem), language, "").title
      : entry.problem;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [t(w.when), format.exact(entry.at)],
    [t(w.actor), whoIs(entry, names, t)],
    [t(w.result), t(entry.result === "refused" ? w.refused : w.ok)],
    [t(w.reason), reason],
    [t(w.object), object && t(object.labels)],
    [
      t(w.records),
      records.length > 0 && (
        <ul className={styles["records"]}>
          {records.map((id) => {
            const path = entry.object === null ? undefined : recordPath(entry.object, id);
            const name = names[id] ?? t(w.aRecord);
            return (
              <li key={id}>{path !== undefined && names[id] !== undefined ? <Link to={path}>{name}</Link> : name}</li>
            );
          })}
          {entry.objectIds.length > shownRecords && (
            <li>{t(w.moreRecords, { n: entry.objectIds.length - shownRecords })}</li>
          )}
        </ul>
      ),
    ],
    [
      t(entry.action === "act.approve" ? w.approved : w.requestedFields),
      entry.fields.length > 0 && format.list(namedFields(entry, object, t)),
    ],
    [t(w.purpose), entry.purpose !== null && t(w.purposeStated)],
    [t(w.counts), counts.length > 0 && format.list(counts)],
    [t(w.repeated), entry.repeated > 1 && t(w.times, { n: entry.repeated })],
    [t(w.ip), entry.ip],
    [t(w.browser), entry.userAgent],
    [t(w.position), format.number(entry.position)],
    [t(w.technical), <code key="code">{entry.action}</code>],
  ];

  return (
    <Sheet opened onClose={onClose} title={t(w.detail)}>
      <p className={styles["detailSentence"]}>{ledgerSentence(entry, names, objects, tools)}</p>
      <dl className={styles["detail"]}>
        {rows.map(([name, value]) =>
          value === undefined || value === null || value === false || value === "" ? null : (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
        )}
      </dl>
    </Sheet>
  );
}
