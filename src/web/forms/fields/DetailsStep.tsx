// Third step of a new field: why the company holds the value, how long, and where it shows.
import { Checkbox, NumberInput, Radio, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { type SensitivityClass, purposeCodes, purposes } from "../../../contract/field.ts";
import { fieldsWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import type { FieldPlan } from "./FieldWizard.tsx";

interface Props {
  readonly plan: FieldPlan;
  readonly level: SensitivityClass;
  readonly onChange: (part: Partial<FieldPlan>) => void;
}

export function DetailsStep({ plan, level, onChange }: Props): ReactNode {
  const { t } = useLanguage();
  return (
    <div className={styles["fields"]}>
      <Select
        label={t(w.purpose)}
        allowDeselect={false}
        data={purposeCodes.map((purpose) => ({ value: purpose, label: t(purposes[purpose]) }))}
        value={plan.purpose}
        onChange={(value) => onChange({ purpose: purposeCodes.find((purpose) => purpose === value) ?? "selling" })}
      />
      <Radio.Group
        label={t(w.retention)}
        value={plan.months === undefined ? "record" : "months"}
        onChange={(value) => onChange({ months: value === "months" ? 36 : undefined })}
      >
        <div className={styles["choices"]}>
          <Radio value="record" label={t(w.withRecord)} />
          <Radio value="months" label={t(w.months)} />
        </div>
      </Radio.Group>
      {plan.months !== undefined && (
        <NumberInput
          label={t(w.monthsLabel)}
          min={1}
          max={1200}
          value={plan.months}
          onChange={(value) => onChange({ months: typeof value === "number" ? value : 36 })}
        />
      )}
      {/* A tick that is not there is an answer too. */}
      {plan.type !== "boolean" && (
        <Checkbox
          label={t(w.required)}
          description={t(w.requiredHint)}
          checked={plan.required}
          onChange={(event) => onChange({ required: event.currentTarget.checked })}
        />
      )}
      <Checkbox
        label={t(w.listed)}
        checked={plan.listed}
        onChange={(event) => onChange({ listed: event.currentTarget.checked })}
      />
      <Checkbox
        label={t(w.searchable)}
        description={level === 3 ? t(w.searchableNo) : undefined}
        disabled={level === 3}
        checked={plan.searchable && level < 3}
        onChange={(event) => onChange({ searchable: event.currentTarget.checked })}
      />
    </div>
  );
}
