// Figures, dates and times as each language writes them: 125.6万 and 1.26M, 11月23日 周一 and Mon 23 Nov.
import type { Language } from "../../contract/problem.ts";

export interface Format {
  /** Grouped, exact: 12,345.6. */
  number(value: number, decimals?: number): string;
  /** Short, for tiles: 125.6万 / 1.26M. */
  figure(value: number): string;
  /** With the currency's sign and grouping. */
  money(value: number, currency: string): string;
  /** Short, for sums and tiles: ¥125.6万 / $1.26M. */
  moneyFigure(value: number, currency: string): string;
  percent(share: number): string;
  /** A day (`YYYY-MM-DD`) or instant: 11月23日 周一 / Mon 23 Nov; with the year when it is another one. */
  date(value: string | Date): string;
  /** With the year, for what is printed or kept: 2026年11月23日 / 23 Nov 2026. */
  day(value: string | Date): string;
  /** 19:45 */
  time(value: string | Date): string;
  /** 11月23日 19:45 / 23 Nov, 19:45 */
  dateTime(value: string | Date): string;
  /** When something will be: 19:45 today, else with the day. */
  moment(value: string | Date, now?: Date): string;
  /** To the second, for the audit log: 2026-11-23 19:45:08. */
  exact(value: string | Date): string;
  /** 3 分钟前, 昨天 19:45 / 3 min ago, yesterday 19:45; a date when it is further away. Also ahead of now. */
  relative(value: string | Date, now?: Date): string;
  /** 1.2 MB */
  bytes(value: number): string;
  /** 甲、乙 / A, B */
  list(items: readonly string[]): string;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const formats: Record<Language, Format> = { zh: formatsOf("zh"), en: formatsOf("en") };

function formatsOf(language: Language): Format {
  const zh = language === "zh";
  const locale = zh ? "zh-CN" : "en-GB";
  const plain = new Intl.NumberFormat(zh ? "zh-CN" : "en-US", { maximumFractionDigits: 6 });
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const month = new Intl.DateTimeFormat("en-GB", { month: "short" });

  const currencies = new Map<string, Intl.NumberFormat>();
  const moneyOf = (currency: string): Intl.NumberFormat => {
    let made = currencies.get(currency);
    if (!made) {
      const style = {
        style: "currency",
        currencyDisplay: "narrowSymbol",
        trailingZeroDisplay: "stripIfInteger",
      } as const;
      made = new Intl.NumberFormat(zh ? "zh-CN" : "en-US", { ...style, currency });
      currencies.set(currency, made);
    }
    return made;
  };
  const number = (value: number, decimals?: number): string =>
    decimals === undefined
      ? plain.format(value)
      : value.toLocaleString(zh ? "zh-CN" : "en-US", {
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        });
  const time = (value: string | Date): string => clock.format(toDate(value));
  const dayAndMonth = (at: Date): string =>
    zh ? `${at.getMonth() + 1}月${at.getDate()}日` : `${at.getDate()} ${month.format(at).slice(0, 3)}`;
  const withYear = (at: Date): string =>
    zh ? `${at.getFullYear()}年${dayAndMonth(at)}` : `${dayAndMonth(at)} ${at.getFullYear()}`;
  const thisYear = (at: Date): boolean => at.getFullYear() === new Date().getFullYear();

  const date = (value: string | Date): string => {
    const at = toDate(value);
    if (!thisYear(at)) return withYear(at);
    return zh ? `${dayAndMonth(at)} ${weekday.format(at)}` : `${weekday.format(at)} ${dayAndMonth(at)}`;
  };
  const dateTime = (value: string | Date): string => {
    const at = toDate(value);
    return `${thisYear(at) ? dayAndMonth(at) : withYear(at)}${zh ? " " : ", "}${time(at)}`;
  };
  const relative = (value: string | Date, now = new Date()): string => {
    const at = toDate(value);
    const past = now.getTime() - at.getTime();
    const far = Math.abs(past);
    if (far < minute) return zh ? "刚刚" : "just now";
    if (far < hour) return ago(Math.floor(far / minute), zh ? "分钟" : "min", past > 0, zh);
    const days = daysBetween(at, now);
    if (days === 0) return ago(Math.floor(far / hour), zh ? "小时" : "h", past > 0, zh);
    if (days === 1) return `${zh ? "昨天" : "yesterday"} ${time(at)}`;
    if (days === -1) return `${zh ? "明天" : "tomorrow"} ${time(at)}`;
    if (days < 0 && days > -60) return zh ? `${-days} 天后` : `in ${-days} days`;
    return date(at);
  };
  return {
    number,
    figure: (value) => figure(value, zh),
    money: (value, currency) => moneyOf(currency).format(value),
    moneyFigure: (value, currency) => {
      const parts = moneyOf(currency).formatToParts(0);
      const sign = parts.find(({ type }) => type === "currency")?.value ?? currency;
      return `${value < 0 ? "-" : ""}${sign}${figure(Math.abs(value), zh)}`;
    },
    percent: (share) => `${Math.round(share * 100)}%`,
    date,
    day: (value) => withYear(toDate(value)),
    time,
    dateTime,
    moment: (value, now = new Date()) => (daysBetween(toDate(value), now) === 0 ? time(value) : dateTime(value)),
    exact: (value) => exact(toDate(value)),
    relative,
    bytes,
    list: (items) => items.join(zh ? "、" : ", "),
  };
}

function figure(value: number, zh: boolean): string {
  const steps: readonly (readonly [number, string])[] = zh
    ? [
        [1e8, "亿"],
        [1e4, "万"],
      ]
    : [
        [1e9, "B"],
        [1e6, "M"],
        [1e4, "K"],
      ];
  for (const [from, unit] of steps) {
    if (Math.abs(value) < from) continue;
    const scaled = value / (unit === "K" ? 1e3 : from);
    return `${scaled.toLocaleString("en-US", { maximumFractionDigits: zh ? 1 : 2 })}${unit}`;
  }
  return value.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

function ago(count: number, unit: string, past: boolean, zh: boolean): string {
  if (zh) return `${count} ${unit}${past ? "前" : "后"}`;
  return past ? `${count} ${unit} ago` : `in ${count} ${unit}`;
}

/** Calendar days from one moment to another, in this place's time. */
function daysBetween(from: Date, to: Date): number {
  const midnight = (at: Date): number => new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
  return Math.round((midnight(to) - midnight(from)) / day);
}

function exact(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function bytes(value: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let scaled = value;
  let step = 0;
  while (scaled >= 1000 && step < units.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  return `${scaled.toLocaleString("en-US", { maximumFractionDigits: scaled < 10 && step > 0 ? 1 : 0 })} ${units[step] ?? "B"}`;
}

/** A bare day is meant in this place's time, not in UTC. */
function toDate(value: string | Date): Date {
  if (value instanceof Date) return value;
  return new Date(/^\d{4}-\d{2}-\d{2}$/u.test(value) ? `${value}T00:00:00` : value);
}
