// An undone import says how much of it was taken back.
/// <reference types="node" />
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Translate } from "../../words/words.ts";
import { stateText } from "./state-word.ts";

const t: Translate = (word, ...[params]) =>
  word.zh.replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
    String((params as Readonly<Record<string, string | number>> | undefined)?.[name] ?? ""),
  );
const undone = (removed: number, restored: number, kept: number): string =>
  stateText({ state: "undone", undo: { removed, restored, kept } }, t);

test("an undone import says how much of it was taken back", () => {
  assert.equal(undone(2, 1, 0), "已撤销");
  assert.equal(undone(2, 1, 4), "部分撤销：已撤销 3 条，4 条保留不变");
  assert.equal(undone(0, 0, 3), "未能撤销：3 条保留不变");
  assert.equal(stateText({ state: "undoing", undo: { removed: 0, restored: 0, kept: 3 } }, t), "撤销中");
  assert.equal(stateText({ state: "done", undo: null }, t), "已完成");
});
