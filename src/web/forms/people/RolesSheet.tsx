// Changes the roles of one person, all at once.
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { api } from "../../api.ts";
import { refresh } from "../../query.ts";
import { ErrorState } from "../../ui/ErrorState.tsx";
import { Sheet } from "../../ui/Sheet.tsx";
import { toast } from "../../ui/toast.tsx";
import { aboutWords } from "../../words/acts.ts";
import { peopleWords as w } from "../../words/admin.ts";
import { recordWords } from "../../words/records.ts";
import { useLanguage } from "../../words/words.ts";
import styles from "../forms.module.css";
import { RolesInput } from "./RolesInput.tsx";
import { useRolesText } from "./use-people.ts";

interface Props {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** Has a link that was not used yet; new roles end it. */
  readonly invited: boolean;
  readonly onClose: () => void;
}

export function RolesSheet({ id, name, roles: before, invited, onClose }: Props): ReactNode {
  const { t } = useLanguage();
  const text = useRolesText();
  const [roles, setRoles] = useState(before);
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await api.call("assignRoles", {
        path: { id },
        body: { roles: [...roles] },
        about: t(aboutWords.roles, { name, from: text(before), to: text(roles) }),
      });
      await refresh("listRoleMembers");
      toast.done(t(w.rolesSaved));
      onClose();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const dirty = roles.length !== before.length || roles.some((role) => !before.includes(role));
  return (
    <Sheet
      opened
      form={{ dirty, busy }}
      onClose={onClose}
      title={t(w.rolesOf, { name })}
      footer={
        <Button loading={busy} onClick={() => void save()}>
          {t(recordWords.save)}
        </Button>
      }
    >
      <div className={styles["form"]}>
        {problem !== undefined && <ErrorState problem={problem} />}
        <RolesInput value={roles} onChange={setRoles} />
        {invited && (
          <p className={styles["second"]} role="status">
            {t(w.rolesEndInvitation)}
          </p>
        )}
      </div>
    </Sheet>
  );
}
