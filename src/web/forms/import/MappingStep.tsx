// Which column of the file becomes which field, with samples and suggestions; how rows meet records that are there.
import { Button, Checkbox, Radio, Select, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SchemaField, SchemaObject } from "../../../contract/schema-verbs.ts";
import { PlainTable } from "../../table/PlainTable.tsx";
import { ClassDot } from "../../ui/ClassDot.tsx";
import { Panel } from "../../ui/Panel.tsx";
import { importWords as w } from "../../words/imports.ts";
import { type Translate, useLanguage } from "../../words/words.ts";
import {
  type Analysis,
  type DateOrder,
  type ImportDraft,
  importableFields,
  keyChoices,
  planProblems,
  type Settings,
  withColumn,
  withDateOrder,
} from "./import-plan.ts";
import styles from "./import.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly draft: ImportDraft;
  readonly busy: boolean;
  readonly onSettings: (settings: Settings) => void;
  readonly onAnalyse: (given: Partial<Pick<Analysis, "encoding" | "delimiter" | "header">>) => void;
  readonly onCheck: () => void;
}

export const encodings = ["utf-8", "gb18030", "utf-16le", "utf-16be", "windows-1252"] as const;
const delimiters = [
  { value: ",", word: w.comma },
  { value: ";", word: w.semicolon },
  { value: "\t", word: w.tab },
  { value: "|", word: w.pipe },
] as const;
const modes = [
  { value: "insert", word: w.modeInsert },
  { value: "update", word: w.modeUpdate },
  { value: "upsert", word: w.modeUpsert },
] as const;
const dateOrders = [
  { value: "ymd", word: w.ymd },
  { value: "dmy", word: w.dmy },
  { value: "mdy", word: w.mdy },
] as const;

/** A file holds plain figures, so that in which unit they are read stands beside the field. */
function labelWithUnit({ labels, magnitude }: SchemaField, t: Translate): string {
  return magnitude === undefined ? t(labels) : t(w.inMillions, { field: t(labels) });
}

export function MappingStep({ object, draft, busy, onSettings, onAnalyse, onCheck }: Props): ReactNode {
  const { t } = useLanguage();
  const { analysis, settings } = draft;
  const { encoding, delimiter, header } = analysis;
  const fields = importableFields(object);
  const keys = keyChoices(object, settings);
  const problems = planProblems(object, settings);
  const given = { encoding, delimiter, header };
  const [other, setOther] = useState(delimiters.every(({ value }) => value !== delimiter));

  return (
    <>
      <Panel title={t(w.detected)} text={t(w.detectedText, { n: analysis.columns.length })}>
        <div className={styles["settings"]}>
          <Select
            label={t(w.encoding)}
            allowDeselect={false}
            data={encodings.map((value) => ({ value, label: value.toUpperCase() }))}
            value={encoding}
            onChange={(value) => onAnalyse({ ...given, encoding: encodings.find((one) => one === value) ?? encoding })}
          />
          <Select
            label={t(w.delimiter)}
            allowDeselect={false}
            data={[
              ...delimiters.map(({ value, word }) => ({ value: value as string, label: t(word) })),
              { value: "", label: t(w.otherDelimiter) },
            ]}
            value={other ? "" : delimiter}
            onChange={(value) => {
              setOther(value === "");
              if (value !== null && value !== "") onAnalyse({ ...given, delimiter: value });
            }}
          />
          {other && (
            <TextInput
              label={t(w.delimiterCharacter)}
              className={styles["character"] ?? ""}
              maxLength={1}
              autoComplete="off"
              defaultValue={delimiters.some(({ value }) => value === delimiter) ? "" : delimiter}
              onChange={(event) => {
                const { value } = event.currentTarget;
                if (value !== "" && value !== '"') onAnalyse({ ...given, delimiter: value });
              }}
            />
          )}
          <Checkbox
            label={t(w.headerRow)}
            checked={header}
            onChange={(event) => onAnalyse({ ...given, header: event.currentTarget.checked })}
          />
        </div>
        {analysis.columns.length === 1 && (
          <p className={styles["warning"]} role="status">
            {t(w.oneColumn)}
          </p>
        )}
      </Panel>
      <Panel title={t(w.mapping)} text={t(w.mappingHint)} flush>
        <PlainTable bare stacked label={t(w.mapping)} head={[t(w.column), t(w.samples), t(w.field)]}>
          {analysis.columns.map((column) => {
            const chosen = settings.columns.find(({ index }) => index === column.index);
            const field = fields.find(({ key }) => key === chosen?.field);
            const name = column.name === "" ? t(w.columnNumber, { n: column.index + 1 }) : column.name;
            return (
              <tr key={column.index}>
                <th scope="row">{name}</th>
                <td className={styles["samples"]}>{column.samples.join(" · ")}</td>
                <td>
                  <span className={styles["mapping"]}>
                    <Select
                      size="xs"
                      aria-label={`${name} → ${t(w.field)}`}
                      searchable
                      allowDeselect={false}
                      leftSection={field && <ClassDot value={field.class} />}
                      data={[
                        { value: "", label: t(w.skip) },
                        ...fields.map((field) => ({ value: field.key, label: labelWithUnit(field, t) })),
                      ]}
                      value={field?.key ?? ""}
                      onChange={(value) => onSettings(withColumn(settings, column.index, value === "" ? null : value))}
                    />
                    {(field?.type === "date" || field?.type === "datetime") && (
                      <Select
                        size="xs"
                        aria-label={`${name} ${t(w.dateOrder)}`}
                        placeholder={t(w.dateOrder)}
                        data={dateOrders.map(({ value, word }) => ({ value, label: t(word) }))}
                        value={chosen?.dateOrder ?? null}
                        onChange={(value) =>
                          onSettings(
                            withDateOrder(
                              settings,
                              column.index,
                              dateOrders.find((one) => one.value === value)?.value ?? ("ymd" satisfies DateOrder),
                            ),
                          )
                        }
                      />
                    )}
                  </span>
                </td>
              </tr>
            );
          })}
        </PlainTable>
      </Panel>
      <Panel title={t(w.mode)}>
        <div className={styles["settings"]}>
          <Radio.Group
            aria-label={t(w.mode)}
            value={settings.mode}
            onChange={(value) => {
              const mode = modes.find((one) => one.value === value)?.value ?? "insert";
              onSettings({
                ...settings,
                mode,
                key: mode === "insert" ? null : (settings.key ?? draft.analysis.key ?? keys[0]?.key ?? null),
              });
            }}
          >
            <div className={styles["modes"]}>
              {modes.map(({ value, word }) => (
                <Radio key={value} value={value} label={t(word)} />
              ))}
            </div>
          </Radio.Group>
          {settings.mode !== "insert" && (
            <Select
              label={t(w.key)}
              data={keys.map(({ key, labels }) => ({ value: key, label: t(labels) }))}
              value={settings.key ?? null}
              onChange={(key) => onSettings({ ...settings, key })}
            />
          )}
        </div>
      </Panel>
      <div className={styles["foot"]}>
        {problems.length > 0 && (
          <ul className={styles["problems"]} role="status">
            {problems.map((problem) => (
              <li key={`${problem.kind} ${problem.field?.key ?? ""}`}>
                {problem.field
                  ? t(w[problem.kind === "usedTwice" ? "usedTwice" : "requiredMissing"], {
                      field: t(problem.field.labels),
                    })
                  : t(problem.kind === "nothing" ? w.nothingMapped : w.keyNeeded)}
              </li>
            ))}
          </ul>
        )}
        <Button disabled={problems.length > 0} loading={busy} onClick={onCheck}>
          {t(w.dryRun)}
        </Button>
      </div>
    </>
  );
}
