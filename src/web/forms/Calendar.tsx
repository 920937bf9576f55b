// A month to pick a day from. Arrow keys move by day and week, Page Up and Page Down by month; weeks start on Monday.
import { ActionIcon, Button } from "@mantine/core";
import { ChevronLeft, ChevronRight } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { dayText, startOfDay } from "../table/day-range.ts";
import { formWords } from "../words/records.ts";
import { languageTag, useLanguage } from "../words/words.ts";
import styles from "./forms.module.css";

export function Calendar({
  value,
  onPick,
}: {
  readonly value: string | null;
  readonly onPick: (day: string) => void;
}): ReactNode {
  const { t, language, format } = useLanguage();
  const today = dayText(new Date());
  const [focused, setFocused] = useState(value ?? today);
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(false);
  const at = startOfDay(focused, 0);
  const tag = languageTag(language);

  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLButtonElement>(`[data-day="${focused}"]`)?.focus();
  }, [focused]);

  const move = (days: number, months = 0): void => {
    moved.current = true;
    const month = new Date(at.getFullYear(), at.getMonth() + months, 1);
    const last = new Date(month.getFullYear(), month.getMonth() + 1, 0).getDate();
    setFocused(
      dayText(
        months === 0
          ? new Date(at.getFullYear(), at.getMonth(), at.getDate() + days)
          : new Date(month.getFullYear(), month.getMonth(), Math.min(at.getDate(), last)),
      ),
    );
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(...step);
  };

  return (
    <div className={styles["calendar"]}>
      <div className={styles["calendarHead"]}>
        <ActionIcon aria-label={t(formWords.previousMonth)} onClick={() => move(0, -1)}>
          <ChevronLeft size="1em" aria-hidden />
        </ActionIcon>
        <strong aria-live="polite">{at.toLocaleDateString(tag, { year: "numeric", month: "long" })}</strong>
        <ActionIcon aria-label={t(formWords.nextMonth)} onClick={() => move(0, 1)}>
          <ChevronRight size="1em" aria-hidden />
        </ActionIcon>
      </div>
      <table ref={grid} role="grid" onKeyDown={onKeyDown}>
        <thead>
          <tr>
            {weekOf(new Date(2024, 0, 1)).map((day) => (
              <th key={day.getDay()} scope="col" abbr={day.toLocaleDateString(tag, { weekday: "long" })}>
                {day.toLocaleDateString(tag, { weekday: "narrow" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(at).map((week) => (
            <tr key={dayText(week)}>
              {weekOf(week).map((day) => {
                const text = dayText(day);
                return (
                  <td key={text} role="gridcell" aria-selected={text === value}>
                    <button
                      type="button"
                      data-day={text}
                      className={styles["calendarDay"]}
                      data-outside={day.getMonth() !== at.getMonth() || undefined}
                      data-selected={text === value || undefined}
                      aria-current={text === today ? "date" : undefined}
                      aria-label={format.date(day)}
                      tabIndex={text === focused ? 0 : -1}
                      onClick={() => onPick(text)}
                    >
                      {day.getDate()}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <Button variant="subtle" size="xs" onClick={() => onPick(today)}>
        {t(formWords.today)}
      </Button>
    </div>
  );
}

const steps: Readonly<Record<string, [days: number, months?: number]>> = {
  ArrowLeft: [-1],
  ArrowRight: [1],
  ArrowUp: [-7],
  ArrowDown: [7],
  PageUp: [0, -1],
  PageDown: [0, 1],
};

/** The Mondays of the weeks that show the month. */
function weeksOf(at: Date): readonly Date[] {
  const first = new Date(at.getFullYear(), at.getMonth(), 1);
  const offset = (first.getDay() + 6) % 7;
  const days = new Date(at.getFullYear(), at.getMonth() + 1, 0).getDate();
  return Array.from(
    { length: Math.ceil((offset + days) / 7) },
    (_, week) => new Date(at.getFullYear(), at.getMonth(), 1 - offset + week * 7),
  );
}

function weekOf(monday: Date): readonly Date[] {
  return Array.from(
    { length: 7 },
    (_, day) => new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + day),
  );
}
