// The one input of a field, chosen by its type. Forms, edit in place and filters all use it, so a new type of field is
// added here and nowhere else.
import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { FieldValue } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { formWords } from "../words/records.ts";
import { type Language, useLanguage } from "../words/words.ts";
import { DateInput } from "./DateInput.tsx";
import { DateTimeInput } from "./DateTimeInput.tsx";
import { type Draft, noDraft, numberDraft } from "./draft.ts";
import { ReferencePicker } from "./ReferencePicker.tsx";

export interface FieldInputProps {
  readonly field: SchemaField;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  /** What the server said about this field. */
  readonly error?: string | undefined;
  readonly label?: ReactNode;
  /** The accessible name where no label is shown. */
  readonly ariaLabel?: string;
  readonly autoFocus?: boolean;
  /** Instead of what inputs of this type say by themselves. */
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Offers to create the referenced record from what was typed. */
  readonly onCreateReference?: ((object: string, name: string) => void) | undefined;
}

export function FieldInput(props: FieldInputProps): ReactNode {
  const { t } = useLanguage();
  const { field, draft, onChange } = props;
  const common = {
    label: props.label,
    "aria-label": props.ariaLabel,
    description: props.label === undefined || !field.hint ? undefined : t(field.hint),
    error: draft.problem ?? props.error,
    required: field.required,
    withAsterisk: false, // the label bears it, before the mark of its class
    disabled: props.disabled ?? false,
    "data-autofocus": props.autoFocus,
    autoFocus: props.autoFocus ?? false,
    name: field.key,
    autoComplete: "off",
    ...(props.placeholder !== undefined && { placeholder: props.placeholder }),
  };
  switch (field.type) {
    case "long_text":
      return (
        <Textarea
          {...common}
          value={textOf(draft.value)}
          maxLength={field.max}
          maxRows={8}
          onChange={(event) => onChange(textDraft(event.currentTarget.value))}
        />
      );
    case "integer":
    case "decimal":
      return <NumberText {...props} common={common} />;
    case "boolean":
      return (
        <Checkbox
          label={props.label === undefined ? t(field.labels) : props.label}
          error={common.error}
          disabled={common.disabled}
          autoFocus={common.autoFocus}
          checked={draft.value === true}
          onChange={(event) => onChange({ value: event.currentTarget.checked })}
        />
      );
    case "choice":
      return (
        <Select
          {...common}
          searchable
          clearable={!field.required}
          clearButtonProps={{ "aria-label": t(formWords.clear) }}
          placeholder={props.placeholder ?? t(formWords.choose)}
          nothingFoundMessage={t(formWords.nothingFound)}
          data={(field.options ?? []).map((option) => ({ value: option.key, label: t(option.labels) }))}
          value={typeof draft.value === "string" ? draft.value : null}
          onChange={(value) => onChange({ value })}
        />
      );
    case "date":
      return <DateInput {...common} value={typeof draft.value === "string" ? draft.value : null} onChange={onChange} />;
    case "datetime":
      return (
        <DateTimeInput {...common} value={typeof draft.value === "string" ? draft.value : null} onChange={onChange} />
      );
    case "reference":
      return (
        <ReferencePicker
          {...common}
          object={field.target ?? ""}
          draft={draft}
          onChange={onChange}
          onCreate={props.onCreateReference}
        />
      );
    default:
      return (
        <TextInput
          {...common}
          type={inputKinds[field.type]?.type ?? "text"}
          inputMode={inputKinds[field.type]?.mode ?? "text"}
          maxLength={field.max}
          value={textOf(draft.value)}
          onChange={(event) => onChange(textDraft(event.currentTarget.value))}
        />
      );
  }
}

const inputKinds: Readonly<
  Record<string, { readonly type: string; readonly mode: "tel" | "email" | "url" | "text" | "numeric" }>
> = {
  phone: { type: "tel", mode: "tel" },
  // Not type=email and type=url: their built-in judgement differs from the vault's.
  email: { type: "text", mode: "email" },
  url: { type: "text", mode: "url" },
  bank_account: { type: "text", mode: "numeric" },
};

interface NumberTextProps extends FieldInputProps {
  readonly common: { readonly error: ReactNode };
}

/** Keeps the text as typed, so that a half-typed figure is not rewritten under the person's hands. */
function NumberText({ field, draft, onChange, common }: NumberTextProps): ReactNode {
  const { t, language } = useLanguage();
  const factor = field.magnitude === "million" ? millionsAs[language] : 1;
  const written = typeof draft.value === "number" ? textOf(scaled(draft.value, factor)) : textOf(draft.value);
  const [text, setText] = useState(written);
  const read = (input: string): Draft => unscaled(numberDraft(input, field, t), factor, field);
  const shown = draft.problem === undefined && read(text).value !== draft.value ? written : text;
  return (
    <TextInput
      {...common}
      inputMode="decimal"
      value={shown}
      onChange={(event) => {
        setText(event.currentTarget.value);
        onChange(read(event.currentTarget.value));
      }}
    />
  );
}

/** In what a figure of millions is typed: 万 in Chinese, millions in English. */
const millionsAs: Readonly<Record<Language, number>> = { zh: 100, en: 1 };

/** Without what binary fractions leave behind. */
function scaled(value: number, factor: number): number {
  return Number((value * factor).toPrecision(15));
}

/** What was typed as the stored figure; it may have as many decimals as that is kept with. */
function unscaled(draft: Draft, factor: number, { scale = 0 }: SchemaField): Draft {
  if (typeof draft.value !== "number" || factor === 1) return draft;
  return { ...draft, value: Number((draft.value / factor).toFixed(scale)) };
}

function textDraft(text: string): Draft {
  return text === "" ? noDraft : { value: text };
}

function textOf(value: FieldValue): string {
  return value === null || typeof value === "boolean" ? "" : String(value);
}
