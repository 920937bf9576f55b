// A date that is typed in any usual form, or picked in a calendar. What was understood is shown as a whole date on
// leaving the input; what cannot be understood is said, never guessed.
import { ActionIcon, Popover, TextInput } from "@mantine/core";
import { CalendarDays } from "lucide-react";
import { type ReactNode, useState } from "react";
import { formWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { Calendar } from "./Calendar.tsx";
import { type Draft, noDraft } from "./draft.ts";
import { typedDate } from "./typed-date.ts";

export interface DateInputProps {
  readonly value: string | null;
  readonly onChange: (draft: Draft) => void;
  readonly label?: ReactNode;
  readonly description?: ReactNode;
  readonly error?: ReactNode;
  readonly required?: boolean;
  readonly withAsterisk?: boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  readonly placeholder?: string;
  readonly "aria-label"?: string | undefined;
  readonly name?: string;
}

export function DateInput({ value, onChange, ...rest }: DateInputProps): ReactNode {
  const { t } = useLanguage();
  const [typed, setTyped] = useState<string>();
  const [open, setOpen] = useState(false);

  const read = (text: string): void => {
    setTyped(text);
    if (text.trim() === "") return onChange(noDraft);
    const date = typedDate(text, new Date());
    onChange(date === undefined ? { value: null, problem: t(formWords.notADate) } : { value: date });
  };

  return (
    <TextInput
      {...rest}
      autoComplete="off"
      placeholder={rest.placeholder ?? t(formWords.datePlaceholder)}
      value={typed ?? value ?? ""}
      onChange={(event) => read(event.currentTarget.value)}
      onBlur={() => {
        if (value !== null) setTyped(undefined);
      }}
      rightSection={
        <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus withinPortal>
          <Popover.Target>
            <ActionIcon
              aria-label={t(formWords.openCalendar)}
              disabled={rest.disabled ?? false}
              onClick={() => setOpen(!open)}
            >
              <CalendarDays size="1em" aria-hidden />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <Calendar
              value={value}
              onPick={(date) => {
                setTyped(undefined);
                setOpen(false);
                onChange({ value: date });
              }}
            />
          </Popover.Dropdown>
        </Popover>
      }
    />
  );
}
