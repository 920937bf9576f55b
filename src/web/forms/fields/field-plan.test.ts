// Keys of new fields and options are valid and unique whatever the labels are.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import { bothLabels, isKey, keyFrom, keyFromChinese, optionKeys, suggestedClass } from "./field-plan.ts";

test("keys come from Latin words", () => {
  assert.equal(keyFrom("Contract end"), "contractEnd");
  assert.equal(keyFrom("  E-mail 2 "), "eMail2");
  assert.equal(keyFrom("2nd phone"), "ndPhone");
  assert.equal(keyFrom("合同到期日"), "");
  for (const label of ["Contract end", "Öffnung", "a".repeat(200), "3D Model"]) assert.ok(isKey(keyFrom(label)), label);
});

test("a Chinese label gives a key by its pinyin, and stands for both languages", async () => {
  assert.equal(await keyFromChinese("合同到期日"), "heTongDaoQiRi");
  assert.equal(await keyFromChinese("VIP客户"), "vipKeHu");
  assert.equal(await keyFromChinese("绿色"), "lvSe");
  assert.deepEqual(bothLabels({ zh: " 到期 ", en: "" }), { zh: "到期", en: "到期" });
});

test("options without Latin letters are numbered, equal ones told apart", () => {
  assert.deepEqual(optionKeys(["Gold", "gold", "白银", "Gold"]), ["gold", "gold2", "option3", "gold3"]);
});

test("what reaches a person is restricted, free text confidential", () => {
  assert.equal(suggestedClass("phone"), 3);
  assert.equal(suggestedClass("long_text"), 2);
  assert.equal(suggestedClass("date"), 1);
});
