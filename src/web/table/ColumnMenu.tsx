// What may be done with one column, from its heading: sort by it, move, widen or hide it.
import { Menu } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { type ReactNode, useRef } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { columnWords as w } from "../words/lists.ts";
import { useLanguage } from "../words/words.ts";
import styles from "./table.module.css";
import { boundedWidth } from "./table-columns.ts";
import type { ColumnChanges } from "./TableHead.tsx";

interface Props extends ColumnChanges {
  readonly field: SchemaField;
  readonly index: number;
  readonly last: number;
  /** Something is sorted by already. */
  readonly sorted: boolean;
}

const widthStep = 32;

export function ColumnMenu({ field, index, last, sorted, onSortAs, onMove, onWidth, onHide }: Props): ReactNode {
  const { t } = useLanguage();
  const button = useRef<HTMLButtonElement>(null);
  const widen = (by: number): void => {
    const width = button.current?.closest("[role=columnheader]")?.getBoundingClientRect().width ?? 0;
    onWidth(field.key, boundedWidth(width + by));
  };
  return (
    <Menu position="bottom-end" width={180}>
      <Menu.Target>
        <button
          ref={button}
          type="button"
          className={styles["columnMenu"]}
          aria-label={t(w.menu, { name: t(field.labels) })}
          tabIndex={-1}
        >
          <ChevronDown size="1em" aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {field.sortable && (
          <>
            <Menu.Item onClick={() => onSortAs(field.key, "asc", false)}>{t(w.ascending)}</Menu.Item>
            <Menu.Item onClick={() => onSortAs(field.key, "desc", false)}>{t(w.descending)}</Menu.Item>
            {sorted && <Menu.Item onClick={() => onSortAs(field.key, "asc", true)}>{t(w.addSort)}</Menu.Item>}
            <Menu.Divider />
          </>
        )}
        {index > 0 && (
          <>
            <Menu.Item disabled={index === 1} onClick={() => onMove(field.key, index - 2)}>
              {t(w.left)}
            </Menu.Item>
            <Menu.Item disabled={index === last} onClick={() => onMove(field.key, index)}>
              {t(w.right)}
            </Menu.Item>
          </>
        )}
        <Menu.Item closeMenuOnClick={false} onClick={() => widen(widthStep)}>
          {t(w.wider)}
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => widen(-widthStep)}>
          {t(w.narrower)}
        </Menu.Item>
        {index > 0 && <Menu.Item onClick={() => onHide(field.key)}>{t(w.hide)}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
