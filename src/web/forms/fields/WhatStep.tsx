// First step of a new field: its names, its type, and what the type needs.
import { ActionIcon, Button, NumberInput, Select, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaObject } from "../../../contract/schema-verbs.ts";
import { FieldLabel } from "../../ui/FieldLabel.tsx";
import { fieldsWords as w, typeWords } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import { fieldTypes } from "./field-plan.ts";
import type { FieldPlan } from "./FieldWizard.tsx";

interface Props {
  readonly plan: FieldPlan;
  readonly generatedKey: string;
  readonly keyProblem: string | undefined;
  readonly objects: readonly SchemaObject[];
  readonly onChange: (part: Partial<FieldPlan>) => void;
}

export function WhatStep({ plan, generatedKey, keyProblem, objects, onChange }: Props): ReactNode {
  const { t, language } = useLanguage();
  const option = (index: number, part: Partial<FieldPlan["options"][number]>): void =>
    onChange({ options: plan.options.map((one, at) => (at === index ? { ...one, ...part } : one)) });
  return (
    <div className={styles["fields"]}>
      <div className={styles["pair"]}>
        {/* In the person's own language first; the other one may follow. */}
        {(language === "zh" ? (["zh", "en"] as const) : (["en", "zh"] as const)).map((each, at) => (
          <TextInput
            key={each}
            label={<FieldLabel label={t(each === "zh" ? w.labelZh : w.labelEn)} required={at === 0} />}
            description={at === 0 ? undefined : t(w.labelOther)}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required={at === 0}
            withAsterisk={false}
            maxLength={80}
            value={plan[each]}
            data-autofocus={at === 0 || undefined}
            onChange={(event) => onChange({ [each]: event.currentTarget.value })}
          />
        ))}
      </div>
      <div className={styles["pair"]}>
        <Select
          label={t(w.type)}
          searchable
          allowDeselect={false}
          data={fieldTypes.map((type) => ({ value: type, label: t(typeWords[type]) }))}
          value={plan.type}
          onChange={(value) =>
            onChange({ type: fieldTypes.find((type) => type === value) ?? "text", class: undefined })
          }
        />
        <TextInput
          label={<FieldLabel label={t(w.key)} required />}
          description={t(w.keyHint)}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={generatedKey}
          error={keyProblem}
          value={plan.key}
          onChange={(event) => onChange({ key: event.currentTarget.value.trim() })}
        />
      </div>
      {plan.type === "decimal" && (
        <NumberInput
          label={t(w.scale)}
          min={0}
          max={6}
          value={plan.scale}
          onChange={(value) => onChange({ scale: typeof value === "number" ? value : 2 })}
        />
      )}
      {plan.type === "reference" && (
        <Select
          label={t(w.target)}
          allowDeselect={false}
          data={objects.map((object) => ({ value: object.key, label: t(object.labels) }))}
          value={plan.target}
          onChange={(value) => onChange({ target: value ?? "" })}
        />
      )}
      {plan.type === "choice" && (
        <fieldset className={styles["choices"]}>
          <legend>{t(w.options)}</legend>
          {plan.options.map((one, index) => (
            <div key={index} className={styles["optionRow"]}>
              <TextInput
                aria-label={`${t(w.optionZh)} ${index + 1}`}
                placeholder={t(w.optionZh)}
                maxLength={80}
                value={one.zh}
                onChange={(event) => option(index, { zh: event.currentTarget.value })}
              />
              <TextInput
                aria-label={`${t(w.optionEn)} ${index + 1}`}
                placeholder={t(w.optionEn)}
                maxLength={80}
                value={one.en}
                onChange={(event) => option(index, { en: event.currentTarget.value })}
              />
              <ActionIcon
                aria-label={t(w.removeOption, { n: index + 1 })}
                onClick={() => onChange({ options: plan.options.filter((_, at) => at !== index) })}
              >
                <X size="1em" aria-hidden />
              </ActionIcon>
            </div>
          ))}
          <Button
            className={styles["more"] ?? ""}
            variant="subtle"
            size="xs"
            leftSection={<Plus size="1em" aria-hidden />}
            onClick={() => onChange({ options: [...plan.options, { zh: "", en: "" }] })}
          >
            {t(w.addOption)}
          </Button>
        </fieldset>
      )}
    </div>
  );
}
