// The option a mistyped word most likely means. Only for suggestions: nothing is ever read as its nearest option unasked.

/**
 * Damerau-Levenshtein distance in the restricted form (optimal string alignment: no part is edited twice), or `limit` + 1
 * when it is larger than `limit`. Counts UTF-16 units. Boytsov, "Indexing methods for approximate dictionary searching",
 * ACM JEA 16 (2011), section 2.1.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest > limit) return limit + 1;
    before = last;
    last = row;
  }
  return Math.min(last[b.length] ?? 0, limit + 1);
}

/** The nearest of the candidates: at most 2 edits, and at most one for every three letters. First wins among equals. */
export function nearest<T>(text: string, candidates: Iterable<readonly [spelling: string, meaning: T]>): T | undefined {
  let best = Math.min(2, Math.floor(text.length / 3)) + 1;
  let found: T | undefined;
  for (const [spelling, meaning] of candidates) {
    if (best <= 1) break;
    const distance = editDistance(text, spelling, best - 1);
    if (distance >= best) continue;
    best = distance;
    found = meaning;
  }
  return found;
}
