// Values of the file that are no option of their field: the likely one by a click, any other from the list.
import { Button, Select } from "@mantine/core";
import { ArrowRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
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
        const field = object.fields.find(({ key }) => key === choice.field);
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
                  data={(field?.options ?? []).map(({ key, labels }) => ({ value: key, label: t(labels) }))}
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

function keyOf({ field, value }: { readonly field: string; readonly value: string }): string {
  return `${field}\n${value}`;
}
