// A list on a phone: one card per record with its name and the first few values.
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView, SchemaField, SchemaObject } from "../../contract/record-verbs.ts";
import { FieldValueView } from "../record/FieldValueView.tsx";
import { recordPath } from "../frame/places.ts";
import { type Names, nameOf, valueOf } from "../record/value-text.ts";
import { valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly columns: readonly SchemaField[];
  readonly rows: readonly RecordView[];
  readonly names: Names;
  readonly label: string;
}

const mostFacts = 5;

export function RecordCards({ object, columns, rows, names, label }: Props): ReactNode {
  const { t } = useLanguage();
  const facts = columns.filter(({ key }) => key !== object.nameField);
  return (
    <ul className={styles["cards"]} aria-label={label}>
      {rows.map((record) => {
        const filled = facts
          .filter((field) => record.masked[field.key] !== undefined || valueOf(record, field.key) !== null)
          .slice(0, mostFacts);
        return (
          <li key={record.id} className={styles["card"]}>
            <Link to={recordPath(object.key, record.id) ?? "."} className={styles["cardName"]}>
              {nameOf(record, object.nameField) || t(valueWords.unknownRecord)}
            </Link>
            <dl>
              {filled.map((field) => (
                <div key={field.key}>
                  <dt>{t(field.labels)}</dt>
                  <dd>
                    <FieldValueView record={record} field={field} names={names} quiet />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
