// The pure rules of searching: forms of texts, pinyin, tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, searchWords } from "./normalise.ts";
import { readingOf } from "./pinyin.ts";
import { segmentations, syllablesBeginWith } from "./syllables.ts";
import { random } from "./test-rows.ts";
import { matchWord, tokensOf } from "./tokens.ts";

test("full width, case, brackets and quotes make no difference", () => {
  assert.equal(fold("ＡＣＭＥ（北京）“科技”"), "acme北京科技");
  assert.equal(fold("O'Brien"), "obrien");
  assert.equal(fold("阿凡提·买买提"), "阿凡提买买提");
});

test("words are split, each once, and a typed legal form does not narrow", () => {
  assert.deepEqual(searchWords(" 华信科技有限公司  Acme acme 有限公司"), ["华信科技", "acme", "有限公司"]);
  for (const typed of ["华信科技股份有限公司", "华信（科技）集团有限公司", "华信科技有限责任公司"]) {
    assert.deepEqual(searchWords(typed), ["华信科技"]);
  }
  assert.deepEqual(searchWords("子公司 建设集团 张有限公司"), ["子公司", "建设集团", "张有限公司"]);
});

test("a surname may be read in its own way, words in their context", () => {
  assert.deepEqual(readingOf("张三"), { syllables: " zhang san", initials: "zs" });
  assert.deepEqual(readingOf("曾国藩"), { syllables: " zeng guo fan| ceng guo fan", initials: "zgf|cgf" });
  assert.deepEqual(readingOf("万俟卨")?.initials, "mqx|wsx");
  assert.deepEqual(readingOf("重庆银行"), { syllables: " chong qing yin hang", initials: "cqyh" });
  assert.deepEqual(readingOf("tcl科技"), { syllables: " = ke ji", initials: "tclkj" });
  assert.deepEqual(readingOf("吕布")?.syllables, " lv bu");
  assert.equal(readingOf("acme"), undefined);
});

test("typed letters are split into syllables and initials", () => {
  const pieces = (letters: string): string[] => segmentations(letters).map((one) => one.pieces.join(" "));
  assert.equal(pieces("zhangsan")[0], "zhang san");
  assert.deepEqual(new Set(pieces("xian").slice(0, 2)), new Set(["xian", "xi an"].slice(0, 1).concat("xia n")));
  assert.ok(pieces("xian").includes("xi an"));
  assert.ok(pieces("lidh").includes("li d h"));
  assert.deepEqual(pieces("zs"), [], "plain initials are no segmentation");
  assert.deepEqual(pieces("vvv"), []);
  assert.ok(segmentations("zhangsanlisiwangwuzhaoliuzhangsanlisiwan").length <= 12);
  assert.ok(syllablesBeginWith(" wang xiao ming| wang xiao ming", ["xiao", "m"]));
  assert.ok(!syllablesBeginWith(" wang xiao| ming", ["xiao", "ming"]), "alternatives are not neighbours");
});

test("tokens never miss: every part of a text is narrowed to tokens the text has", () => {
  const next = random(1);
  const alphabet = [..."北京华信科技张三王a b-cd1é𠮷ー", " "];
  let narrowed = 0;
  for (let round = 0; round < 3000; round++) {
    const text = Array.from(
      { length: 1 + Math.floor(next() * 12) },
      () => alphabet[Math.floor(next() * alphabet.length)],
    ).join("");
    const characters = [...fold(text)];
    const start = Math.floor(next() * characters.length);
    const word = characters.slice(start, start + 1 + Math.floor(next() * 5)).join("");
    if (word.trim() !== word || word === "" || word.includes(" ")) continue;
    const { expression } = matchWord(word);
    if (expression === undefined) continue;
    narrowed++;
    const tokens = new Set(tokensOf(fold(text), readingOf(fold(text))).split(" "));
    // The first alternative is that of the text itself.
    const needed = [...(/\(([^()]*)\)/u.exec(expression)?.[1] ?? "").matchAll(/"([^"]*)"/gu)].map(
      (match) => match[1] ?? "",
    );
    assert.ok(needed.length > 0 && needed.every((token) => tokens.has(token)), `${word} in ${text}: ${needed.join()}`);
  }
  assert.ok(narrowed > 1000);
});
