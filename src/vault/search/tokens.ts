// What the full-text index holds of a value, and which of it a typed word needs. Tokens only narrow the candidates: each
// is compared with the stored value afterwards, so a token scheme may over-match but must never miss.
import type { Reading } from "./pinyin.ts";
import { isInitial, segmentations, syllablesFrom } from "./syllables.ts";

// Namespaces: plain = pieces of the text itself, "_" + syllable, "~" + two neighbouring initials.
const ideographs = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}";
const run = new RegExp(`[${ideographs}]+|[[\\p{L}\\p{N}\\p{M}]--[${ideographs}]]+`, "gv");
const startsIdeographic = new RegExp(`^[${ideographs}]`, "v");

/** All tokens of a value's folded text and its pinyin, separated by spaces. Built as one text: it is made for every row. */
export function tokensOf(folded: string, reading: Reading | undefined): string {
  let tokens = "";
  for (const [part] of folded.matchAll(run)) {
    const ideographic = startsIdeographic.test(part);
    if (ideographic) for (const character of part) tokens += ` ${character}`;
    tokens += grams(part, 2, " ");
    if (!ideographic) tokens += grams(part, 3, " ");
  }
  if (reading) {
    tokens += reading.syllables.replaceAll(/ =|\|/gu, "").replaceAll(" ", " _");
    for (const initials of reading.initials.split("|")) tokens += grams(initials, 2, " ~");
  }
  return tokens;
}

const beyondBmp = /[\u{10000}-\u{10ffff}]/u;

/** All pieces of `size` characters, each after `mark`. */
function grams(text: string, size: number, mark: string): string {
  let found = "";
  if (beyondBmp.test(text)) {
    const characters = [...text];
    for (let end = size; end <= characters.length; end++) found += mark + characters.slice(end - size, end).join("");
  } else for (let end = size; end <= text.length; end++) found += mark + text.slice(end - size, end);
  return found;
}

const gramList = (text: string, size: number, mark: string): string[] => {
  const found = grams(text, size, ` ${mark}`);
  return found === "" ? [] : found.slice(1).split(" ").map(quoted);
};

/** How a typed word is found: narrowing expression for the index, and what the stored value must hold. */
export interface WordMatch {
  readonly word: string;
  /** An FTS5 expression without columns; undefined when the word is too short to narrow anything. */
  readonly expression: string | undefined;
  /** Typed letters that may be initials. */
  readonly initials: string | undefined;
  /** " zhang san": looked for in the stored syllables as they are. */
  readonly syllables: readonly string[];
  /** Pieces with lone initials among them ("li d h"), and the initials they imply. */
  readonly mixed: readonly { readonly pieces: string; readonly initials: string }[];
}

/** `word` is one word of searchWords(). */
export function matchWord(word: string): WordMatch {
  const alternatives: (string | undefined)[] = [and(textTokens(word))];
  const initials = /^[a-z0-9]+$/u.test(word) ? word : undefined;
  const syllables: string[] = [];
  const mixed: { pieces: string; initials: string }[] = [];
  if (initials !== undefined) {
    alternatives.push(and(initialTokens(initials)));
    for (const { pieces, whole } of segmentations(word)) {
      const letters = pieces.map((piece) => piece.charAt(0)).join("");
      if (whole) syllables.push(` ${pieces.join(" ")}`);
      else mixed.push({ pieces: pieces.join(" "), initials: letters });
      alternatives.push(and([...syllableTokens(pieces), ...initialTokens(letters)]));
    }
  }
  const known = alternatives.filter((one) => one !== undefined);
  const expression = known.length === alternatives.length ? known.join(" OR ") : undefined;
  return { word, expression: expression === undefined ? undefined : `(${expression})`, initials, syllables, mixed };
}

function textTokens(word: string): string[] {
  const tokens = new Set<string>();
  for (const [part] of word.matchAll(run)) {
    const length = [...part].length;
    const ideographic = startsIdeographic.test(part);
    if (ideographic && length === 1) tokens.add(quoted(part));
    else for (const token of gramList(part, ideographic || length < 3 ? 2 : 3, "")) tokens.add(token);
  }
  return [...tokens];
}

function initialTokens(letters: string): string[] {
  return [...new Set(gramList(letters, 2, "~"))];
}

const mostExpanded = 24;

/** Whole syllables as they are, beginnings (zhan…) as all syllables that they may become, unless those are too many. */
function syllableTokens(pieces: readonly string[]): string[] {
  const tokens: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    const last = index === pieces.length - 1;
    if (!last && !isInitial(piece)) tokens.push(quoted(`_${piece}`));
    if (!last) continue;
    const expanded = syllablesFrom(piece);
    if (pieces.length === 1 || expanded.length <= mostExpanded) {
      tokens.push(`(${expanded.map((syllable) => quoted(`_${syllable}`)).join(" OR ")})`);
    }
  }
  return tokens;
}

function and(tokens: readonly string[]): string | undefined {
  return tokens.length === 0 ? undefined : `(${tokens.join(" AND ")})`;
}

/** Tokens are letters, digits and the namespace marks only, so quoting is all the escaping that FTS5 needs. */
function quoted(token: string): string {
  return `"${token}"`;
}
