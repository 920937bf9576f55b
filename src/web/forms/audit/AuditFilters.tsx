// What of the audit log is shown: person, action, object, time, address, result.
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import type { CallInput } from "../../endpoint-types.ts";
import { useSchema } from "../../query.ts";
import { startOfDay } from "../../table/day-range.ts";
import { auditWords as w } from "../../words/audit.ts";
import { actionNames } from "../../words/ledger.ts";
import { useLanguage } from "../../words/words.ts";
import { DateInput } from "../DateInput.tsx";
import { type Draft, noDraft } from "../draft.ts";
import { ReferencePicker } from "../ReferencePicker.tsx";
import styles from "./audit.module.css";

export interface AuditFilter {
  readonly person?: Draft;
  readonly action?: string;
  readonly object?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ip?: string;
  readonly result?: "ok" | "refused";
}

/** Days are meant in the reader's own time zone; the last one is included. */
export function filterBody({
  person,
  action,
  object,
  from,
  to,
  ip,
  result,
}: AuditFilter): NonNullable<CallInput<"listLedger">["body"]> {
  return {
    ...(typeof person?.value === "string" && { person: person.value }),
    ...(action !== undefined && { action }),
    ...(object !== undefined && { object }),
    ...(from !== undefined && { from: startOfDay(from, 0).toISOString() }),
    ...(to !== undefined && { to: startOfDay(to, 1).toISOString() }),
    ...(ip !== undefined && { ip }),
    ...(result !== undefined && { result }),
  };
}

export function AuditFilters({
  filter,
  onChange,
}: {
  readonly filter: AuditFilter;
  readonly onChange: (filter: AuditFilter) => void;
}): ReactNode {
  const { t } = useLanguage();
  const objects = useSchema().data?.objects ?? [];
  const [ip, setIp] = useState("");
  const reportIp = useDebouncedCallback(
    (text: string) => onChange(without({ ...filter, ip: text.trim() }, "ip", text.trim() === "")),
    300,
  );
  const set = <K extends keyof AuditFilter>(key: K, value: AuditFilter[K] | null): void =>
    onChange(without({ ...filter, [key]: value }, key, value === null));
  const day = (key: "from" | "to", draft: Draft): void => {
    if (draft.problem === undefined) set(key, typeof draft.value === "string" ? draft.value : null);
  };

  return (
    <div className={styles["filters"]}>
      <ReferencePicker
        object="user"
        aria-label={t(w.person)}
        placeholder={t(w.anyone)}
        draft={filter.person ?? noDraft}
        onChange={(draft) => set("person", draft.value === null ? null : draft)}
      />
      <Select
        aria-label={t(w.action)}
        placeholder={t(w.anyAction)}
        searchable
        clearable
        data={Object.entries(actionNames).flatMap(([value, word]) =>
          value === "other" ? [] : [{ value, label: t(word) }],
        )}
        value={filter.action ?? null}
        onChange={(value) => set("action", value)}
      />
      <Select
        aria-label={t(w.object)}
        placeholder={t(w.anyObject)}
        clearable
        data={objects.map((object) => ({ value: object.key, label: t(object.labels) }))}
        value={filter.object ?? null}
        onChange={(value) => set("object", value)}
      />
      <DateInput
        aria-label={t(w.from)}
        placeholder={t(w.from)}
        value={filter.from ?? null}
        onChange={(draft) => day("from", draft)}
      />
      <DateInput
        aria-label={t(w.to)}
        placeholder={t(w.to)}
        value={filter.to ?? null}
        onChange={(draft) => day("to", draft)}
      />
      <TextInput
        aria-label={t(w.ip)}
        placeholder={t(w.ip)}
        value={ip}
        onChange={(event) => {
          setIp(event.currentTarget.value);
          reportIp(event.currentTarget.value);
        }}
      />
      <Select
        aria-label={t(w.result)}
        placeholder={t(w.anyResult)}
        clearable
        data={[
          { value: "ok", label: t(w.ok) },
          { value: "refused", label: t(w.refused) },
        ]}
        value={filter.result ?? null}
        onChange={(value) => set("result", value === "ok" || value === "refused" ? value : null)}
      />
      {Object.keys(filter).length > 0 && (
        <Button
          variant="subtle"
          onClick={() => {
            setIp("");
            onChange({});
          }}
        >
          {t(w.clear)}
        </Button>
      )}
    </div>
  );
}

function without(filter: object, key: string, drop: boolean): AuditFilter {
  return Object.fromEntries(Object.entries(filter).filter(([one]) => !(drop && one === key)));
}
