// What the home page asks for; questions that two of its parts share are asked once.
import { apiQuery } from "../query.ts";

const shownAccounts = 8;

/** The accounts that changed last, and how many there are: one list call serves both. */
export function recentAccounts(enabled: boolean) {
  return {
    ...apiQuery("listRecords", {
      path: { object: "account" },
      body: { sort: [{ field: "updatedAt", direction: "desc" }], limit: shownAccounts, columns: ["name"], count: true },
    }),
    enabled,
  };
}

export function countOf(
  object: string,
  filter: { readonly field: string; readonly op: "eq"; readonly value: string } | undefined,
  enabled: boolean,
) {
  return {
    ...apiQuery("listRecords", {
      path: { object },
      body: { limit: 1, columns: [], count: true, ...(filter && { filter }) },
    }),
    enabled,
  };
}
