// Picks the roles of a person, each with what it means. Only an owner may make owners.
import { Checkbox } from "@mantine/core";
import type { ReactNode } from "react";
import { useMe } from "../../query.ts";
import { peopleWords as w } from "../../words/admin.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import { useRoles } from "./use-people.ts";

interface Props {
  readonly value: readonly string[];
  readonly onChange: (roles: readonly string[]) => void;
}

export function RolesInput({ value, onChange }: Props): ReactNode {
  const { t } = useLanguage();
  const roles = useRoles();
  const owner = useMe()?.roles.some(({ key }) => key === "owner") ?? false;
  return (
    <Checkbox.Group label={t(w.roles)} description={t(w.noRoleHint)} value={[...value]} onChange={onChange}>
      <div className={styles["choices"]}>
        {roles.map((role) => (
          <Checkbox
            key={role.key}
            value={role.key}
            label={t(role.labels)}
            description={role.key === "owner" && !owner ? t(w.ownerOnly) : t(role.description)}
            disabled={role.key === "owner" && !owner}
          />
        ))}
      </div>
    </Checkbox.Group>
  );
}
