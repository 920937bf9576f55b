// While a record is being made: others of the same name or number, among those the person may see. A hint, never a bar,
// and silent about everything outside his view.
import { useDebouncedValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { recordPath } from "../frame/places.ts";
import { apiQuery } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { nameOf } from "../record/value-text.ts";
import { operatorsFor } from "../table/filter-model.ts";
import { formWords as w, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import type { Draft } from "./draft.ts";
import styles from "./forms.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly drafts: Readonly<Record<string, Draft>>;
}

/** Looking for a whole number counts against an allowance: it is done once the typing rests. */
const restMs = 700;

export function DuplicateHint({ object, drafts }: Props): ReactNode {
  const { t, format } = useLanguage();
  const asked = object.fields.flatMap((field) => {
    const value = textToAsk(object, field, drafts[field.key]);
    return value === undefined ? [] : [{ field, value }];
  });
  const [settled] = useDebouncedValue(asked.map(({ field, value }) => `${field.key}\n${value}`).join("\n"), restMs);
  const now = asked.filter(({ field, value }) => `\n${settled}\n`.includes(`\n${field.key}\n${value}\n`));
  const answers = useQueries({
    queries: now.map(({ field, value }) =>
      apiQuery("listRecords", {
        path: { object: object.key },
        body: { filter: { field: field.key, op: "eq", value }, columns: [object.nameField], limit: 3 },
      }),
    ),
  });
  const found = now.flatMap(({ field }, at) => {
    const rows = answers[at]?.data?.rows ?? [];
    return rows.length === 0 ? [] : [{ field, rows }];
  });
  if (found.length === 0) return null;
  return (
    <div className={styles["banner"]} role="status">
      {found.map(({ field, rows }) => (
        <p key={field.key}>
          {t(w.sameValue, {
            field: inSentence(t(field.labels)),
            objects: inSentence(t(rows.length === 1 ? object.labels : object.plural)),
          })}
          {rows.map((record, at) => (
            <span key={record.id}>
              {at > 0 && format.list(["", ""])}
              <Link to={recordPath(object.key, record.id) ?? "."} target="_blank">
                {nameOf(record, object.nameField) || t(valueWords.unknownRecord)}
              </Link>
            </span>
          ))}
        </p>
      ))}
    </div>
  );
}

/** The whole of a name or a number that may be looked for; undefined for anything else and for what is half typed. */
function textToAsk(object: SchemaObject, field: SchemaField, draft: Draft | undefined): string | undefined {
  const value = typeof draft?.value === "string" && draft.problem === undefined ? draft.value.trim() : "";
  if (!operatorsFor(field).includes("is")) return undefined;
  if (field.key === object.nameField) return value.length >= 2 ? value : undefined;
  return field.type === "phone" && value.replaceAll(/\D/gu, "").length >= 7 ? value : undefined;
}
