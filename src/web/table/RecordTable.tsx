// The table of a list: virtual rows under a head that stays, with the name column in place. One cell is active and is
// moved by the arrow keys; the name is a real link; Enter opens, Space previews or, on a masked value, shows it.
import { Checkbox } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { recordPath } from "../frame/places.ts";
import { FieldValueView } from "../record/FieldValueView.tsx";
import { inSentence } from "../record/in-sentence.ts";
import { isFigure, type Names, nameOf } from "../record/value-text.ts";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import type { SortKey } from "./list-address.ts";
import styles from "./table.module.css";
import { TableHead } from "./TableHead.tsx";
import { columnsTemplate } from "./table-columns.ts";

export interface RecordTableProps {
  readonly object: SchemaObject;
  readonly columns: readonly SchemaField[];
  readonly rows: readonly RecordView[];
  readonly names: Names;
  /** Place of the first row in the whole list, from 0, and how many there are, for screen readers. */
  readonly offset: number;
  readonly total: number;
  readonly sort: readonly SortKey[];
  readonly onSort: (field: string, several: boolean) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  readonly onOpen: (record: RecordView) => void;
  readonly onPreview: (record: RecordView | undefined) => void;
  /** The record in the side panel. */
  readonly previewed: string | undefined;
  /** The rows are those of the question before. */
  readonly stale: boolean;
}

export function RecordTable(props: RecordTableProps): ReactNode {
  const { object, columns, rows, selected, previewed } = props;
  const { t } = useLanguage();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const row = Math.min(active.row, rows.length - 1);
  const column = Math.min(active.column, columns.length - 1);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: rowHeight,
  });

  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  useEffect(() => {
    setActive({ row: 0, column: 0 });
    scroller.current?.scrollTo({ top: 0 });
  }, [props.offset, object.key]);

  const select = (record: RecordView): void => {
    const next = new Set(selected);
    if (!next.delete(record.id)) next.add(record.id);
    props.onSelect(next);
  };
  const go = (toRow: number, toColumn: number): void => {
    const next = {
      row: Math.max(0, Math.min(rows.length - 1, toRow)),
      column: Math.max(0, Math.min(columns.length - 1, toColumn)),
    };
    setActive(next);
    virtual.scrollToIndex(next.row);
    document.getElementById(cellId(id, next.row, next.column))?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const record = rows[next.row];
    if (previewed !== undefined && record) props.onPreview(record);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const record = rows[row];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? rows.length : row, columns.length],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
    };
    const move = moves[event.key];
    if (move) go(...move);
    else if (event.key === "Enter" && record) props.onOpen(record);
    else if (event.key === " " && record) {
      const show = document
        .getElementById(cellId(id, row, column))
        ?.querySelector<HTMLButtonElement>("[data-value] button");
      if (show) show.click();
      else props.onPreview(previewed === record.id ? undefined : record);
    } else if (event.key.toLowerCase() === "x" && !event.ctrlKey && !event.metaKey && record) select(record);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) props.onSelect(new Set(rows.map((one) => one.id)));
    else if (event.key === "Escape" && previewed !== undefined) props.onPreview(undefined);
    else if (event.key === "Escape" && selected.size > 0) props.onSelect(new Set());
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroller}
      className={styles["scroller"]}
      role="grid"
      tabIndex={0}
      aria-label={t(listWords.table, { objects: inSentence(t(object.plural)) })}
      aria-description={t(listWords.keys)}
      aria-rowcount={props.total + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-activedescendant={rows.length > 0 ? cellId(id, row, column) : undefined}
      aria-busy={props.stale}
      data-stale={props.stale || undefined}
      onKeyDown={onKeyDown}
    >
      <div className={styles["grid"]} style={{ ["--columns" as string]: columnsTemplate(columns) }}>
        <TableHead
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          all={rows.length > 0 && rows.every((record) => selected.has(record.id))}
          some={selected.size > 0}
          onAll={(all) => props.onSelect(all ? new Set(rows.map((record) => record.id)) : new Set())}
        />
        <div role="rowgroup" className={styles["body"]} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const record = rows[index];
            if (!record) return null;
            const name = nameOf(record, object.nameField);
            const path = recordPath(object.key, record.id) ?? ".";
            return (
              <div
                key={record.id}
                role="row"
                aria-rowindex={props.offset + index + 2}
                aria-selected={selected.has(record.id)}
                className={styles["row"]}
                data-selected={selected.has(record.id) || undefined}
                data-previewed={previewed === record.id || undefined}
                style={{ transform: `translateY(${start}px)` }}
                onClick={(event) => {
                  setActive({ row: index, column });
                  if (!openedBeside(event, path)) props.onOpen(record);
                }}
                onAuxClick={(event) => event.button === 1 && openedBeside(event, path)}
              >
                {columns.map((field, at) => (
                  <div
                    key={field.key}
                    id={cellId(id, index, at)}
                    role={at === 0 ? "rowheader" : "gridcell"}
                    aria-colindex={at + 1}
                    className={styles["cell"]}
                    data-first={at === 0 || undefined}
                    data-figure={isFigure(field) || undefined}
                    data-active={(index === row && at === column) || undefined}
                  >
                    {at === 0 && (
                      <Checkbox
                        className={styles["tick"] ?? ""}
                        size="xs"
                        tabIndex={-1}
                        aria-label={t(listWords.selectRow, { name })}
                        checked={selected.has(record.id)}
                        onClick={(event) => event.stopPropagation()}
                        onChange={() => select(record)}
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
                          <FieldValueView record={record} field={field} names={props.names} quiet plain />
                        </Link>
                      ) : (
                        <FieldValueView record={record} field={field} names={props.names} quiet />
                      )}
                    </span>
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A click with the browser's key for a new tab, or with the middle button, means that here too. */
function openedBeside(event: MouseEvent, path: string): boolean {
  if (!event.ctrlKey && !event.metaKey && !event.shiftKey && event.button !== 1) return false;
  window.open(path, "_blank", "noopener");
  return true;
}

function cellId(id: string, row: number, column: number): string {
  return `${id}-${row}-${column}`;
}

/** Long texts are cut in their cell; the pointer shows them whole. */
function titleOf(value: unknown): string | undefined {
  return typeof value === "string" && value.length > 24 && !/^[0-9a-f-]{36}$/u.test(value) ? value : undefined;
}

/** The row's height is a measure of the theme, in rem: here it is counted in pixels. */
function useRowHeight(): number {
  const [height, setHeight] = useState(32);
  useEffect(() => {
    const root = getComputedStyle(document.documentElement);
    const rows = Number.parseFloat(root.getPropertyValue("--row"));
    const pixels = rows * Number.parseFloat(root.fontSize);
    if (Number.isFinite(pixels) && pixels > 0) setHeight(pixels);
  }, []);
  return height;
}
