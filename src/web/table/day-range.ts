// Days as people name them ("this week", "overdue"), as first and last day. Weeks start on Monday.

/** Both ends are included; YYYY-MM-DD in the person's own time zone. */
export interface DayRange {
  readonly from?: string;
  readonly until?: string;
}

export const dayRangeNames = [
  "today",
  "tomorrow",
  "thisWeek",
  "nextWeek",
  "thisMonth",
  "last7",
  "last30",
  "past",
] as const;
export type DayRangeName = (typeof dayRangeNames)[number];

export function dayRange(name: string, now: Date): DayRange {
  const weekday = (now.getDay() + 6) % 7;
  switch (name) {
    case "today":
      return { from: day(now, 0), until: day(now, 0) };
    case "tomorrow":
      return { from: day(now, 1), until: day(now, 1) };
    case "thisWeek":
      return { from: day(now, -weekday), until: day(now, 6 - weekday) };
    case "nextWeek":
      return { from: day(now, 7 - weekday), until: day(now, 13 - weekday) };
    case "thisMonth":
      return {
        from: dayText(new Date(now.getFullYear(), now.getMonth(), 1)),
        until: dayText(new Date(now.getFullYear(), now.getMonth() + 1, 0)),
      };
    case "last7":
      return { from: day(now, -6), until: day(now, 0) };
    case "last30":
      return { from: day(now, -29), until: day(now, 0) };
    case "past":
      return { until: day(now, -1) };
    default:
      return { from: name, until: name };
  }
}

/** Midnight of the day (plus so many days) in the person's own time zone. */
export function startOfDay(text: string, plus: number): Date {
  const [year = 0, month = 1, date = 1] = text.split("-").map(Number);
  return new Date(year, month - 1, date + plus);
}

export function dayText(date: Date): string {
  return `${String(date.getFullYear()).padStart(4, "0")}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
}

function day(now: Date, plus: number): string {
  return dayText(new Date(now.getFullYear(), now.getMonth(), now.getDate() + plus));
}
