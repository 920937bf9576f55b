// Values of the file that are no option of their field, or in no shared list (stages, products): the likely one by a click,
// any other from the list.
import { Button, Select } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { apiQuery, useSchema } from "../../query.ts";
import { nameOf } from "../../record/value-text.ts";
import { PanelRow, Panel } from "../../ui/Panel.tsx";
import { importWords as w } from "../../words/imports.ts";
import { useLanguage } from "../../words/words.ts";
import type { Fix, Report } from "./import-plan.ts";
import styles from "./import.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly choices: Report["choices"];
  readonly disabled: boolean;
  readonly onFix: (fixes: readonly Fix[]) => void;
}

export function OptionFixes({ object, choices, disabled, onFix }: Props): ReactNode {
  const { t } = useLanguage();
  const optionsOf = useOptions(object, choices);
  const [picked, setPicked] = useState<Readonly<Record<string, string>>>({});
  const optionOf = (choice: Report["choices"][number]): string | null => picked[keyOf(choice)] ?? choice.suggestion;
  const ready = choices.flatMap((choice): Fix[] => {
    const option = optionOf(choice);
    return option === null ? [] : [{ field: choice.field, value: choice.value, option }];
  });
  return (
    <Panel
      title={t(choices.every(({ suggestion }) => suggestion !== null) ? w.fixes : w.fixesByHand)}
      text={t(w.fixesHint)}
      flush
      actions={
        ready.length > 1 && (
          <Button variant="default" disabled={disabled} onClick={() => onFix(ready)}>
            {t(w.applyAll)}
          </Button>
        )
      }
    >
      {choices.map((choice) => {
        const option = optionOf(choice);
        return (
          <PanelRow
            key={keyOf(choice)}
            title={
              <>
                <span className={styles["wrong"]}>{choice.value}</span>
                <ArrowRight size="1em" aria-hidden />
                <Select
                  size="xs"
                  searchable
                  aria-label={`${choice.column} ${choice.value}`}
                  placeholder={t(w.pickOption)}
                  data={optionsOf(choice.field)}
                  value={option}
                  onChange={(value) => value !== null && setPicked({ ...picked, [keyOf(choice)]: value })}
                />
              </>
            }
            note={`${choice.column} · ${t(w.rowCount, { n: choice.count })}`}
            end={
              <Button
                variant="default"
                size="compact-sm"
                disabled={disabled || option === null}
                onClick={() => option !== null && onFix([{ field: choice.field, value: choice.value, option }])}
              >
                {t(w.applyFix)}
              </Button>
            }
          />
        );
      })}
    </Panel>
  );
}

interface Option {
  readonly value: string;
  readonly label: string;
}

/** Longer lists are not shown whole. */
const most = 200;

/** What a field's values are chosen from: its options, or the records of the shared list that it refers to. */
function useOptions(object: SchemaObject, choices: Report["choices"]): (field: string) => Option[] {
  const { t } = useLanguage();
  const fieldOf = (key: string) => object.fields.find((field) => field.key === key);
  const targets = [...new Set(choices.flatMap(({ field }) => fieldOf(field)?.target ?? []))];
  const lists = useQueries({
    queries: targets.map((target) => apiQuery("listRecords", { path: { object: target }, body: { limit: most } })),
  });
  const schema = useSchema().data;
  return (key) => {
    const field = fieldOf(key);
    if (field?.target === undefined)
      return (field?.options ?? []).map(({ key: value, labels }) => ({ value, label: t(labels) }));
    const target = schema?.objects.find((one) => one.key === field.target);
    const list = lists[targets.indexOf(field.target)]?.data;
    // Two pipelines may have stages of one name: the list they belong to tells them apart.
    const above = target?.fields.find((one) => one.type === "reference" && one.required);
    const several = new Set(list?.rows.map(({ values }) => above && values[above.key])).size > 1;
    return (list?.rows ?? []).map((record) => {
      const name = nameOf(record, target?.nameField ?? "");
      const group = above && several ? list?.names[String(record.values[above.key])] : undefined;
      return { value: record.id, label: group === undefined ? name : `${group} / ${name}` };
    });
  };
}

function keyOf({ field, value }: { readonly field: string; readonly value: string }): string {
  return `${field}\n${value}`;
}
