// How answers are kept while the page is open: nothing outlives it, and the api retries by itself. Query keys begin with
// the endpoint's name, so a change can refresh all that depends on it.
import { keepPreviousData, QueryClient, type QueryKey, queryOptions, useQuery } from "@tanstack/react-query";
import { api } from "./api.ts";
import type { CallArguments, CallInput, CallOutput, EndpointName } from "./endpoint-types.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, networkMode: "always", staleTime: 15_000, gcTime: 5 * 60_000, refetchOnWindowFocus: true },
    mutations: { retry: false, networkMode: "always" },
  },
});

/** Options for `useQuery` and its kin: `useQuery(apiQuery("openRecord", { path: { object, id } }))`. */
export function apiQuery<N extends EndpointName>(name: N, ...[input]: CallArguments<N>) {
  const { path, body }: { path?: unknown; body?: unknown } = input ?? {};
  return queryOptions({
    queryKey: [name, path ?? null, body ?? null] as QueryKey,
    // The input without a signal of its own gets the query's.
    queryFn: ({ signal }): Promise<CallOutput<N>> =>
      (api.call as LooseCall)(name, { ...(input as CallInput<N> | undefined), signal }) as Promise<CallOutput<N>>,
  });
}

type LooseCall = (name: EndpointName, input: unknown) => Promise<unknown>;

/** Marks all answers of these endpoints as old; those on the screen are fetched again. */
export async function refresh(...names: readonly EndpointName[]): Promise<void> {
  await Promise.all(names.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
}

/** Objects, fields and what one may do with them; and who one is. */
export const schemaQuery = () => ({ ...apiQuery("readSchema"), staleTime: 60_000 });
export const sessionQuery = () => ({ ...apiQuery("currentSession"), staleTime: 60_000 });

/** The views of an object's list. */
export const viewsQuery = (object: string) => ({
  ...apiQuery("listViews", { path: { object } }),
  staleTime: 5 * 60_000,
  refetchOnWindowFocus: false,
});

export function useSchema() {
  return useQuery(schemaQuery());
}

/** Who one is, with roles, capabilities and allowances; undefined until known. */
export function useMe() {
  return useQuery(schemaQuery()).data?.me;
}

export function useSession() {
  return useQuery(sessionQuery());
}

export { keepPreviousData };
