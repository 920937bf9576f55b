// The records a person has selected in a list, and how all that match are: they are fetched in parts, as many as one act
// may be about.
import { useCallback, useState } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import { api } from "../api.ts";
import { toast } from "../ui/toast.tsx";
import type { ListBody } from "./list-columns.ts";
import type { Selection } from "./RecordTable.tsx";

/** Records that one act may be about: five signatures of two hundred. */
export const mostSelected = 1000;
const partSize = 200;

export interface Selecting {
  readonly selected: Selection;
  readonly select: (records: Selection) => void;
  readonly clear: () => void;
  /** Undefined while all are being fetched. */
  readonly selectAll: (() => void) | undefined;
}

export function useSelection(object: string, body: ListBody): Selecting {
  const [selected, select] = useState<Selection>(new Map());
  const [fetching, setFetching] = useState(false);
  const clear = useCallback(() => select(new Map()), []);
  const selectAll = async (): Promise<void> => {
    setFetching(true);
    try {
      const all = new Map<string, RecordView>();
      for (let offset = 0; offset < mostSelected; offset += partSize) {
        const { rows } = await api.call("listRecords", {
          path: { object },
          body: { ...body, limit: partSize, offset },
        });
        for (const row of rows) all.set(row.id, row);
        if (rows.length < partSize) break;
      }
      select(all);
    } catch (error) {
      toast.problem(error);
    } finally {
      setFetching(false);
    }
  };
  return { selected, select, clear, selectAll: fetching ? undefined : () => void selectAll() };
}
