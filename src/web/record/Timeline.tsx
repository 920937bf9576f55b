// What happened with a record as one calm thread, newest first: what was said and done, and what was changed. One writes
// into it from above, and may look at one kind of it alone.
import { Button, SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { apiQuery, useSchema } from "../query.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { recordWords } from "../words/records.ts";
import { threadWords as w } from "../words/work.ts";
import { useLanguage } from "../words/words.ts";
import { ChangeEntry, type Change } from "./ChangeEntry.tsx";
import { Composer } from "./Composer.tsx";
import { type ThreadEntry as Entry, threadObjects, useThread } from "./thread.ts";
import { ThreadEntry } from "./ThreadEntry.tsx";
import styles from "./record.module.css";

type Item =
  | { readonly kind: "change"; readonly at: string; readonly change: Change }
  | { readonly kind: Entry["kind"]; readonly at: string; readonly entry: Entry };

const shownAtOnce = 40;

/** What a follow-up writes to the record it is about: when it was, and what comes next. */
const toldFields: ReadonlySet<string> = new Set(["lastFollowUp", "nextFollowUp"]);
const sameMomentMs = 3000;

/** A change that stands in the thread already, as the follow-up that made it. */
function isTold(change: Change, { fields }: SchemaObject, entries: readonly Entry[]): boolean {
  const at = Date.parse(change.at);
  return (
    change.fields.length > 0 &&
    change.fields.every(({ field }) => toldFields.has(field) && fields.some(({ key }) => key === field)) &&
    entries.some(
      ({ kind, record }) =>
        kind === "activity" &&
        record.createdBy === change.by &&
        Math.abs(Date.parse(record.createdAt) - at) < sameMomentMs,
    )
  );
}

export function Timeline({
  object,
  id,
  writable,
}: {
  readonly object: SchemaObject;
  readonly id: string;
  /** Not of what lies in the recycle bin. */
  readonly writable: boolean;
}): ReactNode {
  const { t } = useLanguage();
  const [kind, setKind] = useState("all");
  const [shown, setShown] = useState(shownAtOnce);
  const about = threadObjects(useSchema().data?.objects ?? [], object.key);
  const thread = useThread(about, id);
  const history = useQuery({
    ...apiQuery("readHistory", { path: { object: object.key, id } }),
    refetchOnWindowFocus: false,
  });
  const problem = history.error ?? thread.error;
  const retry = (): void => {
    if (history.error) void history.refetch();
    thread.retry();
  };
  const items: readonly Item[] = [
    ...thread.entries.map((entry): Item => ({ kind: entry.kind, at: entry.at, entry })),
    ...(history.data?.changes ?? [])
      .filter((change) => kind === "change" || !isTold(change, object, thread.entries))
      .map((change): Item => ({ kind: "change", at: change.at, change })),
  ]
    .filter((item) => kind === "all" || item.kind === kind)
    .toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));

  let content: ReactNode;
  if (problem && items.length === 0) content = <ErrorState problem={problem} onRetry={retry} />;
  else if (!history.data || thread.pending) content = <SkeletonRows rows={5} columns={2} />;
  else if (items.length === 0)
    content = (
      <EmptyState
        icon={History}
        title={t(kind === "all" ? recordWords.historyEmpty : w.emptyKind)}
        text={kind === "all" ? t(recordWords.historyEmptyHint) : undefined}
      />
    );
  else
    content = (
      <>
        <ol className={styles["timeline"]}>
          {items
            .slice(0, shown)
            .map((item) =>
              item.kind === "change" ? (
                <ChangeEntry
                  key={`${item.at} ${item.change.version ?? ""} ${item.change.action}`}
                  object={object}
                  change={item.change}
                  names={history.data.names}
                />
              ) : (
                <ThreadEntry key={item.entry.record.id} entry={item.entry} about={about} names={thread.names} />
              ),
            )}
        </ol>
        {items.length > shown && (
          <Button variant="subtle" size="xs" onClick={() => setShown(shown + shownAtOnce)}>
            {t(w.older)}
          </Button>
        )}
      </>
    );
  return (
    <div className={styles["thread"]}>
      {writable && <Composer about={about} target={{ object: object.key, id }} />}
      {about.length > 0 && (
        <SegmentedControl
          size="xs"
          aria-label={t(w.filter)}
          className={styles["threadFilter"] ?? ""}
          value={kind}
          onChange={setKind}
          data={[
            { value: "all", label: t(w.all) },
            ...about.map((one) => ({ value: one.kind, label: t(one.object.plural) })),
            { value: "change", label: t(w.changes) },
          ]}
        />
      )}
      {problem !== null && items.length > 0 && <ErrorState problem={problem} onRetry={retry} />}
      {content}
    </div>
  );
}
