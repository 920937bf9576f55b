// Says when the chosen head of a department will not see its customers: rights come from roles, and a role reaches from
// the department that the person himself is in. Silent for those who may not know people's roles.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { personQuery } from "../../record/NewOwner.tsx";
import { departmentWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import { useMembers, useRoles } from "../people/use-people.ts";
import styles from "../forms.module.css";

interface Props {
  readonly id: string;
  readonly name: string;
  /** The department, if it exists already. */
  readonly self: string | undefined;
  /** It and those above it. */
  readonly within: readonly string[];
}

export function HeadNote({ id, name, self, within }: Props): ReactNode {
  const { t } = useLanguage();
  const roles = useRoles();
  const members = useMembers();
  const person = useQuery(personQuery(name)).data?.rows.find((one) => one.id === id);
  if (!members || !person || roles.length === 0) return null;
  const held = members.get(id) ?? [];
  const scopes = roles.filter(({ key }) => held.includes(key)).map(({ objects }) => objects["account"]?.actions.view);
  const at = person.department;
  const sees =
    scopes.includes("all") ||
    (scopes.includes("department") && at !== null && at === self) ||
    (scopes.includes("department_and_below") && at !== null && within.includes(at));
  return sees ? null : (
    <p className={styles["banner"]} role="status">
      {t(w.headSeesNothing, { name })}
    </p>
  );
}
