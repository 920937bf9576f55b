// Days and times as people and spreadsheets write them. A form that can mean two days is only read when the column's
// order is known.
import type { DateOrder } from "../../contract/import-verbs.ts";
import { isDate } from "./values.ts";

export type DateRefusal = "not_a_date" | "ambiguous_date";

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/u;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/u;
const chinese = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$/u;
const compact = /^(\d{4})(\d{2})(\d{2})$/u;
const monthNamed = /^(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ ,-]{1,2}(\d{4})$/u;
const monthFirst = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/u;
const months = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

/** Days of Excel from 1927-05-18 to 2173-10-14: five digits, so that no year and no compact date is taken for one. */
const serial = /^([1-9]\d{4})(?:\.(\d{1,12}))?$/u;
const serialDayZero = Date.UTC(1899, 11, 30);
const dayMs = 86_400_000;

/** The day a text names, as YYYY-MM-DD; a time of day after it is left out. */
export function readDay(text: string, order?: DateOrder): { day: string } | DateRefusal {
  const excel = serial.exec(text);
  if (excel) return { day: new Date(serialDayZero + Number(excel[1]) * dayMs).toISOString().slice(0, 10) };
  const { date, time } = split(text);
  if (time !== undefined && readTime(time) === undefined) return "not_a_date";
  return readDate(date, order);
}

/** The instant a text names, in ISO form; without a zone it is meant `utcOffset` minutes east of UTC. */
export function readInstant(
  text: string,
  order: DateOrder | undefined,
  utcOffset: number,
): { at: string } | DateRefusal {
  const excel = serial.exec(text);
  if (excel) {
    const days = Number(excel[1]) + Number(`0.${excel[2] ?? "0"}`);
    // Excel keeps fractions of a day; times are meant to the second.
    return { at: new Date(serialDayZero + Math.round(days * 86_400) * 1000 - utcOffset * 60_000).toISOString() };
  }
  const { date, time } = split(text);
  const day = readDate(date, order);
  if (typeof day === "string") return day;
  const clock = time === undefined ? { ms: 0, offset: undefined } : readTime(time);
  if (!clock) return "not_a_date";
  const at = Date.parse(`${day.day}T00:00:00Z`) + clock.ms - (clock.offset ?? utcOffset) * 60_000;
  return { at: new Date(at).toISOString() };
}

/** Which order the day-month dates of a column have: that of those which can have but one. Undefined when they differ. */
export function orderOf(texts: Iterable<string>): DateOrder | undefined {
  let found: DateOrder | undefined;
  for (const text of texts) {
    const [, a, , b] = yearLast.exec(split(text.normalize("NFKC").trim()).date) ?? [];
    if (a === undefined || b === undefined) continue;
    const order = Number(a) > 12 ? "dmy" : Number(b) > 12 ? "mdy" : undefined;
    if (order === undefined) continue;
    if (found !== undefined && found !== order) return undefined;
    found = order;
  }
  return found;
}

function readDate(text: string, order: DateOrder | undefined): { day: string } | DateRefusal {
  const first = yearFirst.exec(text);
  if (first) return dayOf(first[1], first[3], first[4]);
  const parts = chinese.exec(text) ?? compact.exec(text);
  if (parts) return dayOf(parts[1], parts[2], parts[3]);
  const last = yearLast.exec(text);
  if (last) return readYearLast(Number(last[1]), Number(last[3]), last[4] ?? "", order);
  const named = monthNamed.exec(text);
  if (named) return dayOf(named[3], monthNumber(named[2] ?? ""), named[1]);
  const english = monthFirst.exec(text);
  return english ? dayOf(english[3], monthNumber(english[1] ?? ""), english[2]) : "not_a_date";
}

function readYearLast(a: number, b: number, year: string, order: DateOrder | undefined): { day: string } | DateRefusal {
  if (order === "dmy") return dayOf(year, b, a);
  if (order === "mdy") return dayOf(year, a, b);
  if (a > 12) return dayOf(year, b, a);
  if (b > 12 || a === b) return dayOf(year, a, b);
  return "ambiguous_date";
}

function monthNumber(name: string): number {
  const lower = name.toLowerCase();
  return (
    months.findIndex(
      (month) => month === lower || month.slice(0, 3) === lower || (lower === "sept" && month === "september"),
    ) + 1
  );
}

function dayOf(
  year: string | number | undefined,
  month: string | number | undefined,
  day: string | number | undefined,
): { day: string } | DateRefusal {
  const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  return isDate(text) ? { day: text } : "not_a_date";
}

/** A date and the time after it: behind a T, a space, or the 日 of a Chinese date. */
function split(text: string): { date: string; time?: string } {
  if (text.length > 60) return { date: "" };
  const found = /^(.*?[\d日号])(?:T| +|(?<=[日号]))(\d{1,2}:.*)$/u.exec(text);
  return found ? { date: (found[1] ?? "").trim(), time: found[2] ?? "" } : { date: text };
}

const clockForm = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(AM|PM))?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/iu;

function readTime(text: string): { ms: number; offset: number | undefined } | undefined {
  const parts = clockForm.exec(text);
  if (!parts) return undefined;
  const [, hourText, minuteText, secondText = "0", fraction = "", half, zone] = parts;
  let hour = Number(hourText);
  const minute = Number(minuteText);
  const second = Number(secondText);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = ((hour * 60 + minute) * 60 + second) * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
  return { ms, offset: zone === undefined ? undefined : zoneMinutes(zone) };
}

function zoneMinutes(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/u.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
