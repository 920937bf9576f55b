// The recycle bin: deleted records of each object, by whom and when, and the way back.
import { Button, Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { api } from "../api.ts";
import { recordPath } from "../frame/places.ts";
import { apiQuery, keepPreviousData, refresh, useSchema } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { nameOf } from "../record/value-text.ts";
import { Pager } from "../table/Pager.tsx";
import { PlainTable } from "../table/PlainTable.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { Page } from "../ui/Panel.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { toast } from "../ui/toast.tsx";
import { recycleWords as w } from "../words/admin.ts";
import { valueWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";

export default function RecycleBinPage(): ReactNode {
  const { t } = useLanguage();
  const schema = useSchema().data;
  const objects = schema?.objects.filter(({ can }) => (can["delete"] ?? "none") !== "none") ?? [];
  const [tab, setTab] = useState<string | null>(null);
  const shown = objects.find(({ key }) => key === tab) ?? objects[0];
  return (
    <Page wide>
      <PageHeader title={t(w.title)} lead={t(w.lead)} />
      {!schema && <SkeletonRows />}
      {schema && !shown && <EmptyState icon={Trash2} title={t(w.nothing)} text={t(w.nothingHint)} />}
      {shown && (
        <Tabs value={shown.key} onChange={setTab} keepMounted={false}>
          <Tabs.List>
            {objects.map((object) => (
              <Tabs.Tab key={object.key} value={object.key}>
                {t(object.plural)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {objects.map((object) => (
            <Tabs.Panel key={object.key} value={object.key} pt="md">
              <Deleted object={object} />
            </Tabs.Panel>
          ))}
        </Tabs>
      )}
    </Page>
  );
}

function Deleted({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t, format } = useLanguage();
  const [page, setPage] = useState(0);
  const [pageSize, setPageSize] = useState(50);
  const [busy, setBusy] = useState<string>();
  const body = {
    deleted: true,
    count: true,
    limit: pageSize,
    offset: page * pageSize,
    columns: [object.nameField],
    sort: [{ field: "updatedAt", direction: "desc" as const }],
  };
  const list = useQuery({
    ...apiQuery("listRecords", { path: { object: object.key }, body }),
    placeholderData: keepPreviousData,
  });

  const restore = async (record: RecordView, name: string): Promise<void> => {
    setBusy(record.id);
    try {
      await api.call("restoreRecord", { path: { object: object.key, id: record.id } });
      await refresh("listRecords", "suggestRecords");
      toast.done(t(w.restored, { name }));
    } catch (error) {
      toast.problem(error);
    } finally {
      setBusy(undefined);
    }
  };

  if (list.error) return <ErrorState problem={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <SkeletonRows columns={4} />;
  const { rows, names, count } = list.data;
  if (rows.length === 0 && page === 0)
    return (
      <EmptyState icon={Trash2} title={t(w.empty, { objects: inSentence(t(object.plural)) })} text={t(w.emptyHint)} />
    );
  const person = (id: string | null): string =>
    id === null ? t(valueWords.system) : (names[id] ?? t(valueWords.somebody));
  return (
    <>
      <PlainTable
        optional={[1, 2]}
        label={t(w.title)}
        head={[t(w.name), t(w.owner), t(w.deletedBy), t(w.deletedAt), ""]}
      >
        {rows.map((record) => {
          const name = nameOf(record, object.nameField) || t(valueWords.unknownRecord);
          const path = recordPath(object.key, record.id);
          return (
            <tr key={record.id}>
              <th scope="row">{path === undefined ? name : <Link to={path}>{name}</Link>}</th>
              <td data-optional>{record.owner === null ? t(valueWords.none) : person(record.owner)}</td>
              <td data-optional>{person(record.updatedBy)}</td>
              <td>
                {record.deletedAt !== null && (
                  <time dateTime={record.deletedAt} title={format.exact(record.deletedAt)}>
                    {format.relative(record.deletedAt)}
                  </time>
                )}
              </td>
              <td data-end>
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={<RotateCcw size="1em" aria-hidden />}
                  loading={busy === record.id}
                  disabled={!record.can.delete}
                  aria-label={t(w.restoreNamed, { name })}
                  onClick={() => void restore(record, name)}
                >
                  {t(w.restore)}
                </Button>
              </td>
            </tr>
          );
        })}
      </PlainTable>
      <Pager
        page={page}
        pageSize={pageSize}
        rows={rows.length}
        count={count}
        onPage={setPage}
        onPageSize={(size) => {
          setPage(0);
          setPageSize(size);
        }}
      />
    </>
  );
}
