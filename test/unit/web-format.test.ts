// Figures, dates and times of the interface in both languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formats } from "../../src/web/words/format.ts";

const { zh, en } = formats;
const year = new Date().getFullYear();

test("figures are short: 万 and 亿, K, M and B", () => {
  assert.deepEqual(
    [999, 9999, 12_345, 1_256_000, 256_000_000].map((value) => zh.figure(value)),
    ["999", "9,999", "1.2万", "125.6万", "2.6亿"],
  );
  assert.deepEqual(
    [999, 9999, 12_345, 1_256_000, 2_560_000_000].map((value) => en.figure(value)),
    ["999", "9,999", "12.35K", "1.26M", "2.56B"],
  );
  assert.equal(zh.figure(-125_600), "-12.6万");
});

test("numbers, money, shares, bytes and lists", () => {
  assert.equal(en.number(1234.5), "1,234.5");
  assert.equal(zh.number(1234.5, 2), "1,234.50");
  assert.equal(zh.money(125.6, "CNY"), "¥125.60");
  assert.equal(en.percent(0.256), "26%");
  assert.equal(en.bytes(999), "999 B");
  assert.equal(en.bytes(1_234_567), "1.2 MB");
  assert.equal(zh.list(["甲", "乙"]), "甲、乙");
  assert.equal(en.list(["A", "B"]), "A, B");
});

test("a bare day is a day here, whatever the time zone", () => {
  assert.equal(zh.date("2020-11-23"), "2020年11月23日");
  assert.equal(en.date("2020-11-23"), "23 Nov 2020");
  const day = new Date(year, 10, 23);
  assert.equal(zh.date(day), `11月23日 ${["周日", "周一", "周二", "周三", "周四", "周五", "周六"][day.getDay()]}`);
  assert.equal(en.date(day), `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][day.getDay()]} 23 Nov`);
});

test("times have two digits, with the day and to the second", () => {
  const at = new Date(year, 8, 3, 7, 5, 9);
  assert.equal(zh.time(at), "07:05");
  assert.equal(zh.dateTime(at), "9月3日 07:05");
  assert.equal(en.dateTime(at), "3 Sep, 07:05");
  assert.equal(en.exact(at), `${year}-09-03 07:05:09`);
});

test("a moment to come is said by its time, with the day when that is another one", () => {
  const now = new Date(year, 8, 3, 7, 5, 9);
  assert.equal(zh.moment(new Date(year, 8, 3, 23, 59), now), "23:59");
  assert.equal(zh.moment(new Date(year, 8, 4, 8, 0), now), "9月4日 08:00");
  assert.equal(en.moment(new Date(year, 8, 4, 0, 0).toISOString(), now), "4 Sep, 00:00");
});

test("near moments are said from now, far ones as dates", () => {
  const now = new Date(year, 5, 15, 12, 0, 0);
  const ago = (ms: number): Date => new Date(now.getTime() - ms);
  const minute = 60_000;
  assert.deepEqual(
    [ago(10_000), ago(3 * minute), ago(2 * 60 * minute), ago(24 * 60 * minute)].map((at) => zh.relative(at, now)),
    ["刚刚", "3 分钟前", "2 小时前", "昨天 12:00"],
  );
  assert.deepEqual(
    [ago(-5 * minute), ago(24 * 60 * minute), ago(-24 * 60 * minute), ago(-10 * 24 * 60 * minute)].map((at) =>
      en.relative(at, now),
    ),
    ["in 5 min", "yesterday 12:00", "tomorrow 12:00", "in 10 days"],
  );
  assert.equal(en.relative(ago(10 * 24 * 60 * minute), now), en.date(new Date(year, 5, 5)));
});
