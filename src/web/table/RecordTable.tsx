// The table of a list: a window over all its rows, which are fetched as they come into sight, under a head that stays and
// with the name column in place. One cell is active and is moved by the arrow keys; Enter opens, Space previews or, on a
// masked value, shows it.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaField, SchemaObject } from "../../contract/schema-verbs.ts";
import { inSentence } from "../record/in-sentence.ts";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import type { SortKey } from "./list-address.ts";
import { cellId, RecordRow, WaitingRow } from "./RecordRow.tsx";
import type { InSight } from "./sight.ts";
import styles from "./table.module.css";
import { type ColumnChanges, TableHead } from "./TableHead.tsx";
import { columnsTemplate } from "./table-columns.ts";
import type { ListWindow } from "./use-window.ts";

export type Selection = ReadonlyMap<string, RecordView>;

interface Props extends ColumnChanges {
  readonly object: SchemaObject;
  readonly columns: readonly SchemaField[];
  readonly widths: Readonly<Record<string, number>>;
  readonly rows: ListWindow;
  readonly sort: readonly SortKey[];
  readonly selected: Selection;
  readonly onSelect: (records: Selection) => void;
  readonly onOpen: (record: RecordView) => void;
  readonly onPreview: (record: RecordView | undefined) => void;
  /** The record in the side panel. */
  readonly previewed: string | undefined;
  /** Row to stand at the top, each time `stamp` changes. */
  readonly jump: { readonly row: number; readonly stamp: number };
  /** The first and last place in sight. */
  readonly onRange: (first: number, last: number) => void;
  readonly foot?: ReactNode;
}

export function RecordTable(props: Props): ReactNode {
  const { object, columns, rows, selected, previewed, onSelect, onOpen, onRange, jump } = props;
  const { t } = useLanguage();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState({ row: 0, column: 0 });
  const anchor = useRef(0);
  const count = rows.length;
  const row = Math.max(0, Math.min(active.row, count - 1));
  const column = Math.min(active.column, columns.length - 1);
  const rowHeight = useRowHeight();
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: rowHeight,
    scrollPaddingEnd: rowHeight,
  });
  const items = virtual.getVirtualItems();
  const seen = seenRange(scroller.current, rowHeight, count);

  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: jump.row * rowHeight });
    setActive({ row: jump.row, column: 0 });
    // Only when it is asked for anew.
  }, [jump, rowHeight]);
  const [firstSeen, lastSeen] = [seen?.first, seen?.last];
  useEffect(() => {
    if (firstSeen !== undefined && lastSeen !== undefined) onRange(firstSeen, lastSeen);
  }, [onRange, firstSeen, lastSeen]);

  const select = useCallback(
    (record: RecordView, index: number, range: boolean): void => {
      const next = new Map(selected);
      if (range) {
        for (let at = Math.min(anchor.current, index); at <= Math.max(anchor.current, index); at += 1) {
          const one = rows.rowAt(at);
          if (one) next.set(one.id, one);
        }
      } else if (!next.delete(record.id)) next.set(record.id, record);
      anchor.current = index;
      onSelect(next);
    },
    [onSelect, rows, selected],
  );
  const open = useCallback(
    (record: RecordView, index: number): void => {
      setActive((now) => ({ ...now, row: index }));
      onOpen(record);
    },
    [onOpen],
  );
  const selectLoaded = (): void => onSelect(new Map([...rows.loaded.values()].map((one) => [one.id, one])));
  const go = (toRow: number, toColumn: number): void => {
    const next = {
      row: Math.max(0, Math.min(count - 1, toRow)),
      column: Math.max(0, Math.min(columns.length - 1, toColumn)),
    };
    setActive(next);
    virtual.scrollToIndex(next.row);
    document.getElementById(cellId(id, next.row, next.column))?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const record = rows.rowAt(next.row);
    if (previewed !== undefined && record) props.onPreview(record);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget) return;
    const record = rows.rowAt(row);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const moves: Readonly<Record<string, [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [event.ctrlKey ? 0 : row, 0],
      End: [event.ctrlKey ? count : row, columns.length],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
    };
    const move = moves[event.key];
    if (move) go(...move);
    else if (event.key === "Enter" && record) onOpen(record);
    else if (event.key === " " && record) {
      const show = document
        .getElementById(cellId(id, row, column))
        ?.querySelector<HTMLButtonElement>("[data-value] button");
      if (show) show.click();
      else props.onPreview(previewed === record.id ? undefined : record);
    } else if (event.key.toLowerCase() === "x" && !event.ctrlKey && !event.metaKey && record)
      select(record, row, event.shiftKey);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selectLoaded();
    else if (event.key === "Escape" && previewed !== undefined) props.onPreview(undefined);
    else if (event.key === "Escape" && selected.size > 0) onSelect(new Map());
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
      aria-rowcount={count + 1}
      aria-colcount={columns.length}
      aria-multiselectable
      aria-activedescendant={rows.rowAt(row) ? cellId(id, row, column) : undefined}
      aria-busy={rows.stale}
      data-stale={rows.stale || undefined}
      onKeyDown={onKeyDown}
    >
      <div className={styles["grid"]} style={{ ["--columns" as string]: columnsTemplate(columns, props.widths) }}>
        <TableHead
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          onSortAs={props.onSortAs}
          onMove={props.onMove}
          onWidth={props.onWidth}
          onHide={props.onHide}
          all={rows.loaded.size > 0 && [...rows.loaded.values()].every((record) => selected.has(record.id))}
          some={selected.size > 0}
          onAll={(all) => (all ? selectLoaded() : onSelect(new Map()))}
        />
        <div role="rowgroup" className={styles["body"]} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const record = rows.rowAt(index);
            return record ? (
              <RecordRow
                key={record.id}
                table={id}
                record={record}
                nameField={object.nameField}
                columns={columns}
                names={rows.names}
                index={index}
                start={start}
                active={index === row ? column : undefined}
                selected={selected.has(record.id)}
                previewed={previewed === record.id}
                onOpen={open}
                onSelect={select}
              />
            ) : (
              <WaitingRow key={`waiting ${index}`} columns={columns} index={index} start={start} />
            );
          })}
        </div>
        {props.foot}
      </div>
    </div>
  );
}

/** The places that can be seen, without those drawn ahead; undefined until there is something to see. */
function seenRange(scroller: HTMLElement | null, rowHeight: number, count: number): InSight | undefined {
  if (!scroller) return undefined;
  const { scrollTop, clientHeight } = scroller;
  const place = (pixels: number): number => Math.max(0, Math.min(count - 1, Math.round(pixels / rowHeight)));
  const first = place(scrollTop);
  // The head lies over one row, and what is cut in half is not in sight.
  return { first, last: Math.max(first, place(scrollTop + clientHeight - 2 * rowHeight)) };
}

/** The row's height is a measure of the theme, in rem: here it is counted in pixels. */
function useRowHeight(): number {
  const [height, setHeight] = useState(32);
  useEffect(() => {
    const read = (): void => {
      const root = getComputedStyle(document.documentElement);
      const pixels = Number.parseFloat(root.getPropertyValue("--row-list")) * Number.parseFloat(root.fontSize);
      if (Number.isFinite(pixels) && pixels > 0) setHeight(pixels);
    };
    read();
    const watch = new MutationObserver(read);
    watch.observe(document.documentElement, { attributeFilter: ["data-density"] });
    return () => watch.disconnect();
  }, []);
  return height;
}
