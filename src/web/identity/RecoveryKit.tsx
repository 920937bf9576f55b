// The recovery kit for those who answer for the installation: how it is printed on this very server, and whether it was.
import { useQuery } from "@tanstack/react-query";
import type { CallOutput } from "../endpoint-types.ts";
import { apiQuery, useSchema, useSession } from "../query.ts";
import { CopyButton } from "../ui/CopyButton.tsx";
import { Panel } from "../ui/Panel.tsx";
import { kitWords as w } from "../words/identity.ts";
import { useLanguage } from "../words/words.ts";
import css from "./identity.module.css";

/** Undefined while not known, and for those who may not know. */
export function useRecoveryKit(schema: CallOutput<"readSchema"> | undefined): CallOutput<"recoveryKit"> | undefined {
  const confirmed = useSession().data?.confirmed === true;
  const enabled = confirmed && schema?.me.capabilities.includes("roles.manage") === true;
  const kit = useQuery({ ...apiQuery("recoveryKit"), enabled });
  return enabled ? kit.data : undefined;
}

export function RecoveryKit() {
  const { t, format } = useLanguage();
  const kit = useRecoveryKit(useSchema().data);
  if (!kit) return null;
  return (
    <Panel title={t(w.title)} text={t(w.text)}>
      <div className={css["key"]}>
        <code className={css["keyText"]}>{kit.command}</code>
        <CopyButton text={kit.command} label={t(w.copy)} size="xs" />
      </div>
      <p className={css["note"]}>
        {t(w.keyFile, { path: kit.keyFile })} ·{" "}
        {kit.printedAt === null ? t(w.never) : t(w.printed, { when: format.day(kit.printedAt) })}
      </p>
    </Panel>
  );
}
