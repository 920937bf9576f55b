// Makes or changes one filter: a field, what about it, and the value. Only fields the person may filter by are offered.
import { Button, MultiSelect, Pill, Select } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { type Draft, noDraft } from "../forms/draft.ts";
import { FieldInput } from "../forms/FieldInput.tsx";
import { ReferencePicker } from "../forms/ReferencePicker.tsx";
import { formWords, listWords, rangeWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { operatorText } from "./chip-text.ts";
import { dayRangeNames } from "./day-range.ts";
import {
  type Chip,
  type ChipOperator,
  type ChipValue,
  needsValue,
  operatorsFor,
  takesSeveral,
} from "./filter-model.ts";
import styles from "./table.module.css";

interface Props {
  readonly fields: readonly SchemaField[];
  readonly chip: Chip | undefined;
  readonly onApply: (chip: Chip) => void;
  /** On Esc, unless it closes an open list of options first. */
  readonly onCancel: () => void;
}

export function FilterEditor({ fields, chip, onApply, onCancel }: Props): ReactNode {
  const { t } = useLanguage();
  const [fieldKey, setFieldKey] = useState(chip?.field);
  const [operator, setOperator] = useState(chip?.operator);
  const [values, setValues] = useState<readonly ChipValue[]>(chip?.values ?? []);
  const [draft, setDraft] = useState<Draft>({ value: chip?.values[0]?.value ?? null, label: chip?.values[0]?.label });
  const usable = fields.filter((field) => operatorsFor(field).length > 0);
  const field = usable.find(({ key }) => key === fieldKey);
  const operators = field ? operatorsFor(field) : [];
  const chosen = operator && operators.includes(operator) ? operator : operators[0];

  const pickField = (key: string | null): void => {
    setFieldKey(key ?? undefined);
    const next = usable.find((candidate) => candidate.key === key);
    setOperator(next ? operatorsFor(next)[0] : undefined);
    setValues([]);
    setDraft(noDraft);
  };
  const pickOperator = (next: ChipOperator): void => {
    // Ranges and dates are different kinds of value.
    if ((next === "within") !== (chosen === "within")) {
      setValues([]);
      setDraft(noDraft);
    }
    setOperator(next);
  };
  const given: readonly ChipValue[] =
    field && chosen && needsValue(chosen) ? (usesDraft(field, chosen) ? draftValue(draft) : values) : [];
  const ready = field !== undefined && chosen !== undefined && (!needsValue(chosen) || given.length > 0);

  return (
    <form
      className={styles["filterEditor"]}
      onKeyDown={(event) => {
        const { target, currentTarget } = event;
        if (event.key !== "Escape" || !(target instanceof Element) || !currentTarget.contains(target)) return;
        event.stopPropagation();
        if (target.closest("[data-expanded]") === null) onCancel();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (ready) onApply({ field: field.key, operator: chosen, values: given });
      }}
    >
      <Select
        label={t(listWords.filterField)}
        searchable
        data-autofocus={chip === undefined || undefined}
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t(formWords.nothingFound)}
        data={usable.map(({ key, labels }) => ({ value: key, label: t(labels) }))}
        value={fieldKey ?? null}
        onChange={pickField}
      />
      {field && chosen && (
        <Select
          label={t(listWords.filterOperator)}
          comboboxProps={{ withinPortal: false }}
          allowDeselect={false}
          data={operators.map((key) => ({ value: key, label: operatorText(key, t) }))}
          value={chosen}
          onChange={(value) => pickOperator(operators.find((key) => key === value) ?? chosen)}
        />
      )}
      {field && chosen && needsValue(chosen) && (
        <ValueInput
          key={`${field.key} ${chosen}`}
          field={field}
          operator={chosen}
          values={values}
          onValues={setValues}
          draft={draft}
          onDraft={setDraft}
        />
      )}
      <Button type="submit" disabled={!ready}>
        {t(listWords.apply)}
      </Button>
    </form>
  );
}

interface ValueProps {
  readonly field: SchemaField;
  readonly operator: ChipOperator;
  readonly values: readonly ChipValue[];
  readonly onValues: (values: readonly ChipValue[]) => void;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}

function ValueInput({ field, operator, values, onValues, draft, onDraft }: ValueProps): ReactNode {
  const { t } = useLanguage();
  const [opened, setOpened] = useState(false);
  const label = t(listWords.filterValue);
  if (operator === "within") {
    return (
      <Select
        label={label}
        comboboxProps={{ withinPortal: false }}
        data={dayRangeNames.map((name) => ({ value: name, label: t(rangeWords[name]) }))}
        value={typeof values[0]?.value === "string" ? values[0].value : null}
        onChange={(value) => onValues(value === null ? [] : [{ value, label: value }])}
      />
    );
  }
  if (field.type === "boolean") {
    return (
      <Select
        label={label}
        comboboxProps={{ withinPortal: false }}
        data={[
          { value: "true", label: t(valueWords.yes) },
          { value: "false", label: t(valueWords.no) },
        ]}
        value={values[0] === undefined ? null : String(values[0].value)}
        onChange={(value) => onValues(value === null ? [] : [{ value: value === "true", label: value }])}
      />
    );
  }
  if (field.type === "choice") {
    return (
      <MultiSelect
        label={label}
        searchable
        // Closed by each choice: an open list would lie over the button that applies it.
        dropdownOpened={opened}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        onOptionSubmit={() => setOpened(false)}
        checkIconPosition="right"
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t(formWords.nothingFound)}
        data={(field.options ?? []).map((option) => ({ value: option.key, label: t(option.labels) }))}
        value={values.map(({ value }) => String(value))}
        onChange={(keys) => onValues(keys.map((value) => ({ value, label: value })))}
      />
    );
  }
  if (field.type === "reference") {
    const several = takesSeveral(field, operator);
    return (
      <div className={styles["filterReferences"]}>
        <ReferencePicker
          object={field.target ?? ""}
          label={label}
          draft={several ? noDraft : { value: values[0]?.value ?? null, label: values[0]?.label }}
          onChange={({ value, label: name }) => {
            if (typeof value !== "string") return onValues(several ? values : []);
            const added = { value, label: name ?? "" };
            onValues(several ? [...values.filter((one) => one.value !== value), added] : [added]);
          }}
        />
        {several && values.length > 0 && (
          <Pill.Group>
            {values.map((one) => (
              <Pill
                key={String(one.value)}
                withRemoveButton
                removeButtonProps={{ "aria-label": `${t(formWords.clear)} ${one.label}` }}
                onRemove={() => onValues(values.filter((other) => other !== one))}
              >
                {one.label}
              </Pill>
            ))}
          </Pill.Group>
        )}
      </div>
    );
  }
  const plain =
    field.type === "datetime"
      ? { ...field, type: "date" }
      : field.type === "long_text"
        ? { ...field, type: "text" }
        : field;
  return <FieldInput field={{ ...plain, required: false }} label={label} draft={draft} onChange={onDraft} />;
}

function usesDraft(field: SchemaField, operator: ChipOperator): boolean {
  return operator !== "within" && field.type !== "choice" && field.type !== "reference" && field.type !== "boolean";
}

function draftValue({ value, problem }: Draft): readonly ChipValue[] {
  if (problem !== undefined || value === null || (typeof value === "string" && value.trim() === "")) return [];
  const given = typeof value === "string" ? value.trim() : value;
  return [{ value: given, label: String(given) }];
}
