// Whether the processes really run as different users, read back from the kernel rather than assumed.
import { userIds } from "./process-table.ts";

export type Separation = "separated users" | "reduced separation";

/** Separated: each of these processes has one user id, none is root, and no two are the same. */
export function judgeSeparation(
  pids: readonly number[],
  read: (pid: number) => number[] | undefined = userIds,
): Separation {
  const seen = new Set<number>();
  for (const pid of pids) {
    const ids = new Set(read(pid));
    const [only] = ids;
    if (ids.size !== 1 || only === undefined || only === 0 || seen.has(only)) return "reduced separation";
    seen.add(only);
  }
  return "separated users";
}
