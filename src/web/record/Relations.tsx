// The records that point here: contacts of an account, accounts below it, people of a manager. Found from the schema:
// every field of any object that refers to this one.
import { ActionIcon, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { CreateSheet } from "../forms/CreateSheet.tsx";
import { recordPath } from "../frame/places.ts";
import { apiQuery, useSchema } from "../query.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { threadKinds } from "./thread.ts";
import { inSentence } from "./in-sentence.ts";
import { listPath } from "./record-path.ts";
import { fieldText, nameOf } from "./value-text.ts";
import styles from "./record.module.css";

interface Target {
  readonly object: string;
  readonly id: string;
  readonly name: string;
}

export function Relations({ target }: { readonly target: Target }): ReactNode {
  const schema = useSchema().data;
  if (!schema) return <SkeletonRows rows={4} columns={2} />;
  return relationsTo(schema.objects, target.object).map(({ object, field }) => (
    <Relation key={`${object.key} ${field.key}`} object={object} field={field} target={target} />
  ));
}

/** The fields of all objects that refer to records of this one, as far as one may read them. */
export function relationsTo(
  objects: readonly SchemaObject[],
  target: string,
): readonly { readonly object: SchemaObject; readonly field: SchemaField }[] {
  return objects.flatMap((object) =>
    object.fields.flatMap((field) => {
      const refers =
        field.type === "reference" && field.target === target && (field.level === "read" || field.level === "write");
      // Of the columns every record has, two lead somewhere: what a person is responsible for, and who is in a department.
      const useful =
        !field.system ||
        (field.key === "owner" && object.key !== "user" && object.key !== "department") ||
        (field.key === "department" && object.key === "user");
      const inThread = threadKinds.some((kind) => kind === object.key && kind !== "todo") && target !== "user";
      return refers && useful && !inThread && (object.can["view"] ?? "none") !== "none" ? [{ object, field }] : [];
    }),
  );
}

const shownRows = 8;
/** More are looked at in their own list. */
const mostRows = 100;

function Relation({
  object,
  field,
  target,
}: {
  readonly object: SchemaObject;
  readonly field: SchemaField;
  readonly target: Target;
}): ReactNode {
  const tools = useLanguage();
  const { t } = tools;
  const [all, setAll] = useState(false);
  const [adding, setAdding] = useState(false);
  const facts = object.fields
    .filter(
      (one) =>
        one.listed &&
        one.type !== "boolean" &&
        one.key !== object.nameField &&
        one.key !== field.key &&
        one.level !== "hidden" &&
        one.class < 3,
    )
    .slice(0, 2);
  const body = {
    filter: { field: field.key, op: "eq" as const, value: target.id },
    limit: all ? mostRows : shownRows,
    count: true,
    columns: [object.nameField, ...facts.flatMap(({ key, unit }) => [key, ...(unit === undefined ? [] : [unit])])],
  };
  const list = useQuery({
    ...apiQuery("listRecords", { path: { object: object.key }, body }),
    refetchOnWindowFocus: false,
  });
  const count = list.data?.count?.value;
  const plain = field.key === object.key || field.key === target.object || field.system;
  const title = plain
    ? t(object.plural)
    : object.key === target.object
      ? t(recordWords.below, { objects: t(object.plural) })
      : t(recordWords.relationField, { objects: t(object.plural), field: t(field.labels) });
  const canAdd =
    (object.can["create"] ?? "none") !== "none" && field.level === "write" && !field.system && object.key !== "user";

  return (
    <section className={styles["relation"]}>
      <header>
        <h2>
          {title} <span className={styles["second"]}>{count !== undefined && tools.format.number(count)}</span>
        </h2>
        {canAdd && (
          <Tooltip label={t(recordWords.addObject, { object: inSentence(t(object.labels)) })}>
            <ActionIcon
              aria-label={t(recordWords.addObject, { object: inSentence(t(object.labels)) })}
              onClick={() => setAdding(true)}
            >
              <Plus size="1em" aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </header>
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={2} columns={2} />}
      {list.data && list.data.rows.length === 0 && (
        <p className={styles["second"]}>{t(recordWords.relationsEmpty, { objects: inSentence(t(object.plural)) })}</p>
      )}
      {list.data && list.data.rows.length > 0 && (
        <ul>
          {list.data.rows.map((record) => (
            <li key={record.id}>
              <Link to={recordPath(object.key, record.id) ?? "."}>
                {nameOf(record, object.nameField) || t(valueWords.unknownRecord)}
              </Link>
              <span className={styles["relationFacts"]}>
                {facts
                  .map((fact) => record.masked[fact.key] ?? fieldText(record, fact, list.data.names, tools))
                  .filter((text) => text !== "")
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      )}
      {count !== undefined && count > mostRows && (
        <Link to={`${listPath(object.key)}?filter=${field.key}:is:${target.id}`}>
          {t(recordWords.showAll, { n: count })}
        </Link>
      )}
      {count !== undefined && count > shownRows && count <= mostRows && !all && (
        <button type="button" className={styles["linkButton"]} onClick={() => setAll(true)}>
          {t(recordWords.showAll, { n: count })}
        </button>
      )}
      {canAdd && (
        <CreateSheet
          object={object.key}
          opened={adding}
          onClose={() => setAdding(false)}
          initial={{ [field.key]: { value: target.id, label: target.name } }}
          stay
        />
      )}
    </section>
  );
}
