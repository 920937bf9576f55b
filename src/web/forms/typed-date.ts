// Reads a date as a person types it: 2026-11-23, 2026/11/23, 20261123, 11-23, 11月23日, 23 Nov, today, +3. Nothing is
// guessed: where day and month could be either, the text is refused.
import { dayText } from "../table/day-range.ts";

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** YYYY-MM-DD, or undefined when the text is no date. A date without a year is the next such day. */
export function typedDate(input: string, now: Date): string | undefined {
  const text = input.normalize("NFKC").trim().toLowerCase().replaceAll(/\s+/gu, " ");
  const plus = /^\+(\d{1,4})$/u.exec(text);
  if (plus) return dayText(new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(plus[1])));
  if (text === "today" || text === "今天") return dayText(now);
  if (text === "tomorrow" || text === "明天")
    return dayText(new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1));
  const full = /^(\d{4})[-/.年 ](\d{1,2})[-/.月 ](\d{1,2})日?$/u.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/u.exec(text);
  if (full) return checked(Number(full[1]), Number(full[2]), Number(full[3]));
  const chinese = /^(\d{1,2})月(\d{1,2})日?$/u.exec(text);
  if (chinese) return coming(Number(chinese[1]), Number(chinese[2]), now);
  const named = /^(\d{1,2}) ([a-z]{3})[a-z]*\.?,?(?: (\d{4}))?$/u.exec(text);
  if (named) return byName(named[2] ?? "", Number(named[1]), named[3], now);
  const monthFirst = /^([a-z]{3})[a-z]*\.? (\d{1,2})(?:,? (\d{4}))?$/u.exec(text);
  if (monthFirst) return byName(monthFirst[1] ?? "", Number(monthFirst[2]), monthFirst[3], now);
  const short = /^(\d{1,2})[-](\d{1,2})$/u.exec(text); // month-day, as in ISO dates
  return short ? coming(Number(short[1]), Number(short[2]), now) : undefined;
}

function byName(name: string, date: number, year: string | undefined, now: Date): string | undefined {
  const month = months.indexOf(name) + 1;
  if (month === 0) return undefined;
  return year === undefined ? coming(month, date, now) : checked(Number(year), month, date);
}

function coming(month: number, date: number, now: Date): string | undefined {
  const thisYear = checked(now.getFullYear(), month, date);
  return thisYear !== undefined && thisYear >= dayText(now) ? thisYear : checked(now.getFullYear() + 1, month, date);
}

function checked(year: number, month: number, date: number): string | undefined {
  const day = new Date(year, month - 1, date);
  return day.getMonth() === month - 1 && day.getDate() === date && year >= 1000 ? dayText(day) : undefined;
}
