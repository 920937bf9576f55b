// A record beside its list: the facts, editable as on its page, and the way to the whole page.
import { ActionIcon, CloseButton, Tooltip } from "@mantine/core";
import { ChevronDown, ChevronUp, Maximize2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { recordPath } from "../frame/places.ts";
import { useSchema } from "../query.ts";
import { neighboursOf } from "../table/list-order.ts";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { recordWords, valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { RecordFacts } from "./RecordFacts.tsx";
import { useRecord } from "./use-record.ts";
import { nameOf } from "./value-text.ts";
import styles from "./record.module.css";

export function RecordPanel({
  object: key,
  id,
  onStep,
  onClose,
}: {
  readonly object: string;
  readonly id: string;
  /** To the record before or after it in the list. */
  readonly onStep: (id: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useLanguage();
  const opened = useRecord(key, id);
  const neighbours = neighboursOf(key, id);
  const object = useSchema().data?.objects.find((one) => one.key === key);
  const name = opened.data && object ? nameOf(opened.data.record, object.nameField) || t(valueWords.unknownRecord) : "";
  return (
    <aside
      className={styles["panel"]}
      aria-label={name}
      onKeyDown={(event) => event.key === "Escape" && !event.defaultPrevented && onClose()}
    >
      <header className={styles["panelHead"]}>
        <h2>{name}</h2>
        {(["previous", "next"] as const).map((side) => {
          const to = neighbours?.[side];
          const Icon = side === "previous" ? ChevronUp : ChevronDown;
          return (
            <ActionIcon
              key={side}
              aria-label={t(recordWords[side])}
              disabled={to === undefined}
              onClick={() => to !== undefined && onStep(to)}
            >
              <Icon size="1em" aria-hidden />
            </ActionIcon>
          );
        })}
        <Tooltip label={t(recordWords.openPage)}>
          <ActionIcon component={Link} to={recordPath(key, id) ?? "."} aria-label={t(recordWords.openPage)}>
            <Maximize2 size="1em" aria-hidden />
          </ActionIcon>
        </Tooltip>
        <CloseButton aria-label={t(recordWords.close)} onClick={onClose} />
      </header>
      {opened.error && <ErrorState problem={opened.error} onRetry={() => void opened.refetch()} />}
      {opened.isPending && <SkeletonRows rows={8} columns={2} />}
      {opened.data && object && <RecordFacts key={id} object={object} opened={opened.data} brief />}
    </aside>
  );
}
