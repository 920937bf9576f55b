// How hard a password is to guess, by zxcvbn with English and Chinese words. Runs only inside password-worker.ts: the
// dictionaries take some 80 MB and a long password can take half a second.
import { type MatchExtended, ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary as common } from "@zxcvbn-ts/language-common";
import { dictionary as english } from "@zxcvbn-ts/language-en";
import { pinyin } from "pinyin-pro";
import type { passwordFeedback } from "../../contract/identity-shapes.ts";
import { chinesePasswords, chineseWords } from "./chinese-words.ts";

export type Feedback = (typeof passwordFeedback)[number];

export interface Strength {
  /** zxcvbn's 0-4; 3 means at least 10^8 guesses. */
  readonly score: number;
  readonly feedback: readonly Feedback[];
}

const latin = (text: string, pattern: "pinyin" | "first"): string =>
  pinyin(text, { pattern, toneType: "none", separator: "", nonZh: "consecutive", v: true }).toLowerCase();

const zxcvbn = new ZxcvbnFactory({
  graphs: adjacencyGraphs,
  maxLength: 128,
  dictionary: {
    ...common,
    ...english,
    "passwords-zh": [...chinesePasswords],
    "words-zh": [...new Set(chineseWords.flatMap((word) => [latin(word, "pinyin"), word]))],
  },
});

/** `personal`: names, company, e-mail of the person; Chinese ones count in pinyin and initials too. */
export function passwordStrength(password: string, personal: readonly string[]): Strength {
  const result = zxcvbn.check(password, personalWords(personal));
  return { score: result.score, feedback: result.score >= 3 ? [] : feedbackOf(result.sequence) };
}

/** Every piece of four letters or more (two for Chinese), alone, turned around and in pinyin. */
export function personalWords(personal: readonly string[]): string[] {
  const words = new Set<string>();
  for (const text of personal) {
    const pieces = text.split(/[\s@.,_()（）·-]+/u).filter((piece) => piece !== "");
    for (const piece of [...pieces, pieces.join("")]) {
      if (/\p{Script=Han}/u.test(piece)) addChinese(words, piece);
      if (piece.length >= 2) words.add(piece.toLowerCase());
    }
    if (pieces.length === 2) words.add(pieces.toReversed().join("").toLowerCase());
  }
  return [...words];
}

function addChinese(words: Set<string>, text: string): void {
  const bare = text.replaceAll(/(?:有限|责任|股份|公司|集团)+/gu, "");
  for (const form of new Set([text, bare])) {
    if (form === "") continue;
    words.add(form);
    words.add(latin(form, "pinyin"));
    if (form.length > 2) words.add(latin(form, "first"));
  }
  // 张伟: weizhang as well as zhangwei, and each half.
  const surname = latin(text.slice(0, 1), "pinyin");
  const given = latin(text.slice(1), "pinyin");
  if (text.length <= 4 && given !== "") words.add(given + surname).add(given);
}

function feedbackOf(sequence: readonly MatchExtended[]): Feedback[] {
  const found = new Set<Feedback>();
  for (const match of sequence) {
    const reason = reasonOf(match);
    if (reason !== undefined) found.add(reason);
  }
  return found.size === 0 ? ["guessable"] : [...found];
}

function reasonOf(match: MatchExtended): Feedback | undefined {
  switch (match.pattern) {
    case "dictionary": {
      const name = String(match["dictionaryName"]);
      if (name === "userInputs") return "personal";
      return name.startsWith("passwords") ? "common" : "dictionary";
    }
    case "wordSequence":
      return "dictionary";
    case "spatial":
      return "keyboard";
    case "repeat":
      return "repeats";
    case "sequence":
      return "sequence";
    case "date":
    case "regex":
      return "date";
    default:
      return undefined;
  }
}
