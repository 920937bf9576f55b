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

const legalForm =
  /(?:股份有限责任公司|股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|集团公司|有限合伙|公司|集团)$/u;
/**
 * The words of a search: each must be found. A typed legal form (有限公司) is dropped where more than it was typed, so
 * that 华信科技有限公司 also finds 华信科技股份有限公司.
 */
export function searchWords(text: string): string[] {
  const words = new Set<string>();
  for (const word of fold(text).split(/\s+/u)) {
    if (word === "") continue;
    const short = word.replace(legalForm, "");
    words.add(short === "" ? word : short);
  }
  return [...words];
}
