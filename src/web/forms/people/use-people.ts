// What the people page knows beside the records: roles, who has which, and whether one may change anything.
import { useQuery } from "@tanstack/react-query";
import { apiQuery, useMe, useSession } from "../../query.ts";
import { aboutWords } from "../../words/acts.ts";
import { useLanguage } from "../../words/words.ts";

export function useRoles() {
  return useQuery({ ...apiQuery("listRoles"), staleTime: 60_000 }).data?.roles ?? [];
}

/** Roles by name: “销售、经理”. */
export function useRolesText(): (keys: readonly string[]) => string {
  const { t, format } = useLanguage();
  const roles = useRoles();
  return (keys) =>
    keys.length === 0
      ? t(aboutWords.noRole)
      : format.list(keys.map((key) => t(roles.find((role) => role.key === key)?.labels ?? { zh: key, en: key })));
}

/** Role keys by person; undefined for those who do not manage people, and on a device that is not confirmed. */
export function useMembers(): ReadonlyMap<string, readonly string[]> | undefined {
  const me = useMe();
  const confirmed = useSession().data?.confirmed === true;
  const manages = confirmed && (me?.capabilities.includes("people.manage") ?? false);
  const members = useQuery({ ...apiQuery("listRoleMembers"), enabled: manages }).data?.members;
  if (!members) return undefined;
  const byPerson = new Map<string, string[]>();
  for (const { userId, role } of members) byPerson.set(userId, [...(byPerson.get(userId) ?? []), role]);
  return byPerson;
}
