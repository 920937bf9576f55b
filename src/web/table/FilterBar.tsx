// The search box and the filters in words above a list: conditions as chips, groups of them in a sheet beside it.
import { Button, Popover, SegmentedControl } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { ListFilter, Parentheses } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery, useMe } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import type { Names } from "../record/value-text.ts";
import { FilterChip } from "../ui/FilterChip.tsx";
import { listWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { Sheet } from "../ui/Sheet.tsx";
import { filterWords } from "../words/lists.ts";
import { itemText } from "./chip-text.ts";
import { FilterTree } from "./FilterTree.tsx";
import { SearchBox } from "./SearchBox.tsx";
import { FilterEditor } from "./FilterEditor.tsx";
import { type Chip, chipsOf, type FilterItem, isGroup } from "./filter-model.ts";
import type { ChangeList, ListState } from "./list-state.ts";
import styles from "./table.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly state: ListState;
  readonly change: ChangeList;
  /** Of records that the rows name. */
  readonly names: Names;
  /** Stands at the right end. */
  readonly children?: ReactNode;
}

export function FilterBar({ object, state, change, names, children }: Props): ReactNode {
  const { t, format } = useLanguage();
  /** -1: a new filter; otherwise the place of the one being changed. */
  const [editing, setEditing] = useState<number>();
  const tools = { t, format };
  const me = useMe();
  const others = useChipNames(object, state.chips, names);
  // One's own name reads as “me”.
  const known = me ? { ...others, [me.userId]: inSentence(t(valueWords.me)) } : others;
  const [combining, setCombining] = useState(false);
  const apply = (at: number, chip: FilterItem): void => {
    change({ chips: at < 0 ? [...state.chips, chip] : state.chips.map((old, index) => (index === at ? chip : old)) });
    setEditing(undefined);
  };
  const editor = (at: number): ReactNode => (
    <Popover.Dropdown>
      <FilterEditor
        fields={object.fields}
        chip={chipAt(state.chips, at)}
        onApply={(chip) => apply(at, chip)}
        onCancel={() => setEditing(undefined)}
      />
    </Popover.Dropdown>
  );

  return (
    <div className={styles["filterBar"]}>
      <SearchBox
        key={object.key}
        label={t(listWords.search, { objects: inSentence(t(object.plural)) })}
        value={state.search}
        onChange={(search) => change({ search })}
      />
      {state.chips.map((item, index) => {
        const text = itemText(item, object.fields, known, tools);
        return text === undefined ? null : (
          <Popover
            key={`${text} ${index}`}
            opened={editing === index}
            withRoles={false}
            onChange={() => setEditing(undefined)}
            trapFocus
            closeOnEscape={false}
            position="bottom-start"
          >
            <Popover.Target>
              <span>
                <FilterChip
                  text={text}
                  onEdit={() => (isGroup(item) ? setCombining(true) : setEditing(index))}
                  onRemove={() => change({ chips: state.chips.filter((other) => other !== item) })}
                />
              </span>
            </Popover.Target>
            {editor(index)}
          </Popover>
        );
      })}
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
            leftSection={<ListFilter size="1em" aria-hidden />}
            aria-expanded={editing === -1}
            onClick={() => setEditing(editing === -1 ? undefined : -1)}
          >
            {t(listWords.addFilter)}
          </Button>
        </Popover.Target>
        {editor(-1)}
      </Popover>
      {state.chips.length > 1 && (
        <SegmentedControl
          size="xs"
          value={state.match}
          onChange={(match) => change({ match: match === "any" ? "any" : "all" })}
          data={[
            { value: "all", label: t(listWords.matchAll) },
            { value: "any", label: t(listWords.matchAny) },
          ]}
        />
      )}
      {state.chips.length > 0 && (
        <Button
          variant="subtle"
          size="xs"
          leftSection={<Parentheses size="1em" aria-hidden />}
          onClick={() => setCombining(true)}
        >
          {t(filterWords.advanced)}
        </Button>
      )}
      {state.chips.length > 0 && (
        <Button variant="subtle" size="xs" onClick={() => change({ chips: [] })}>
          {t(listWords.clearFilters)}
        </Button>
      )}
      <div className={styles["filterEnd"]}>{children}</div>
      <Sheet
        opened={combining}
        onClose={() => setCombining(false)}
        title={t(filterWords.editorTitle, { objects: inSentence(t(object.plural)) })}
        footer={<Button onClick={() => setCombining(false)}>{t(filterWords.done)}</Button>}
      >
        <FilterTree
          fields={object.fields}
          group={{ match: state.match, items: state.chips }}
          names={known}
          onChange={({ match, items }) => change({ match, chips: items })}
        />
      </Sheet>
    </div>
  );
}

function chipAt(items: readonly FilterItem[], at: number): Chip | undefined {
  const item = items[at];
  return item && !isGroup(item) ? item : undefined;
}

/** Names for filters whose ids came by the address, asked for only where the rows do not name them. */
function useChipNames(object: SchemaObject, items: readonly FilterItem[], names: Names): Names {
  const targets = chipsOf(items).flatMap((chip) => {
    const { type, target } = object.fields.find(({ key }) => key === chip.field) ?? {};
    const unnamed = chip.values.some(({ value, label }) => label === "" && names[String(value)] === undefined);
    return type === "reference" && target !== undefined && unnamed ? [target] : [];
  });
  return useQueries({
    queries: [...new Set(targets)].map((target) =>
      apiQuery("suggestRecords", { path: { object: target }, body: { text: "", limit: 50 } }),
    ),
    combine: (answers) =>
      answers.reduce<Names>(
        (all, { data }) => ({ ...all, ...Object.fromEntries((data?.items ?? []).map(({ id, name }) => [id, name])) }),
        names,
      ),
  });
}
