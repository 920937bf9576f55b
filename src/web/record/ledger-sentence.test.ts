// Entries of the audit log read as sentences in both languages and never show an id.
/// <reference types="node" />
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { verbs } from "../../contract/endpoints.ts";
import { shippedObjects } from "../../contract/objects/shipped.ts";
import type { LanguageTools } from "../words/words.ts";
import { ledgerSentence, type SentenceEntry } from "./ledger-sentence.ts";

const fill = (text: string, params: Readonly<Record<string, string | number>>): string =>
  text.replaceAll(/\{([^{}|]+)\}/gu, (_, name: string) => String(params[name] ?? ""));
const tools = (language: "zh" | "en") =>
  ({
    language,
    t: (word: { zh: string; en: string }, ...[params]: unknown[]) =>
      fill(word[language], (params ?? {}) as Record<string, string>),
    format: { list: (items: readonly string[]) => items.join(language === "zh" ? "、" : ", ") },
  }) as unknown as Pick<LanguageTools, "t" | "format">;

const lei = "0190a000-0000-7000-8000-000000000001";
const huaxin = "0190a000-0000-7000-8000-000000000002";
const names = { [lei]: "李雷", [huaxin]: "北京华信" };
const entry = (part: Partial<SentenceEntry>): SentenceEntry => ({
  action: "record.open",
  person: lei,
  actor: "person",
  object: "account",
  objectIds: [huaxin],
  fields: [],
  result: "ok",
  counts: {},
  repeated: 1,
  ...part,
});

test("who revealed what, in both languages", () => {
  const revealed = entry({ action: "record.reveal", fields: ["phone"] });
  assert.equal(ledgerSentence(revealed, names, shippedObjects, tools("zh")), "李雷 查看了客户 北京华信 的电话");
  assert.equal(ledgerSentence(revealed, names, shippedObjects, tools("en")), "李雷 revealed phone of account 北京华信");
});

test("a record without a name is named by its kind, a refusal says so", () => {
  assert.equal(
    ledgerSentence(entry({ objectIds: [lei], result: "refused" }), { [lei]: "李雷" }, shippedObjects, tools("zh")),
    "李雷 打开了客户 李雷，已被拒绝",
  );
  assert.ok(
    !ledgerSentence(
      entry({ objectIds: ["0190a000-0000-7000-8000-00000000000f"] }),
      names,
      shippedObjects,
      tools("en"),
    ).includes("0190a000"),
  );
});

/** As the sources name them: after `action:`, `action =` or the `…_ACTION =` of a constant. */
function writtenActions(): string[] {
  const root = join(import.meta.dirname, "../../vault");
  return globSync("**/*.ts", { cwd: root, exclude: ["**/*.test.ts", "**/test-*.ts"] }).flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/action(?::| =)[^,;{}]*/giu)].flatMap(([text]) =>
      [...text.matchAll(/"([a-z_]+\.[a-z_]+)"/gu)].map(([, action]) => action ?? ""),
    ),
  );
}

test("an import of three rows reads as three, and one that took nothing back as none", () => {
  const batch = entry({ action: "import.batch", actor: "system", objectIds: [], counts: { written: 3 } });
  assert.equal(ledgerSentence(batch, names, shippedObjects, tools("zh")), "李雷 导入了 3 条客户");
  assert.equal(ledgerSentence(batch, names, shippedObjects, tools("en")), "李雷 imported 3 accounts");
  const undone = entry({ ...batch, action: "import.undone", counts: { written: 0 } });
  assert.equal(ledgerSentence(undone, names, shippedObjects, tools("zh")), "李雷 的客户导入撤销已结束，共撤销 0 条");
});

test("every verb, and every action that the vault writes, has a sentence of its own", () => {
  const written = writtenActions();
  for (const known of ["import.batch", "import.undone", "record.transfer", "kit.print", "sign_in.recovery"])
    assert.ok(written.includes(known), known);
  const all = [...new Set([...Object.keys(verbs), ...written])];
  assert.ok(all.length > 80);
  const without = all.filter((action) =>
    ledgerSentence(entry({ action }), names, shippedObjects, tools("en")).includes("did something else"),
  );
  assert.deepEqual(without, []);
});
