// A list on a phone: one card per record with its name, a line of what is known of it, and the numbers one may call.
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import { Link } from "react-router";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { FieldValueView } from "../record/FieldValueView.tsx";
import { recordPath } from "../frame/places.ts";
import { fieldText, nameOf } from "../record/value-text.ts";
import { windowWords } from "../words/lists.ts";
import { valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";
import type { ListWindow } from "./use-window.ts";

interface Props {
  readonly object: SchemaObject;
  readonly columns: readonly SchemaField[];
  readonly rows: ListWindow;
  readonly label: string;
  /** The end of what is loaded has come into sight. */
  readonly onMore: () => void;
}

const mostFacts = 4;
/** Dates and figures say nothing without their label, and a card has none. */
const speaks: ReadonlySet<string> = new Set(["text", "choice", "reference"]);

export function RecordCards({ object, columns, rows, label, onMore }: Props): ReactNode {
  const tools = useLanguage();
  const { t } = tools;
  const { names, loaded, length } = rows;
  const records = [...loaded].toSorted(([a], [b]) => a - b).map(([, record]) => record);
  const facts = columns.filter(({ key }) => key !== object.nameField);
  return (
    <>
      <ul className={styles["cards"]} aria-label={label}>
        {records.map((record) => {
          const line = facts
            .filter((field) => speaks.has(field.type) && record.masked[field.key] === undefined)
            .map((field) => fieldText(record, field, names, tools))
            .filter((text) => text !== "")
            .slice(0, mostFacts);
          // Their unit says what they are.
          const amounts = facts
            .filter(({ unit }) => unit !== undefined)
            .map((field) => fieldText(record, field, names, tools))
            .filter((text) => text !== "");
          const masked = facts.filter((field) => record.masked[field.key] !== undefined);
          return (
            <li key={record.id} className={styles["card"]}>
              <Link to={recordPath(object.key, record.id) ?? "."} className={styles["cardName"]}>
                {nameOf(record, object.nameField) || t(valueWords.unknownRecord)}
              </Link>
              {amounts.length > 0 && <span className={styles["cardAmount"]}>{amounts.join(" · ")}</span>}
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
      {records.length < length && <More key={records.length} onSeen={onMore} />}
    </>
  );
}

/** Fetches more when it comes into sight, or is pressed. */
function More({ onSeen }: { readonly onSeen: () => void }): ReactNode {
  const { t } = useLanguage();
  const mark = useRef<HTMLButtonElement>(null);
  const seen = useEffectEvent(onSeen);
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
    });
    if (mark.current) watch.observe(mark.current);
    return () => watch.disconnect();
  }, []);
  return (
    <Button ref={mark} variant="subtle" fullWidth onClick={onSeen}>
      {t(windowWords.more)}
    </Button>
  );
}
