// Runs work over a list with a few at a time, so that generated tests do not wait for one answer after the other.

/** Results in the order of the list. The first error ends it. */
export async function sideBySide<T, R>(list: readonly T[], work: (item: T) => Promise<R>, lanes = 8): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < list.length) {
      const place = next;
      next += 1;
      // Within the list's length.
      results[place] = await work(list[place] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, list.length) }, lane));
  return results;
}
