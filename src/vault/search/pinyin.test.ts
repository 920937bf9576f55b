// The pinyin of texts: characters with one syllable are read one by one, which must give what their words give.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pinyin } from "pinyin-pro";
import { readingOf } from "./pinyin.ts";
import { random } from "./test-rows.ts";

/** Common characters, those with several syllables among them. */
const common = [
  ..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗重庆银行长城音乐中国朝阳区建设路大厦会计教学校对单曾万石头发展少年",
];

test("a text is read as its words are, whether its characters have one syllable or several", () => {
  const next = random(20);
  for (let round = 0; round < 2000; round++) {
    const length = 5 + Math.floor(next() * 6);
    const text = Array.from({ length }, () => common[Math.floor(next() * common.length)]).join("");
    const syllables = pinyin(text, { toneType: "none", type: "array", v: true });
    assert.equal(readingOf(text)?.syllables, ` ${syllables.join(" ")}`, text);
  }
});

test("short names have the surname's own reading too", () => {
  assert.deepEqual(readingOf("曾国藩"), { syllables: " zeng guo fan| ceng guo fan", initials: "zgf|cgf" });
  assert.deepEqual(readingOf("王伟"), { syllables: " wang wei", initials: "ww" });
  assert.equal(readingOf("万俟卨")?.initials, "mqx|wsx");
});
