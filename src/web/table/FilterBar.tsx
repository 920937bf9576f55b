// The search box and the filters in words above a list.
import { Button, CloseButton, Popover, SegmentedControl, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { ListFilter, Search } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import type { Names } from "../record/value-text.ts";
import { FilterChip } from "../ui/FilterChip.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { chipText } from "./chip-text.ts";
import { FilterEditor } from "./FilterEditor.tsx";
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
  const known = useChipNames(object, state.chips, names);
  const apply = (at: number, chip: ListState["chips"][number]): void => {
    change({ chips: at < 0 ? [...state.chips, chip] : state.chips.map((old, index) => (index === at ? chip : old)) });
    setEditing(undefined);
  };
  const editor = (at: number): ReactNode => (
    <Popover.Dropdown>
      <FilterEditor
        fields={object.fields}
        chip={state.chips[at]}
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
      {state.chips.map((chip, index) => {
        const field = object.fields.find(({ key }) => key === chip.field);
        return field ? (
          <Popover
            key={`${chip.field} ${index}`}
            opened={editing === index}
            onChange={() => setEditing(undefined)}
            trapFocus
            closeOnEscape={false}
            position="bottom-start"
          >
            <Popover.Target>
              <span>
                <FilterChip
                  text={chipText(chip, field, known, tools)}
                  onEdit={() => setEditing(index)}
                  onRemove={() => change({ chips: state.chips.filter((other) => other !== chip) })}
                />
              </span>
            </Popover.Target>
            {editor(index)}
          </Popover>
        ) : null;
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
        <Button variant="subtle" size="xs" onClick={() => change({ chips: [] })}>
          {t(listWords.clearFilters)}
        </Button>
      )}
      <div className={styles["filterEnd"]}>{children}</div>
    </div>
  );
}

/** Names for filters whose ids came by the address, asked for only where the rows do not name them. */
function useChipNames(object: SchemaObject, chips: ListState["chips"], names: Names): Names {
  const targets = chips.flatMap((chip) => {
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

interface SearchProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** `/` leads here from anywhere on the page. */
function SearchBox({ label, value, onChange }: SearchProps): ReactNode {
  const { t } = useLanguage();
  const [text, setText] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const reported = useRef(value);
  const report = useDebouncedCallback((next: string) => {
    reported.current = next;
    onChange(next);
  }, 200);

  useEffect(() => {
    // Cleared elsewhere on the page.
    if (value === reported.current) return;
    reported.current = value;
    setText(value);
  }, [value]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const set = (next: string): void => {
    setText(next);
    report(next);
  };

  return (
    <TextInput
      ref={input}
      type="search"
      className={styles["search"] ?? ""}
      aria-label={label}
      placeholder={label}
      title={t(listWords.searchHint)}
      aria-keyshortcuts="/"
      autoComplete="off"
      maxLength={200}
      leftSection={<Search size="1em" aria-hidden />}
      rightSection={
        text === "" ? undefined : (
          <CloseButton size="sm" aria-label={t(listWords.clearSearch)} onClick={() => set("")} />
        )
      }
      value={text}
      onChange={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && text !== "") set("");
      }}
    />
  );
}

export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName) ||
      target.closest("[role=dialog]") !== null)
  );
}
