// Splits typed Latin letters into pinyin: zhangsan → zhang san, zs → initials, lidh → li d h. A pure table and a search.

// All toneless syllables of standard Chinese, ü written v, as initial: finals.
const table: Readonly<Record<string, string>> = {
  "": "a ai an ang ao e ei en eng er o ou",
  b: "a ai an ang ao ei en eng i ian iao ie in ing o u",
  p: "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
  m: "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
  f: "a an ang ei en eng iao o ou u",
  d: "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
  t: "a ai an ang ao e ei eng i ian iao ie ing ong ou u uan ui un uo",
  n: "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan un uo v ve",
  l: "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve",
  g: "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
  k: "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
  h: "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
  j: "i ia ian iang iao ie in ing iong iu u uan ue un",
  q: "i ia ian iang iao ie in ing iong iu u uan ue un",
  x: "i ia ian iang iao ie in ing iong iu u uan ue un",
  zh: "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
  ch: "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
  sh: "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
  r: "an ang ao e en eng i ong ou u ua uan ui un uo",
  z: "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
  c: "a ai an ang ao e en eng i ong ou u uan ui un uo",
  s: "a ai an ang ao e en eng i ong ou u uan ui un uo",
  y: "a an ang ao e i in ing o ong ou u uan ue un",
  w: "a ai an ang ei en eng o u",
};

const syllables = Object.entries(table).flatMap(([initial, finals]) =>
  finals.split(" ").map((final) => initial + final),
);
const full = new Set(syllables);
const longest = 6;

/** The syllables that begin with this text. */
export function syllablesFrom(prefix: string): string[] {
  return syllables.filter((syllable) => syllable.startsWith(prefix));
}

const prefixes = new Set(
  syllables.flatMap((syllable) => Array.from(syllable, (_, index) => syllable.slice(0, index + 1))),
);
const initials = new Set(Object.keys(table).filter((initial) => initial !== ""));

export interface Segmentation {
  /** Consecutive pieces: a whole syllable, an initial (z, zh), or, last, any beginning of a syllable. */
  readonly pieces: readonly string[];
  /** All pieces but the last are whole syllables. */
  readonly whole: boolean;
}

const mostWhole = 4;
const mostMixed = 8;

/**
 * The readings of typed letters as pinyin, the most likely (fewest pieces) first; at most 12. Plain initials (each piece
 * one letter) are left out: they are compared with the stored initials directly. Empty when the letters are no pinyin.
 */
export function segmentations(letters: string): Segmentation[] {
  if (!/^[a-z]{2,40}$/u.test(letters)) return [];
  const found: Segmentation[] = [];
  let budget = 4000; // steps; long nonsense ends early
  const walk = (from: number, pieces: string[], whole: boolean): void => {
    if (--budget < 0) return;
    for (let length = Math.min(longest, letters.length - from); length >= 1; length--) {
      const piece = letters.slice(from, from + length);
      const last = from + length === letters.length;
      if (last && prefixes.has(piece)) found.push({ pieces: [...pieces, piece], whole });
      else if (!last && full.has(piece)) walk(from + length, [...pieces, piece], whole);
      else if (!last && initials.has(piece)) walk(from + length, [...pieces, piece], false);
    }
  };
  walk(0, [], true);
  const useful = found.filter(({ pieces }) => pieces.some((piece) => piece.length > 1));
  useful.sort((a, b) => a.pieces.length - b.pieces.length);
  const whole = useful.filter((one) => one.whole).slice(0, mostWhole);
  // A single initial among whole syllables is typed only with several letters around it.
  const mixed = letters.length < 3 ? [] : useful.filter((one) => !one.whole).slice(0, mostMixed);
  return [...whole, ...mixed];
}

/** A piece that stands for any syllable beginning with it, wherever it is. */
export function isInitial(piece: string): boolean {
  return piece.length === 1 || piece === "zh" || piece === "ch" || piece === "sh";
}

/**
 * Whether consecutive syllables of `stored` (" zhang san| …": each syllable after a space, alternatives after a bar) are
 * the pieces, one each; initials and the last piece need only be their beginning.
 */
export function syllablesBeginWith(stored: string, pieces: readonly string[]): boolean {
  const fits = (syllable: string | undefined, place: number): boolean => {
    const piece = pieces[place] ?? "";
    return isInitial(piece) || place === pieces.length - 1 ? syllable?.startsWith(piece) === true : syllable === piece;
  };
  for (const alternative of stored.split("|")) {
    const parts = alternative.split(" ");
    for (let start = 0; start + pieces.length <= parts.length; start++) {
      if (pieces.every((_, place) => fits(parts[start + place], place))) return true;
    }
  }
  return false;
}
