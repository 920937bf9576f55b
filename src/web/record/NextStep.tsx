// When somebody will turn to this record again: in its head, with the day set in place.
import { Button, Popover } from "@mantine/core";
import { CalendarClock } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaField } from "../../contract/schema-verbs.ts";
import { type Draft, noDraft } from "../forms/draft.ts";
import { DateInput } from "../forms/DateInput.tsx";
import { useMe } from "../query.ts";
import { dayText } from "../table/day-range.ts";
import { toast } from "../ui/toast.tsx";
import { nextStepWords as w } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import { type Opened, saveField } from "./use-record.ts";
import { valueOf } from "./value-text.ts";
import styles from "./work.module.css";

export function NextStep({ field, opened }: { readonly field: SchemaField; readonly opened: Opened }): ReactNode {
  const { t, format } = useLanguage();
  const me = useMe()?.userId;
  const [asking, setAsking] = useState(false);
  const [draft, setDraft] = useState<Draft>(noDraft);
  const [busy, setBusy] = useState(false);
  const { record } = opened;
  const value = valueOf(record, field.key);
  const day = typeof value === "string" ? value : undefined;
  const overdue = day !== undefined && day < dayText(new Date());
  const writable = record.can.edit && record.deletedAt === null && field.level === "write";
  const text = (
    <>
      <CalendarClock size="1em" aria-hidden /> {day === undefined ? t(w.none) : `${t(w.next)} ${format.date(day)}`}
      {overdue && <span> · {t(w.overdue)}</span>}
    </>
  );
  if (!writable)
    return day === undefined ? null : (
      <span className={styles["nextStep"]} data-overdue={overdue || undefined}>
        {text}
      </span>
    );
  const save = async (next: Draft): Promise<void> => {
    setBusy(true);
    try {
      await saveField(record, field, next, me);
      setAsking(false);
    } catch (error) {
      toast.problem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Popover opened={asking} onChange={setAsking} trapFocus position="bottom-start">
      <Popover.Target>
        <button
          type="button"
          className={styles["nextStep"]}
          data-overdue={overdue || undefined}
          aria-expanded={asking}
          onClick={() => {
            setDraft({ value: day ?? null });
            setAsking(!asking);
          }}
        >
          {text}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          className={styles["nextForm"]}
          onSubmit={(event) => {
            event.preventDefault();
            if (draft.problem === undefined) void save(draft);
          }}
        >
          <DateInput
            label={t(w.next)}
            autoFocus
            error={draft.problem}
            value={typeof draft.value === "string" ? draft.value : null}
            onChange={setDraft}
          />
          <div className={styles["nextButtons"]}>
            <Button type="submit" size="xs" loading={busy} disabled={draft.problem !== undefined}>
              {t(w.save)}
            </Button>
            {day !== undefined && (
              <Button size="xs" variant="subtle" onClick={() => void save(noDraft)}>
                {t(w.clear)}
              </Button>
            )}
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
