// Conditions in groups within groups, each in words: all of a group or any of it. A condition is changed by clicking it.
import { Button, Popover, SegmentedControl } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import type { Names } from "../record/value-text.ts";
import { FilterChip } from "../ui/FilterChip.tsx";
import { filterWords as w } from "../words/lists.ts";
import { useLanguage } from "../words/words.ts";
import { itemText } from "./chip-text.ts";
import { FilterEditor } from "./FilterEditor.tsx";
import { type Chip, type FilterGroup, type FilterItem, isGroup } from "./filter-model.ts";
import styles from "./table.module.css";

interface Props {
  readonly fields: readonly SchemaField[];
  readonly group: FilterGroup;
  readonly names: Names;
  readonly depth?: number;
  readonly onChange: (group: FilterGroup) => void;
  readonly onRemove?: () => void;
}

/** Groups in groups that a person can still read. */
const deepest = 3;

export function FilterTree({ fields, group, names, depth = 1, onChange, onRemove }: Props): ReactNode {
  const { t, format } = useLanguage();
  /** -1: a new condition. */
  const [editing, setEditing] = useState<number>();
  const put = (items: readonly FilterItem[]): void => onChange({ ...group, items });
  const replace = (at: number, item: FilterItem): void =>
    put(group.items.map((one, index) => (index === at ? item : one)));
  const remove = (at: number): void => put(group.items.filter((_, index) => index !== at));
  const apply = (at: number, chip: Chip): void => {
    if (at < 0) put([...group.items, chip]);
    else replace(at, chip);
    setEditing(undefined);
  };
  const editor = (at: number, chip: Chip | undefined): ReactNode => (
    <Popover.Dropdown>
      <FilterEditor
        fields={fields}
        chip={chip}
        onApply={(next) => apply(at, next)}
        onCancel={() => setEditing(undefined)}
      />
    </Popover.Dropdown>
  );
  return (
    <div className={styles["group"]} role="group" data-depth={depth}>
      <div className={styles["groupHead"]}>
        <SegmentedControl
          size="xs"
          value={group.match}
          onChange={(match) => onChange({ ...group, match: match === "any" ? "any" : "all" })}
          data={[
            { value: "all", label: t(w.all) },
            { value: "any", label: t(w.any) },
          ]}
        />
        {onRemove && (
          <Button variant="subtle" size="xs" leftSection={<Trash2 size="1em" aria-hidden />} onClick={onRemove}>
            {t(w.removeGroup)}
          </Button>
        )}
      </div>
      {group.items.length === 0 && <p className={styles["second"]}>{t(w.emptyGroup)}</p>}
      {group.items.map((item, at) =>
        isGroup(item) ? (
          <FilterTree
            key={at}
            fields={fields}
            group={item}
            names={names}
            depth={depth + 1}
            onChange={(next) => replace(at, next)}
            onRemove={() => remove(at)}
          />
        ) : (
          <Popover
            key={at}
            opened={editing === at}
            withRoles={false}
            onChange={() => setEditing(undefined)}
            trapFocus
            closeOnEscape={false}
            position="bottom-start"
          >
            <Popover.Target>
              <span className={styles["groupItem"]}>
                <FilterChip
                  text={itemText(item, fields, names, { t, format }) ?? ""}
                  onEdit={() => setEditing(at)}
                  onRemove={() => remove(at)}
                />
              </span>
            </Popover.Target>
            {editor(at, item)}
          </Popover>
        ),
      )}
      <div className={styles["groupFoot"]}>
        <Popover
          opened={editing === -1}
          onChange={() => setEditing(undefined)}
          trapFocus
          closeOnEscape={false}
          position="bottom-start"
        >
          <Popover.Target>
            <Button
              variant="default"
              size="xs"
              leftSection={<Plus size="1em" aria-hidden />}
              onClick={() => setEditing(editing === -1 ? undefined : -1)}
            >
              {t(w.addCondition)}
            </Button>
          </Popover.Target>
          {editor(-1, undefined)}
        </Popover>
        {depth < deepest && (
          <Button
            variant="subtle"
            size="xs"
            leftSection={<Plus size="1em" aria-hidden />}
            onClick={() => put([...group.items, { match: group.match === "any" ? "all" : "any", items: [] }])}
          >
            {t(w.addGroup)}
          </Button>
        )}
      </div>
    </div>
  );
}
