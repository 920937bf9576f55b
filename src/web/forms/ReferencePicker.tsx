// Picks a record of another object by what a person remembers of its name. Only what he may see is suggested; where he
// may create such records, what he typed can become one without leaving the form.
import { Combobox, InputBase, Loader, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import { apiQuery, keepPreviousData, useMe, useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { formWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { type Draft, noDraft } from "./draft.ts";
import styles from "./forms.module.css";

interface Props {
  readonly object: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly label?: ReactNode;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly withAsterisk?: boolean;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  readonly placeholder?: string;
  readonly "aria-label"?: string | undefined;
  readonly name?: string;
  readonly onCreate?: ((object: string, name: string) => void) | undefined;
}

const createOption = "+";

export function ReferencePicker({ object, draft, onChange, onCreate, withAsterisk, ...rest }: Props): ReactNode {
  const { t } = useLanguage();
  const [text, setText] = useState<string>();
  const [debounced] = useDebouncedValue(text ?? "", 150);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const schema = useSchema().data;
  const me = useMe();
  const target = schema?.objects.find(({ key }) => key === object);
  const found = useQuery({
    ...apiQuery("suggestRecords", { path: { object }, body: { text: debounced, limit: 20 } }),
    enabled: combobox.dropdownOpened && target !== undefined,
    placeholderData: keepPreviousData,
  });

  const others = found.data?.items ?? [];
  const items =
    object === "user" && me && debounced === ""
      ? [{ id: me.userId, name: me.name }, ...others.filter(({ id }) => id !== me.userId)]
      : others;
  const typed = (text ?? "").trim();
  const canCreate =
    onCreate !== undefined &&
    typed !== "" &&
    (target?.can.create ?? "none") !== "none" &&
    target?.fields.some(({ key, level }) => key === target.nameField && level === "write");
  const shown = text ?? (draft.value === null ? "" : (draft.label ?? t(valueWords.unknownRecord)));

  const submit = (value: string): void => {
    if (value === createOption) onCreate?.(object, typed);
    else onChange({ value, label: items.find(({ id }) => id === value)?.name });
    setText(undefined);
    combobox.closeDropdown();
  };

  return (
    <Combobox store={combobox} onOptionSubmit={submit} withinPortal>
      <Combobox.Target>
        <InputBase
          {...rest}
          withAsterisk={withAsterisk ?? false}
          component="input"
          autoComplete="off"
          value={shown}
          placeholder={rest.placeholder ?? t(formWords.typeToSearch)}
          rightSectionPointerEvents={draft.value === null ? "none" : "all"}
          rightSection={
            found.isFetching ? (
              <Loader size="xs" />
            ) : draft.value !== null && rest.required !== true && rest.disabled !== true ? (
              <Combobox.ClearButton aria-label={t(formWords.clear)} onClear={() => onChange(noDraft)} />
            ) : (
              <Combobox.Chevron />
            )
          }
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
            combobox.updateSelectedOptionIndex();
          }}
          onClick={() => combobox.openDropdown()}
          onFocus={(event) => event.currentTarget.select()}
          onBlur={() => {
            combobox.closeDropdown();
            if (text !== undefined && typed === "") onChange(noDraft);
            setText(undefined);
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options
          className={styles["options"]}
          aria-label={target ? t(formWords.pick, { object: inSentence(t(target.labels)) }) : undefined}
        >
          {items.map((item) => (
            <Combobox.Option key={item.id} value={item.id} active={item.id === draft.value}>
              {item.name}
              {item.id === me?.userId && <span className={styles["second"]}> · {t(valueWords.me)}</span>}
            </Combobox.Option>
          ))}
          {items.length === 0 && (
            <Combobox.Empty>{found.isPending ? t(formWords.searching) : t(formWords.nothingFound)}</Combobox.Empty>
          )}
          {canCreate === true && (
            <Combobox.Option value={createOption} className={styles["createOption"]}>
              <Plus size="1em" aria-hidden />{" "}
              {t(formWords.createNamed, { object: inSentence(t(target?.labels ?? formWords.clear)), name: typed })}
            </Combobox.Option>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
