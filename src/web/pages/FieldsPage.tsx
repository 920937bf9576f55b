// Fields of each object: class, purpose and what one may do with them; and the way to a new one.
import { Button, Tabs } from "@mantine/core";
import { Pencil, Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { purposes } from "../../contract/field.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { FieldSheet } from "../forms/fields/FieldSheet.tsx";
import { FieldWizard } from "../forms/fields/FieldWizard.tsx";
import { useMe, useSchema } from "../query.ts";
import { PlainTable } from "../table/PlainTable.tsx";
import { ClassDot } from "../ui/ClassDot.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { fieldsWords as w, levelWords, typeWords } from "../words/admin.ts";
import { useLanguage, type Word } from "../words/words.ts";
import styles from "../forms/fields/fields.module.css";

export default function FieldsPage(): ReactNode {
  const { t } = useLanguage();
  const schema = useSchema();
  const me = useMe();
  const [tab, setTab] = useState<string | null>(null);
  const [defining, setDefining] = useState(false);
  const [changing, setChanging] = useState<SchemaField>();
  const objects = schema.data?.objects ?? [];
  const object = objects.find(({ key }) => key === tab) ?? objects[0];
  const may = me?.capabilities.includes("fields.define") ?? false;
  return (
    <Page wide>
      <PageHeader
        title={t(w.title)}
        lead={t(w.intro)}
        actions={
          may &&
          object && (
            <Button leftSection={<Plus size="1em" aria-hidden />} onClick={() => setDefining(true)}>
              {t(w.add)}
            </Button>
          )
        }
      />
      {schema.error && <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />}
      {schema.isPending && <SkeletonRows rows={12} columns={5} />}
      {object && (
        <Tabs value={object.key} onChange={setTab} keepMounted={false}>
          <Tabs.List>
            {objects.map((one) => (
              <Tabs.Tab key={one.key} value={one.key}>
                {t(one.labels)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={object.key} pt="md">
            <FieldTable object={object} objects={objects} {...(may && { onChange: setChanging })} />
          </Tabs.Panel>
        </Tabs>
      )}
      {defining && object && <FieldWizard object={object} objects={objects} onClose={() => setDefining(false)} />}
      {changing && object && (
        <FieldSheet key={changing.key} object={object} field={changing} onClose={() => setChanging(undefined)} />
      )}
    </Page>
  );
}

function FieldTable({
  object,
  objects,
  onChange,
}: {
  readonly object: SchemaObject;
  readonly objects: readonly SchemaObject[];
  /** For who may change what the company made. */
  readonly onChange?: (field: SchemaField) => void;
}): ReactNode {
  const { t } = useLanguage();
  return (
    <PlainTable
      optional={[3, 4, 5, 6]}
      label={t(w.title)}
      head={[t(w.field), t(w.type), t(w.class), t(w.purpose), t(w.key), t(w.myLevel), t(w.notes)]}
    >
      {object.fields.map((field) => {
        const notes = [
          field.required && w.required,
          field.listed && w.listedNote,
          field.searchable && w.searchable,
          field.custom && w.custom,
          field.system && w.systemField,
        ].filter((note) => note !== false);
        const target = objects.find(({ key }) => key === field.target);
        return (
          <tr key={field.key}>
            <th scope="row">
              {field.custom && onChange ? (
                <button
                  type="button"
                  className={styles["name"]}
                  aria-label={t(w.changeOf, { name: t(field.labels) })}
                  onClick={() => onChange(field)}
                >
                  {t(field.labels)} <Pencil size="1em" aria-hidden />
                </button>
              ) : (
                t(field.labels)
              )}
            </th>
            <td>
              {t(wordOf(typeWords, field.type))}
              {target && <span className={styles["second"]}> · {t(target.labels)}</span>}
            </td>
            <td>
              <ClassDot value={field.class} withText />
            </td>
            <td data-optional>{t(purposes[field.purpose])}</td>
            <td data-optional>
              <code className={styles["key"]}>{field.key}</code>
            </td>
            <td data-optional>{t(levelWords[field.level])}</td>
            <td data-optional className={styles["second"]}>
              {notes.map((note) => t(note)).join(" · ")}
            </td>
          </tr>
        );
      })}
    </PlainTable>
  );
}

function wordOf(table: Readonly<Record<string, Word>>, key: string): Word {
  return table[key] ?? { zh: key, en: key };
}
