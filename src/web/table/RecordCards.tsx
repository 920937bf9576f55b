// A list on a phone: one card per record with its name, a line of what is known of it, and the numbers one may call.
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { FieldValueView } from "../record/FieldValueView.tsx";
import { recordPath } from "../frame/places.ts";
import { type Names, nameOf, valueOf, valueText } from "../record/value-text.ts";
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

const mostFacts = 4;
/** Dates and figures say nothing without their label, and a card has none. */
const speaks: ReadonlySet<string> = new Set(["text", "choice", "reference"]);

export function RecordCards({ object, columns, rows, names, label }: Props): ReactNode {
  const tools = useLanguage();
  const { t } = tools;
  const facts = columns.filter(({ key }) => key !== object.nameField);
  return (
    <ul className={styles["cards"]} aria-label={label}>
      {rows.map((record) => {
        const line = facts
          .filter((field) => speaks.has(field.type) && record.masked[field.key] === undefined)
          .map((field) => valueText(field, valueOf(record, field.key), names, tools))
          .filter((text) => text !== "")
          .slice(0, mostFacts);
        const masked = facts.filter((field) => record.masked[field.key] !== undefined);
        return (
          <li key={record.id} className={styles["card"]}>
            <Link to={recordPath(object.key, record.id) ?? "."} className={styles["cardName"]}>
              {nameOf(record, object.nameField) || t(valueWords.unknownRecord)}
            </Link>
            {line.length > 0 && <p className={styles["cardLine"]}>{line.join(" · ")}</p>}
            {masked.map((field) => (
              <div key={field.key} className={styles["cardMasked"]}>
                <FieldValueView record={record} field={field} names={names} />
              </div>
            ))}
          </li>
        );
      })}
    </ul>
  );
}
