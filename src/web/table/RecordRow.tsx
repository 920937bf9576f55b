// One row of a table: the name is a real link and the row opens with it; the active cell bears the ring of the keyboard.
import { Checkbox } from "@mantine/core";
import { memo, type MouseEvent, type ReactNode } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { recordPath } from "../frame/places.ts";
import { FieldValueView } from "../record/FieldValueView.tsx";
import { isFigure, type Names, nameOf } from "../record/value-text.ts";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";

interface Props {
  readonly table: string;
  readonly record: RecordView;
  readonly nameField: string;
  readonly columns: readonly SchemaField[];
  readonly names: Names;
  readonly index: number;
  readonly start: number;
  /** The active column, when this is the active row. */
  readonly active: number | undefined;
  readonly selected: boolean;
  readonly previewed: boolean;
  readonly onOpen: (record: RecordView, index: number) => void;
  readonly onSelect: (record: RecordView, index: number, range: boolean) => void;
}

export const RecordRow = memo(function RecordRow(props: Props): ReactNode {
  const { table, record, nameField, columns, names, index, active, selected, previewed, onOpen, onSelect } = props;
  const { t } = useLanguage();
  const path = recordPath(record.object, record.id) ?? ".";
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={styles["row"]}
      data-selected={selected || undefined}
      data-previewed={previewed || undefined}
      style={{ transform: `translateY(${props.start}px)` }}
      onClick={(event) => {
        if (!openedBeside(event, path)) onOpen(record, index);
      }}
      onAuxClick={(event) => event.button === 1 && openedBeside(event, path)}
    >
      {columns.map((field, at) => (
        <div
          key={field.key}
          id={cellId(table, index, at)}
          role={at === 0 ? "rowheader" : "gridcell"}
          aria-colindex={at + 1}
          className={styles["cell"]}
          data-first={at === 0 || undefined}
          data-figure={isFigure(field) || undefined}
          data-active={active === at || undefined}
        >
          {at === 0 && (
            <Checkbox
              className={styles["tick"] ?? ""}
              size="xs"
              tabIndex={-1}
              aria-label={t(listWords.selectRow, { name: nameOf(record, nameField) })}
              checked={selected}
              onClick={(event) => {
                event.stopPropagation();
                onSelect(record, index, event.shiftKey);
              }}
              onChange={() => undefined}
            />
          )}
          <span
            className={styles["value"]}
            data-value
            title={record.masked[field.key] === undefined ? titleOf(record.values[field.key]) : undefined}
          >
            {at === 0 ? (
              <Link
                to={path}
                tabIndex={-1}
                className={styles["rowLink"]}
                onClick={(event) => event.stopPropagation()}
                onAuxClick={(event) => event.stopPropagation()}
              >
                <FieldValueView record={record} field={field} names={names} quiet plain />
              </Link>
            ) : (
              <FieldValueView record={record} field={field} names={names} quiet />
            )}
          </span>
        </div>
      ))}
    </div>
  );
});

/** A row that is not there yet. */
export function WaitingRow({
  columns,
  index,
  start,
}: {
  readonly columns: readonly SchemaField[];
  readonly index: number;
  readonly start: number;
}): ReactNode {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-busy="true"
      className={styles["row"]}
      data-waiting
      style={{ transform: `translateY(${start}px)` }}
    >
      {columns.map(({ key }, at) => (
        <div
          key={key}
          role="gridcell"
          aria-colindex={at + 1}
          className={styles["cell"]}
          data-first={at === 0 || undefined}
        >
          <span className={styles["waiting"]} />
        </div>
      ))}
    </div>
  );
}

export function cellId(table: string, row: number, column: number): string {
  return `${table}-${row}-${column}`;
}

/** A click with the browser's key for a new tab, or with the middle button, means that here too. */
function openedBeside(event: MouseEvent, path: string): boolean {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button !== 1) return false;
  window.open(path, "_blank", "noopener");
  return true;
}

/** Long texts are cut in their cell; the pointer shows them whole. */
function titleOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length > 24 && !/^[0-9a-f-]{36}$/u.test(value) ? value : undefined;
}
