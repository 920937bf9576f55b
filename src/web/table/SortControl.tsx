// By what a list is sorted, up to three keys after each other: for phones, which have no headings, and for whoever wants
// to sort by a column that is not shown.
import { ActionIcon, Button, Popover, SegmentedControl, Select } from "@mantine/core";
import { ArrowDownUp, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { sortWords as w } from "../words/lists.ts";
import { useLanguage } from "../words/words.ts";
import type { SortKey } from "./list-address.ts";
import { usualSort } from "./list-columns.ts";
import styles from "./table.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly sort: readonly SortKey[];
  readonly onChange: (sort: readonly SortKey[]) => void;
}

const mostKeys = 3;

export function SortControl({ object, sort, onChange }: Props): ReactNode {
  const { t } = useLanguage();
  const fields = object.fields.filter(({ sortable }) => sortable);
  const keys = sort.length > 0 ? sort : usualSort;
  const free = fields.find(({ key }) => !keys.some((one) => one.field === key));
  const put = (at: number, part: Partial<SortKey>): void =>
    onChange(keys.map((key, index) => (index === at ? { ...key, ...part } : key)));
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<ArrowDownUp size="1em" aria-hidden />}>
          {t(w.sort)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={styles["sorter"]}>
          {keys.map(({ field, direction }, at) => (
            <div key={`${field} ${at}`} className={styles["sorterRow"]}>
              <Select
                label={t(at === 0 ? w.first : w.then)}
                searchable
                allowDeselect={false}
                comboboxProps={{ withinPortal: false }}
                data={fields.map(({ key, labels }) => ({ value: key, label: t(labels) }))}
                value={field}
                onChange={(next) => next !== null && put(at, { field: next })}
              />
              <SegmentedControl
                size="xs"
                value={direction}
                onChange={(next) => put(at, { direction: next === "desc" ? "desc" : "asc" })}
                data={[
                  { value: "asc", label: t(w.ascending) },
                  { value: "desc", label: t(w.descending) },
                ]}
              />
              {sort.length > 1 && (
                <ActionIcon aria-label={t(w.remove)} onClick={() => onChange(keys.filter((_, index) => index !== at))}>
                  <X size="1em" aria-hidden />
                </ActionIcon>
              )}
            </div>
          ))}
          <div className={styles["sorterFoot"]}>
            {keys.length < mostKeys && free && (
              <Button
                variant="subtle"
                size="xs"
                leftSection={<Plus size="1em" aria-hidden />}
                onClick={() => onChange([...keys, { field: free.key, direction: "asc" }])}
              >
                {t(w.add)}
              </Button>
            )}
            {sort.length > 0 && (
              <Button variant="subtle" size="xs" onClick={() => onChange([])}>
                {t(w.usual)}
              </Button>
            )}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
