// Changes a field that the company made: its labels, its options, and whether it is required and listed. What decides how
// values are kept (type, class, purpose) was settled when it was made.
import { ActionIcon, Button, Checkbox, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaField, SchemaObject } from "../../../contract/schema-verbs.ts";
import { api } from "../../api.ts";
import { refresh } from "../../query.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { FieldLabel } from "../../ui/FieldLabel.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { fieldsWords as w } from "../../words/admin.ts";
import { recordWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import { bothLabels, optionKeys } from "./field-plan.ts";

interface Props {
  readonly object: SchemaObject;
  readonly field: SchemaField;
  readonly onClose: () => void;
}

export function FieldSheet({ object, field, onClose }: Props): ReactNode {
  const { t } = useLanguage();
  const before = field.options ?? [];
  const [labels, setLabels] = useState(field.labels);
  const [required, setRequired] = useState(field.required);
  const [listed, setListed] = useState(field.listed);
  const [options, setOptions] = useState(before.map((option) => option.labels));
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const start = {
    labels: field.labels,
    required: field.required,
    listed: field.listed,
    options: before.map((one) => one.labels),
  };
  const dirty = JSON.stringify({ labels, required, listed, options }) !== JSON.stringify(start);

  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    const named = options.map(bothLabels);
    const added = named.slice(before.length).filter(({ zh }) => zh !== "");
    const keys = optionKeys(
      added.map(({ en, zh }) => en || zh),
      before.map(({ key }) => key),
    );
    try {
      await api.call("changeField", {
        path: { object: object.key, key: field.key },
        body: {
          labels: bothLabels(labels),
          required,
          listed,
          ...(field.type === "choice" && {
            options: [
              ...before.map(({ key, labels: old }, at) => ({ key, labels: named[at]?.zh ? named[at] : old })),
              ...added.map((one, at) => ({ key: keys[at] ?? "", labels: one })),
            ],
          }),
        },
      });
      await refresh("readSchema", "listRecords");
      toast.done(t(w.changed, { name: t(bothLabels(labels)) }));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Sheet
      opened
      form={{ dirty, busy }}
      onClose={onClose}
      title={t(w.change, { name: t(field.labels) })}
      footer={
        <Button disabled={!dirty || bothLabels(labels).zh === ""} loading={busy} onClick={() => void save()}>
          {t(recordWords.save)}
        </Button>
      }
    >
      <div className={styles["form"]}>
        {problem !== undefined && <ErrorState problem={problem} />}
        <div className={styles["pair"]}>
          {(["zh", "en"] as const).map((language) => (
            <TextInput
              key={language}
              label={<FieldLabel label={t(language === "zh" ? w.labelZh : w.labelEn)} required />}
              maxLength={80}
              value={labels[language]}
              onChange={(event) => setLabels({ ...labels, [language]: event.currentTarget.value })}
            />
          ))}
        </div>
        {field.type !== "boolean" && (
          <Checkbox
            label={t(w.required)}
            description={t(w.requiredHint)}
            checked={required}
            onChange={(event) => setRequired(event.currentTarget.checked)}
          />
        )}
        <Checkbox label={t(w.listed)} checked={listed} onChange={(event) => setListed(event.currentTarget.checked)} />
        {field.type === "choice" && (
          <fieldset className={styles["choices"]}>
            <legend>{t(w.options)}</legend>
            <p className={styles["second"]}>{t(w.optionsStay)}</p>
            {options.map((option, index) => (
              <div key={index} className={styles["optionRow"]}>
                {(["zh", "en"] as const).map((language) => (
                  <TextInput
                    key={language}
                    aria-label={`${t(language === "zh" ? w.optionZh : w.optionEn)} ${index + 1}`}
                    placeholder={t(language === "zh" ? w.optionZh : w.optionEn)}
                    maxLength={80}
                    value={option[language]}
                    onChange={(event) => {
                      const text = event.currentTarget.value;
                      setOptions(options.map((one, at) => (at === index ? { ...one, [language]: text } : one)));
                    }}
                  />
                ))}
                {index >= before.length && (
                  <ActionIcon
                    aria-label={t(w.removeOption, { n: index + 1 })}
                    onClick={() => setOptions(options.filter((_, at) => at !== index))}
                  >
                    <X size="1em" aria-hidden />
                  </ActionIcon>
                )}
              </div>
            ))}
            <Button
              variant="subtle"
              size="xs"
              leftSection={<Plus size="1em" aria-hidden />}
              onClick={() => setOptions([...options, { zh: "", en: "" }])}
            >
              {t(w.addOption)}
            </Button>
          </fieldset>
        )}
      </div>
    </Sheet>
  );
}
