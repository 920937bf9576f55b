// The forms in which texts are compared: full width = half width, upper = lower case, brackets and quotes ignored.
// Every side of a comparison (stored value, typed words, PostgreSQL expression) must use the same form.

/** Brackets, quotes and name dots, which people write in many ways or not at all. NFKC has already turned （ into ( . */
export const ignoredCharacters = "()[]{}<>【】《》〈〉「」『』〔〕〖〗\"'“”‘’«»·•・";

const ignored = new Set(ignoredCharacters);
const plainAscii = /^[\x20-\x7f]*$/u;
const mayBeIgnored = /[()[\]{}<>"'【】《》〈〉「」『』〔〕〖〗“”‘’«»·•・]/u;

/** The search form of a text: NFKC, lower case, without brackets and quotes. */
export function fold(text: string): string {
  const lower = plainAscii.test(text) ? text.toLowerCase() : text.normalize("NFKC").toLowerCase();
  if (!mayBeIgnored.test(lower)) return lower;
  let kept = "";
  for (const character of lower) if (!ignored.has(character)) kept += character;
  return kept;
}

// Only what nobody's name ends with: 公司 or 集团 alone may be the word that is meant.
const legalForm = /(?<=..)(?:集团)?(?:股份有限责任|股份有限|有限责任|有限)公司$/u;

/**
 * The words of a search: each must be found. A typed legal form (有限公司) is dropped where more than it was typed, so
 * that 华信科技有限公司 also finds 华信科技股份有限公司.
 */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  for (const word of fold(text).split(/\s+/u)) {
    if (word === "") continue;
    words.add(word.replace(legalForm, ""));
  }
  return [...words];
}
