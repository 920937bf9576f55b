// A moment: a typed date and a time of day in the person's own time zone; sent as an instant in UTC.
import { Input, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { dayText, startOfDay } from "../table/day-range.ts";
import { formWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { DateInput, type DateInputProps } from "./DateInput.tsx";
import { noDraft } from "./draft.ts";
import styles from "./forms.module.css";

export function DateTimeInput({ value, onChange, label, description, error, ...rest }: DateInputProps): ReactNode {
  const { t } = useLanguage();
  const at = value === null ? undefined : new Date(value);
  const [day, setDay] = useState(at ? dayText(at) : null);
  const [time, setTime] = useState(at ? clock(at) : "");

  const change = (nextDay: string | null, nextTime: string): void => {
    setDay(nextDay);
    setTime(nextTime);
    if (nextDay === null)
      return onChange(nextTime.trim() === "" ? noDraft : { value: null, problem: t(formWords.notADate) });
    const minutes = minutesOf(nextTime);
    if (minutes === undefined) return onChange({ value: null, problem: t(formWords.timePlaceholder) });
    onChange({ value: new Date(startOfDay(nextDay, 0).getTime() + minutes * 60_000).toISOString() });
  };

  return (
    <Input.Wrapper label={label} description={description} error={error} withAsterisk={rest.withAsterisk ?? false}>
      <div className={styles["dateTime"]}>
        <DateInput
          {...rest}
          aria-label={rest["aria-label"] ?? (typeof label === "string" ? label : undefined)}
          value={day}
          onChange={(draft) =>
            draft.problem === undefined
              ? change(typeof draft.value === "string" ? draft.value : null, time)
              : onChange(draft)
          }
        />
        <TextInput
          aria-label={t(formWords.timeOfDay)}
          placeholder={t(formWords.timePlaceholder)}
          value={time}
          disabled={rest.disabled ?? false}
          onChange={(event) => change(day, event.currentTarget.value)}
        />
      </div>
    </Input.Wrapper>
  );
}

function clock(at: Date): string {
  return `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
}

/** Minutes after midnight; no time means midnight; undefined for what is no time. */
function minutesOf(input: string): number | undefined {
  const text = input.normalize("NFKC").trim();
  if (text === "") return 0;
  const match = /^(\d{1,2}):?(\d{2})$/u.exec(text);
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  return match && hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}
