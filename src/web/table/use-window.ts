// The rows of a long list as far as they are looked at: parts of it are asked for as they come into sight. The first part
// also tells how many there are.
import { useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { CallOutput } from "../endpoint-types.ts";
import { apiQuery, keepPreviousData } from "../query.ts";
import type { Names } from "../record/value-text.ts";
import type { ListBody } from "./list-columns.ts";

type Answer = CallOutput<"listRecords">;

/** Rows of one part. */
const partSize = 50;
/** A scroll bar longer than browsers can draw ends here. */
const longest = 500_000;

export interface Parts {
  readonly first: number;
  readonly last: number;
}

export interface ListWindow {
  /** Undefined until the first answer is there. */
  readonly total: { readonly value: number; readonly more: boolean } | undefined;
  /** Places in the list, loaded or not. */
  readonly length: number;
  readonly rowAt: (index: number) => RecordView | undefined;
  /** Those that are loaded, with their places. */
  readonly loaded: ReadonlyMap<number, RecordView>;
  readonly names: Names;
  /** Over all rows, loaded or not. */
  readonly sums: Answer["sums"];
  /** What is shown answers the question before. */
  readonly stale: boolean;
  readonly error: unknown;
  readonly retry: () => void;
}

/** Parts that hold these places. */
export function partsOf(first: number, last: number): Parts {
  return { first: Math.floor(Math.max(0, first) / partSize), last: Math.floor(Math.max(0, last) / partSize) };
}

/** Only the first part counts and adds up. */
function partQuery(object: string, { sums, ...body }: ListBody, part: number) {
  return {
    ...apiQuery("listRecords", {
      path: { object },
      body: {
        ...body,
        limit: partSize,
        offset: part * partSize,
        ...(part === 0 && { count: true, ...(sums && { sums }) }),
      },
    }),
    staleTime: 60_000,
  };
}

/** One and the same function, so that what did not change is not made anew with every row that is scrolled by. */
function together(answers: readonly UseQueryResult<Answer>[]) {
  return {
    parts: answers.map(({ data }) => data),
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    retry: () => answers.forEach((one) => one.error && void one.refetch()),
  };
}

export function useListWindow(object: string, body: ListBody, { first, last }: Parts, enabled: boolean): ListWindow {
  const head = useQuery({ ...partQuery(object, body, 0), placeholderData: keepPreviousData, enabled });
  const stale = head.isPlaceholderData;
  const wanted = Array.from({ length: last - first + 1 }, (_, at) => first + at).filter((part) => part > 0);
  const others = useQueries({
    queries: wanted.map((part) => ({ ...partQuery(object, body, part), enabled: enabled && !stale && head.isSuccess })),
    combine: together,
  });
  const { parts, error, retry } = others;
  const wantedKey = wanted.join();
  return useMemo(() => {
    const loaded = new Map<number, RecordView>();
    let names: Names = {};
    let end = 0;
    const places = wantedKey === "" ? [] : wantedKey.split(",").map(Number);
    for (const [part, data] of [[0, head.data] as const, ...places.map((part, at) => [part, parts[at]] as const)]) {
      if (!data || (stale && part > 0)) continue;
      names = { ...names, ...data.names };
      for (const [at, row] of data.rows.entries()) loaded.set(part * partSize + at, row);
      if (data.rows.length === partSize) end = Math.max(end, (part + 1) * partSize);
    }
    const total = head.data?.count;
    // Beyond what is counted there is always one part more, until one comes that is not full.
    const length = total?.more ? Math.max(total.value, end + partSize) : (total?.value ?? loaded.size);
    return {
      total,
      length: Math.min(length, longest),
      rowAt: (index: number) => loaded.get(index),
      loaded,
      names,
      sums: head.data?.sums,
      stale,
      error: head.error ?? error,
      retry: () => {
        if (head.error) void head.refetch();
        retry();
      },
    };
  }, [error, head, parts, retry, stale, wantedKey]);
}
