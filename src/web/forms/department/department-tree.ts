// Departments as a tree. Pure. A parent one may not see, or that makes a circle, counts as none, so nothing is lost.
export interface DepartmentNode<T> {
  readonly item: T;
  readonly depth: number;
  readonly children: readonly DepartmentNode<T>[];
}

interface Item {
  readonly id: string;
  readonly parent: string | null;
  readonly position: number;
  readonly name: string;
}

export function departmentTree<T extends Item>(items: readonly T[]): readonly DepartmentNode<T>[] {
  const known = new Map(items.map((item) => [item.id, item]));
  const ordered = items.toSorted((a, b) => a.position - b.position || a.name.localeCompare(b.name, "zh-CN"));
  const grow = (parent: string | null, depth: number): readonly DepartmentNode<T>[] =>
    ordered
      .filter((item) => (isRoot(item) ? null : item.parent) === parent)
      .map((item) => ({ item, depth, children: grow(item.id, depth + 1) }));
  const isRoot = (item: T): boolean => item.parent === null || !known.has(item.parent) || inCircle(item);
  const inCircle = (item: T): boolean => {
    const seen = new Set([item.id]);
    for (let at = item.parent; at !== null; at = known.get(at)?.parent ?? null) {
      if (at === item.id) return true;
      if (seen.has(at)) return false;
      seen.add(at);
    }
    return false;
  };
  return grow(null, 0);
}

/** The department and those above it, nearest first. */
export function withAbove(items: readonly Pick<Item, "id" | "parent">[], id: string | null): readonly string[] {
  const found = new Set<string>();
  for (let at = id; at !== null && !found.has(at); at = items.find((item) => item.id === at)?.parent ?? null)
    found.add(at);
  return [...found];
}

/** How each is called in a list: with its parent where others bear the same name. */
export function departmentLabels(items: readonly Pick<Item, "id" | "parent" | "name">[]): ReadonlyMap<string, string> {
  const names = new Map(items.map(({ id, name }) => [id, name]));
  const label = ({ id, name, parent }: Pick<Item, "id" | "parent" | "name">): string => {
    const above = parent === null ? undefined : names.get(parent);
    const alone = items.every((other) => other.id === id || other.name !== name);
    return alone || above === undefined ? name : `${above} / ${name}`;
  };
  return new Map(items.map((item) => [item.id, label(item)]));
}

/** The department and all below it: where it cannot be moved to. */
export function withBelow(items: readonly Pick<Item, "id" | "parent">[], id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (let grown = true; grown;) {
    grown = false;
    for (const item of items) {
      if (item.parent === null || !found.has(item.parent) || found.has(item.id)) continue;
      found.add(item.id);
      grown = true;
    }
  }
  return found;
}
