// The head of a table: names of the columns, their order, and the box that selects what is loaded. A click anywhere on a
// name sorts; a column is dragged by its name and widened at its edge, and its menu does the same from the keyboard.
import { Checkbox } from "@mantine/core";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type PointerEvent, type ReactNode, useState } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { isFigure } from "../record/value-text.ts";
import { ClassDot } from "../ui/ClassDot.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { ColumnMenu } from "./ColumnMenu.tsx";
import type { SortKey } from "./list-address.ts";
import styles from "./table.module.css";
import { boundedWidth } from "./table-columns.ts";

export interface ColumnChanges {
  readonly onSort: (field: string, several: boolean) => void;
  readonly onSortAs: (field: string, direction: SortKey["direction"], several: boolean) => void;
  /** To the place of another column; the name stays first. */
  readonly onMove: (key: string, to: number) => void;
  readonly onWidth: (key: string, width: number) => void;
  readonly onHide: (key: string) => void;
}

interface Props extends ColumnChanges {
  readonly columns: readonly SchemaField[];
  readonly sort: readonly SortKey[];
  readonly all: boolean;
  readonly some: boolean;
  readonly onAll: (all: boolean) => void;
}

export function TableHead({ columns, sort, all, some, onAll, ...changes }: Props): ReactNode {
  const { t } = useLanguage();
  const [dragged, setDragged] = useState<string>();
  const [over, setOver] = useState<string>();
  return (
    <div role="rowgroup" className={styles["headGroup"]}>
      <div role="row" aria-rowindex={1} className={styles["head"]}>
        {columns.map((field, index) => {
          const at = sort.findIndex((key) => key.field === field.key);
          const direction = sort[at]?.direction;
          const name = t(field.labels);
          return (
            // What is focused in it is its button; the cell itself only takes what is dropped.
            // oxlint-disable-next-line jsx-a11y/interactive-supports-focus
            <div
              key={field.key}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : "none"}
              className={styles["headCell"]}
              data-first={index === 0 || undefined}
              data-figure={isFigure(field) || undefined}
              data-over={(over === field.key && dragged !== field.key && index > 0) || undefined}
              draggable={index > 0}
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = "move";
                setDragged(field.key);
              }}
              onDragOver={(event) => {
                if (dragged === undefined || index === 0) return;
                event.preventDefault();
                setOver(field.key);
              }}
              onDragEnd={() => {
                setDragged(undefined);
                setOver(undefined);
              }}
              onDrop={() => {
                if (dragged !== undefined && dragged !== field.key && index > 0) changes.onMove(dragged, index - 1);
              }}
            >
              {index === 0 && (
                <Checkbox
                  className={styles["tick"] ?? ""}
                  size="xs"
                  aria-label={t(listWords.selectPage)}
                  checked={all}
                  indeterminate={some && !all}
                  onChange={() => onAll(!all)}
                />
              )}
              {field.sortable ? (
                <button
                  type="button"
                  className={styles["sort"]}
                  title={t(listWords.sortHint)}
                  onClick={(event) => changes.onSort(field.key, event.shiftKey)}
                >
                  <span className={styles["headName"]}>{name}</span>
                  {direction === "asc" && <ArrowUp size="1em" aria-hidden />}
                  {direction === "desc" && <ArrowDown size="1em" aria-hidden />}
                  {sort.length > 1 && at >= 0 && <span className={styles["sortPlace"]}>{at + 1}</span>}
                  {field.class === 3 && <ClassDot value={3} />}
                </button>
              ) : (
                <span className={styles["headName"]} data-alone>
                  {name} {field.class === 3 && <ClassDot value={3} />}
                </span>
              )}
              <ColumnMenu field={field} index={index} last={columns.length - 1} sorted={sort.length > 0} {...changes} />
              <WidthHandle onWidth={(width) => changes.onWidth(field.key, width)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The edge of a column, to be drawn by the pointer; the column's menu has it for the keyboard. */
function WidthHandle({ onWidth }: { readonly onWidth: (width: number) => void }): ReactNode {
  const begin = (event: PointerEvent<HTMLSpanElement>): void => {
    event.preventDefault();
    const handle = event.currentTarget;
    const cell = handle.parentElement;
    if (!cell) return;
    const scale = 16 / Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const { width } = cell.getBoundingClientRect();
    const from = event.clientX;
    handle.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent): void =>
      onWidth(boundedWidth((width + moved.clientX - from) * scale));
    const end = (): void => {
      handle.removeEventListener("pointermove", move);
      handle.removeEventListener("pointerup", end);
      handle.removeEventListener("pointercancel", end);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end);
    handle.addEventListener("pointercancel", end);
  };
  return (
    <span
      className={styles["widthHandle"]}
      aria-hidden="true"
      draggable
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      onPointerDown={begin}
    />
  );
}
