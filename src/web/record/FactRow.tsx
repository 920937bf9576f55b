// One field of a record: its name with the mark of its class, its value, and on click its input.
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { Check, Pencil, X } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { type Draft, isEmpty } from "../forms/draft.ts";
import { FieldInput } from "../forms/FieldInput.tsx";
import { FieldLabel } from "../ui/FieldLabel.tsx";
import { formWords, recordWords } from "../words/records.ts";
import { useLanguage, type Word } from "../words/words.ts";
import { FieldValueView } from "./FieldValueView.tsx";
import { type Names, valueOf } from "./value-text.ts";
import styles from "./record.module.css";

interface Props {
  readonly record: RecordView;
  readonly field: SchemaField;
  readonly names: Names;
  readonly writable: boolean;
  readonly whyNot: Word;
  readonly editing:
    | { readonly draft: Draft; readonly problem?: string | undefined; readonly busy?: boolean }
    | undefined;
  readonly onEdit: () => void;
  readonly onDraft: (draft: Draft) => void;
  readonly onSave: (draft: Draft) => void;
  /** Offered for a masked value, which an empty input leaves as it is. */
  readonly onClear: () => void;
  readonly onCancel: () => void;
}

/** Types whose choice is the whole act: saved as soon as it is made. */
const savedAtOnce: ReadonlySet<string> = new Set(["choice", "reference", "boolean"]);

export function FactRow({
  record,
  field,
  names,
  writable,
  whyNot,
  editing,
  onEdit,
  onDraft,
  onSave,
  onClear,
  onCancel,
}: Props): ReactNode {
  const { t } = useLanguage();
  const label = t(field.labels);
  const pencil = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  const atOnce = savedAtOnce.has(field.type);
  const missing =
    field.required && writable && record.masked[field.key] === undefined && isEmpty(valueOf(record, field.key));

  useEffect(() => {
    // Back where the person was, unless he has gone elsewhere meanwhile.
    if (wasEditing.current && !editing && (document.activeElement === null || document.activeElement === document.body))
      pencil.current?.focus();
    wasEditing.current = editing !== undefined;
  }, [editing]);

  const onKeyDown = (event: KeyboardEvent): void => {
    // Keys pressed in a calendar or list over the page come here through React, but belong there.
    const inside = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (event.nativeEvent.isComposing || !editing || !inside) return;
    if (
      event.key === "Escape" &&
      !(event.target instanceof HTMLElement && event.target.getAttribute("aria-expanded") === "true")
    ) {
      event.stopPropagation();
      onCancel();
    } else if (
      event.key === "Enter" &&
      !atOnce &&
      (field.type !== "long_text" || event.ctrlKey || event.metaKey) &&
      event.target instanceof HTMLElement &&
      event.target.tagName !== "BUTTON"
    ) {
      event.preventDefault();
      onSave(editing.draft);
    }
  };
  const onClick = (event: MouseEvent): void => {
    const onOther = event.target instanceof Element && event.target.closest("a, button, input") !== null;
    if (writable && !editing && !onOther && getSelection()?.isCollapsed !== false) onEdit();
  };

  return (
    // A restricted value has a line to itself, so that showing it moves nothing.
    <div
      className={styles["fact"]}
      data-editing={editing ? true : undefined}
      data-stacked={record.masked[field.key] !== undefined && field.class === 3 ? true : undefined}
    >
      <dt>
        <FieldLabel label={label} fieldClass={field.class} required={editing !== undefined && field.required} />
      </dt>
      <dd onKeyDown={onKeyDown} onClick={onClick} data-writable={(writable && !editing) || undefined}>
        {editing ? (
          <div className={styles["editor"]}>
            <FieldInput
              field={field}
              ariaLabel={label}
              autoFocus
              disabled={editing.busy ?? false}
              draft={editing.draft}
              error={editing.problem}
              onChange={(draft) => (atOnce && draft.problem === undefined ? onSave(draft) : onDraft(draft))}
            />
            {record.masked[field.key] !== undefined && <p className={styles["second"]}>{t(formWords.replaceMasked)}</p>}
            <div className={styles["editorButtons"]}>
              {!atOnce && (
                <Button
                  size="compact-sm"
                  leftSection={<Check size="1em" aria-hidden />}
                  loading={editing.busy ?? false}
                  disabled={editing.draft.problem !== undefined}
                  onClick={() => onSave(editing.draft)}
                >
                  {t(recordWords.save)}
                </Button>
              )}
              <Button size="compact-sm" variant="subtle" leftSection={<X size="1em" aria-hidden />} onClick={onCancel}>
                {t(recordWords.cancel)}
              </Button>
              {record.masked[field.key] !== undefined && !field.required && (
                <Button size="compact-sm" variant="subtle" color="red" onClick={onClear}>
                  {t(recordWords.clear)}
                </Button>
              )}
            </div>
          </div>
        ) : (
          <>
            <span className={styles["factValue"]}>
              {missing ? (
                <span className={styles["missing"]}>{t(recordWords.toFillIn)}</span>
              ) : (
                <FieldValueView record={record} field={field} names={names} />
              )}
            </span>
            {writable ? (
              <ActionIcon
                ref={pencil}
                size={24}
                className={styles["pencil"] ?? ""}
                aria-label={t(recordWords.edit, { field: label })}
                onClick={onEdit}
              >
                <Pencil size="1em" aria-hidden />
              </ActionIcon>
            ) : (
              <Tooltip label={t(whyNot)}>
                <span className={styles["noPencil"]} />
              </Tooltip>
            )}
          </>
        )}
      </dd>
    </div>
  );
}
