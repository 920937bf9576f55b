// The audit log: sentences newest first, filters, one entry in full, and the newest checkpoint.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RefreshCw, ScrollText } from "lucide-react";
import { Fragment, type ReactNode, useState } from "react";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { AuditFilters, type AuditFilter, filterBody } from "../forms/audit/AuditFilters.tsx";
import { CheckpointCard } from "../forms/audit/CheckpointCard.tsx";
import { groupEntries } from "../forms/audit/entry-groups.ts";
import { EntrySheet } from "../forms/audit/EntrySheet.tsx";
import type { CallOutput } from "../endpoint-types.ts";
import { apiQuery, keepPreviousData, useSchema } from "../query.ts";
import { ledgerSentence } from "../record/ledger-sentence.ts";
import { PlainTable } from "../table/PlainTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { auditWords as w } from "../words/audit.ts";
import { useLanguage } from "../words/words.ts";
import styles from "../forms/audit/audit.module.css";

type Entry = CallOutput<"listLedger">["entries"][number];

export default function AuditPage(): ReactNode {
  const { t } = useLanguage();
  const objects = useSchema().data?.objects ?? [];
  const [filter, setFilter] = useState<AuditFilter>({});
  /** The `before` of each page gone through, so “newer” leads back the same way. */
  const [trail, setTrail] = useState<readonly number[]>([]);
  const [shown, setShown] = useState<Entry>();
  /** Positions of the lines whose visit is shown whole. */
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const toggle = (position: number): void => {
    const next = new Set(unfolded);
    if (!next.delete(position)) next.add(position);
    setUnfolded(next);
  };
  const before = trail.at(-1);
  const list = useQuery({
    ...apiQuery("listLedger", { body: { ...filterBody(filter), limit: 100, ...(before !== undefined && { before }) } }),
    placeholderData: keepPreviousData,
    // Reading the log is itself an entry: it is read when asked for, not when the window regains the focus.
    refetchOnWindowFocus: false,
  });
  const change = (next: AuditFilter): void => {
    setFilter(next);
    setTrail([]);
  };
  const next = list.data?.next ?? undefined;

  return (
    <Page wide>
      <PageHeader
        title={t(w.title)}
        lead={t(w.intro)}
        actions={
          <Button
            variant="default"
            leftSection={<RefreshCw size="1em" aria-hidden />}
            loading={list.isFetching}
            onClick={() => (trail.length > 0 ? setTrail([]) : void list.refetch())}
          >
            {t(trail.length > 0 ? w.newest : w.refresh)}
          </Button>
        }
      />
      <CheckpointCard />
      <AuditFilters filter={filter} onChange={change} />
      {list.error && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <SkeletonRows rows={14} columns={4} />}
      {list.data && list.data.entries.length === 0 && (
        <EmptyState icon={ScrollText} title={t(w.empty)} text={t(w.emptyHint)} />
      )}
      {list.data && list.data.entries.length > 0 && (
        <PlainTable optional={[2]} label={t(w.title)} head={[t(w.when), t(w.what), t(w.ip), t(w.result)]}>
          {groupEntries(list.data.entries).map(({ main, rest }) => {
            const open = unfolded.has(main.position);
            return (
              <Fragment key={main.position}>
                <Line entry={main} names={list.data.names} objects={objects} onShow={setShown}>
                  {rest.length > 0 && (
                    <button
                      type="button"
                      className={styles["unfold"]}
                      aria-expanded={open}
                      onClick={(event) => {
                        event.stopPropagation();
                        toggle(main.position);
                      }}
                    >
                      {t(open ? w.foldVisit : w.unfoldVisit, { n: rest.length })}
                    </button>
                  )}
                </Line>
                {open &&
                  rest.map((entry) => (
                    <Line
                      key={entry.position}
                      entry={entry}
                      names={list.data.names}
                      objects={objects}
                      onShow={setShown}
                    />
                  ))}
              </Fragment>
            );
          })}
        </PlainTable>
      )}
      {(next !== undefined || trail.length > 0) && (
        <div className={styles["paging"]}>
          {trail.length > 0 && (
            <Button variant="default" onClick={() => setTrail(trail.slice(0, -1))}>
              {t(w.newer)}
            </Button>
          )}
          {next !== undefined && (
            <Button variant="default" onClick={() => setTrail([...trail, next])}>
              {t(w.older)}
            </Button>
          )}
        </div>
      )}
      {shown && list.data && (
        <EntrySheet entry={shown} names={list.data.names} objects={objects} onClose={() => setShown(undefined)} />
      )}
    </Page>
  );
}

interface LineProps {
  readonly entry: Entry;
  readonly names: Readonly<Record<string, string>>;
  readonly objects: readonly SchemaObject[];
  readonly onShow: (entry: Entry) => void;
  /** After the sentence. */
  readonly children?: ReactNode;
}

function Line({ entry, names, objects, onShow, children }: LineProps): ReactNode {
  const tools = useLanguage();
  const { t, format } = tools;
  return (
    <tr data-link onClick={() => onShow(entry)}>
      <td className={styles["time"]}>
        <time dateTime={entry.at}>
          {format
            .exact(entry.at)
            .split(" ")
            .map((part) => (
              <span key={part}>{part} </span>
            ))}
        </time>
      </td>
      <td>
        <button
          type="button"
          className={styles["sentence"]}
          onClick={(event) => {
            event.stopPropagation();
            onShow(entry);
          }}
        >
          {ledgerSentence(entry, names, objects, tools)}
        </button>
        {entry.repeated > 1 && <span className={styles["second"]}> {t(w.times, { n: entry.repeated })}</span>}
        {children}
      </td>
      <td data-optional className={styles["second"]}>
        {entry.ip ?? ""}
      </td>
      <td>
        <span className={styles["result"]} data-refused={entry.result === "refused" || undefined}>
          {t(entry.result === "refused" ? w.refused : w.ok)}
        </span>
      </td>
    </tr>
  );
}
