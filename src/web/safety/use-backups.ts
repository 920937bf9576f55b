// What there is of backups, for those who may make one: asked again and again while one is being made.
import { useQuery } from "@tanstack/react-query";
import { apiQuery, useSchema, useSession } from "../query.ts";

const whileRunningMs = 400;
const oldAfterMs = 7 * 24 * 60 * 60 * 1000;

export function useBackups() {
  const confirmed = useSession().data?.confirmed === true;
  const may = useSchema().data?.me.capabilities.includes("backups.manage") === true;
  const query = useQuery({
    ...apiQuery("readBackups"),
    enabled: confirmed && may,
    refetchInterval: ({ state }) => (state.data?.running ? whileRunningMs : false),
  });
  return { ...query, may };
}

/** A week without a backup is worth a word. */
export function isOld(madeAt: string, now = Date.now()): boolean {
  return now - Date.parse(madeAt) > oldAfterMs;
}
