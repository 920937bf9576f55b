// The pinyin of a folded text: the reading in its context (银行 yin hang), and for short names the surname's own reading
// as well (曾国藩 zeng guo fan), because a person may type either.
import { pinyin } from "pinyin-pro";

export interface Reading {
  /** " zhang san": each syllable after a space, = for Latin letters between, alternatives after a bar; ü is v. */
  readonly syllables: string;
  /** "zs": first letters; Latin letters and digits between the characters stand for themselves; alternatives after a bar. */
  readonly initials: string;
}

const han = /\p{Script=Han}/u;
const shortName = /^\p{Script=Han}{2,4}$/u;
const unit = /\p{Script=Han}+|[a-z0-9]+/gu;
/** Texts longer than this have no pinyin: nobody types a paragraph by initials. */
const longestText = 100;

/** Names and job titles come again and again; what is kept is in the projection too. */
const recent = new Map<string, Reading>();
const mostRecent = 20_000;

/** undefined when the text has no Chinese characters. */
export function readingOf(folded: string): Reading | undefined {
  if (!han.test(folded)) return undefined;
  if (folded.length > 12) return readAnew(folded);
  let reading = recent.get(folded);
  if (!reading) {
    if (recent.size >= mostRecent) recent.clear();
    recent.set(folded, (reading = readAnew(folded)));
  }
  return reading;
}

function readAnew(folded: string): Reading {
  const text = folded.length > longestText ? folded.slice(0, longestText) : folded;
  const inContext = read(text, false);
  if (!shortName.test(text) || !maySoundOtherwise(text)) return inContext;
  const asName = read(text, true);
  if (asName.syllables === inContext.syllables) return inContext;
  const initials =
    asName.initials === inContext.initials ? asName.initials : `${asName.initials}|${inContext.initials}`;
  return { syllables: `${asName.syllables}|${inContext.syllables}`, initials };
}

const surnames = new Map<string, boolean>();

/** Whether the text begins with a character, or a pair, which as a surname sounds otherwise than usual (曾, 单, 万俟). */
function maySoundOtherwise(name: string): boolean {
  return [...name].slice(0, 2).some((_, index, both) => {
    const surname = both.slice(0, index + 1).join("");
    const known = surnames.get(surname);
    if (known !== undefined) return known;
    // Pairs are many; those that are no compound surnames need not be kept for long.
    if (surnames.size > 20_000) surnames.clear();
    const differs = read(surname, true).syllables !== read(surname, false).syllables;
    surnames.set(surname, differs);
    return differs;
  });
}

const options = { toneType: "none", type: "array", v: true, nonZh: "removed" } as const;

/** The syllable of each character that has but one, whatever its tone; "" for those with several or none. */
const syllableOf = new Map<string, string>();

/** undefined when a character could be read otherwise: then the words around it decide, which takes far longer. */
function onlyReading(part: string): string[] | undefined {
  const found: string[] = [];
  for (const character of part) {
    let syllable = syllableOf.get(character);
    if (syllable === undefined) {
      const [only = "", ...others] = new Set(pinyin(character, { ...options, multiple: true }));
      syllable = others.length === 0 && /^[a-z]+$/u.test(only) ? only : "";
      syllableOf.set(character, syllable);
    }
    if (syllable === "") return undefined;
    found.push(syllable);
  }
  return found;
}

function read(text: string, asName: boolean): Reading {
  let syllables = "";
  let initials = "";
  for (const [part] of text.matchAll(unit)) {
    if (!han.test(part)) {
      syllables += " =";
      initials += part;
      continue;
    }
    const own = onlyReading(part) ?? pinyin(part, asName ? { ...options, surname: "head" } : options);
    for (const syllable of own) {
      if (!/^[a-z]+$/u.test(syllable)) continue; // a character without a known reading
      syllables += ` ${syllable}`;
      initials += syllable.charAt(0);
    }
  }
  return { syllables, initials };
}
