// A hand-over as the pages do it: written, everything that shows an owner read anew, and told with the way back.
import { api } from "../api.ts";
import { refresh } from "../query.ts";
import { toast } from "../ui/toast.tsx";
import { aboutWords } from "../words/acts.ts";
import { transferWords as w } from "../words/records.ts";
import { translate as t } from "../words/words.ts";
import { type Outcome, transfer, type Transferred } from "./transfer.ts";

/** Throws the problem when nothing was written before it. */
export async function handOver<R extends Transferred>(
  records: readonly R[],
  ownerOf: (record: R) => string | null,
  /** Whose they become; absent: each the owner's before. */
  name?: string,
): Promise<Outcome<R>> {
  try {
    return await transfer(records, ownerOf, (operations) =>
      api.call("commitRecords", {
        body: { operations: [...operations] },
        about:
          name === undefined
            ? t(aboutWords.ownerBack, { n: operations.length })
            : t(aboutWords.owner, { n: operations.length, name }),
      }),
    );
  } finally {
    await refresh("listRecords", "openRecord", "readHistory");
  }
}

export function sayHandedOver(moved: readonly Transferred[], name: string): void {
  if (moved.length === 0) return;
  toast.done(t(w.done, { n: moved.length, name }), { undo: () => void takeBack(moved) });
}

async function takeBack(moved: readonly Transferred[]): Promise<void> {
  try {
    const back = await handOver(moved, ({ owner }) => owner);
    toast.done(t(back.failed.length > 0 ? w.undonePartly : w.undone, { n: back.moved.length }));
  } catch (error) {
    toast.problem(error);
  }
}
