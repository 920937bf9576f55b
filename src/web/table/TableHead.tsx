// The head of a table: names of the columns, their order, and the box that selects the page.
import { Checkbox, Tooltip } from "@mantine/core";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { isFigure } from "../record/value-text.ts";
import { ClassDot } from "../ui/ClassDot.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import type { SortKey } from "./list-address.ts";
import styles from "./table.module.css";

interface Props {
  readonly columns: readonly SchemaField[];
  readonly sort: readonly SortKey[];
  readonly onSort: (field: string, several: boolean) => void;
  readonly all: boolean;
  readonly some: boolean;
  readonly onAll: (all: boolean) => void;
}

export function TableHead({ columns, sort, onSort, all, some, onAll }: Props): ReactNode {
  const { t } = useLanguage();
  return (
    <div role="rowgroup" className={styles["headGroup"]}>
      <div role="row" aria-rowindex={1} className={styles["head"]}>
        {columns.map((field, index) => {
          const at = sort.findIndex((key) => key.field === field.key);
          const direction = sort[at]?.direction;
          const name = t(field.labels);
          return (
            <div
              key={field.key}
              role="columnheader"
              aria-colindex={index + 1}
              aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : "none"}
              className={styles["headCell"]}
              data-first={index === 0 || undefined}
              data-figure={isFigure(field) || undefined}
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
                <Tooltip label={t(listWords.sortHint)}>
                  <button
                    type="button"
                    className={styles["sort"]}
                    onClick={(event) => onSort(field.key, event.shiftKey)}
                  >
                    <span className={styles["headName"]}>{name}</span>
                    {direction === "asc" && <ArrowUp size="1em" aria-hidden />}
                    {direction === "desc" && <ArrowDown size="1em" aria-hidden />}
                    {sort.length > 1 && at >= 0 && <span className={styles["sortPlace"]}>{at + 1}</span>}
                  </button>
                </Tooltip>
              ) : (
                <span className={styles["headName"]}>{name}</span>
              )}
              {field.class === 3 && <ClassDot value={3} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}
