// Which columns a list shows, in which order, and how high its rows are.
import { ActionIcon, Button, Checkbox, Popover } from "@mantine/core";
import { ArrowDown, ArrowUp, Columns3 } from "lucide-react";
import type { ReactNode } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { columnWords } from "../words/lists.ts";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { columnChoices, shownColumns } from "./list-columns.ts";
import type { ListState } from "./list-state.ts";
import { useDensity } from "./density.ts";
import styles from "./table.module.css";

interface Props {
  readonly object: SchemaObject;
  readonly columns: ListState["columns"];
  readonly onChange: (columns: ListState["columns"]) => void;
}

export function ColumnChooser({ object, columns, onChange }: Props): ReactNode {
  const { t } = useLanguage();
  const [compact, setCompact] = useDensity();
  const shown = shownColumns(object, columns).filter(({ key }) => key !== object.nameField);
  const hidden = columnChoices(object).filter((field) => field.key !== object.nameField && !shown.includes(field));
  const keys = shown.map(({ key }) => key);
  const move = (key: string, by: -1 | 1): void => {
    const at = keys.indexOf(key);
    const other = keys[at + by];
    if (other !== undefined) onChange(keys.map((one, index) => (index === at ? other : index === at + by ? key : one)));
  };

  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <Button variant="default" size="xs" leftSection={<Columns3 size="1em" aria-hidden />}>
          {t(listWords.columns)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <fieldset className={styles["chooser"]}>
          <legend className={styles["chooserHint"]}>{t(listWords.columnsHint)}</legend>
          <ul>
            {[...shown, ...hidden].map((field) => {
              const at = keys.indexOf(field.key);
              const name = t(field.labels);
              return (
                <li key={field.key}>
                  <Checkbox
                    label={name}
                    checked={at >= 0}
                    onChange={() => onChange(at >= 0 ? keys.filter((key) => key !== field.key) : [...keys, field.key])}
                  />
                  {at >= 0 && (
                    <span>
                      <ActionIcon
                        aria-label={t(listWords.moveUp, { name })}
                        disabled={at === 0}
                        onClick={() => move(field.key, -1)}
                      >
                        <ArrowUp size="1em" aria-hidden />
                      </ActionIcon>
                      <ActionIcon
                        aria-label={t(listWords.moveDown, { name })}
                        disabled={at === keys.length - 1}
                        onClick={() => move(field.key, 1)}
                      >
                        <ArrowDown size="1em" aria-hidden />
                      </ActionIcon>
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
          <Checkbox
            label={t(columnWords.compact)}
            checked={compact}
            onChange={(event) => setCompact(event.currentTarget.checked)}
          />
          {columns !== undefined && (
            <Button variant="subtle" size="xs" onClick={() => onChange(undefined)}>
              {t(listWords.columnsReset)}
            </Button>
          )}
        </fieldset>
      </Popover.Dropdown>
    </Popover>
  );
}
