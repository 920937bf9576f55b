// The list of an object's records: the same for every object, shipped or custom, driven by the schema alone.
import { Button } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Building2, Plus, SearchX, Upload, Users } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { RecordView } from "../../contract/record-verbs.ts";
import type { SchemaObject } from "../../contract/schema-verbs.ts";
import { CreateSheet } from "../forms/CreateSheet.tsx";
import { recordPath } from "../frame/places.ts";
import { apiQuery, keepPreviousData, useSchema, useSession } from "../query.ts";
import { inSentence } from "../record/in-sentence.ts";
import { PurposeSheet } from "../record/PurposeSheet.tsx";
import { RecordPanel } from "../record/RecordPanel.tsx";
import { EmptyState } from "../ui/EmptyState.tsx";
import { ErrorState } from "../ui/ErrorState.tsx";
import { PageHeader } from "../ui/PageHeader.tsx";
import { SkeletonRows } from "../ui/SkeletonRows.tsx";
import { listWords } from "../words/records.ts";
import { useLanguage } from "../words/words.ts";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { rememberOrder } from "./list-order.ts";
import { listBody, nextSort, shownColumns, useListState, usualSort } from "./list-state.ts";
import { Pager } from "./Pager.tsx";
import { RecordCards } from "./RecordCards.tsx";
import { RecordTable } from "./RecordTable.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import styles from "./table.module.css";

/** By the object's key; shows skeletons until the schema is known. */
export function RecordListPage({ objectKey }: { readonly objectKey: string }): ReactNode {
  const schema = useSchema();
  const object = schema.data?.objects.find(({ key }) => key === objectKey);
  if (schema.error) return <ErrorState problem={schema.error} onRetry={() => void schema.refetch()} />;
  if (!object) return <SkeletonRows rows={12} columns={6} />;
  return <RecordList key={objectKey} object={object} />;
}

function RecordList({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const small = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false });
  const schema = useSchema().data;
  const [state, change] = useListState(object);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [preview, setPreview] = useState<string>();
  const columns = useMemo(() => shownColumns(object, state.columns), [object, state.columns]);
  const body = useMemo(() => listBody(object, state, columns, new Date()), [object, state, columns]);
  const list = useQuery({
    ...apiQuery("listRecords", { path: { object: object.key }, body }),
    placeholderData: keepPreviousData,
  });
  const previewSoon = useDebouncedCallback(setPreview, 200);
  const rows = useMemo(() => list.data?.rows ?? [], [list.data]);
  const chosen = rows.filter((record) => selected.has(record.id));
  const asked = state.search.trim() !== "" || state.chips.length > 0;
  const offset = state.page * state.pageSize;
  const total = list.data?.count?.value ?? rows.length;
  const objects = t(object.plural);

  useEffect(() => {
    if (list.data && !list.isPlaceholderData)
      rememberOrder(object.key, {
        ids: list.data.rows.map(({ id }) => id),
        offset,
        total: list.data.count?.value ?? 0,
      });
  }, [list.data, list.isPlaceholderData, object.key, offset]);
  useEffect(() => setSelected(new Set()), [body]);

  const open = (record: RecordView): void => void navigate(recordPath(object.key, record.id) ?? ".");
  const search = schema?.search;

  let content: ReactNode;
  if (list.error && !list.data) content = <ErrorState problem={list.error} onRetry={() => void list.refetch()} />;
  else if (!list.data) content = <SkeletonRows rows={14} columns={small === true ? 2 : columns.length} />;
  else if (rows.length === 0 && !list.isPlaceholderData)
    content = <Nothing object={object} asked={asked} onClear={() => change({ search: "", chips: [] })} />;
  else if (small === true)
    content = (
      <RecordCards
        object={object}
        columns={columns}
        rows={rows}
        names={list.data.names}
        label={t(listWords.table, { objects: inSentence(objects) })}
      />
    );
  else {
    content = (
      <RecordTable
        object={object}
        columns={columns}
        rows={rows}
        names={list.data.names}
        offset={offset}
        total={total}
        sort={state.sort.length > 0 ? state.sort : usualSort}
        onSort={(field, several) => change({ sort: nextSort(state.sort, field, several) })}
        selected={selected}
        onSelect={setSelected}
        onOpen={open}
        onPreview={(record) => (record && preview !== undefined ? previewSoon(record.id) : setPreview(record?.id))}
        previewed={preview}
        stale={list.isPlaceholderData}
      />
    );
  }

  return (
    <div className={styles["page"]}>
      <PageHeader
        title={objects}
        count={list.data?.count?.value}
        more={list.data?.count?.more}
        actions={<Actions object={object} />}
      >
        <FilterBar object={object} state={state} change={change} names={list.data?.names ?? {}}>
          {small !== true && (
            <ColumnChooser
              object={object}
              columns={state.columns}
              onChange={(next) => change({ columns: next, page: state.page })}
            />
          )}
        </FilterBar>
        {search && !search.ready && state.search !== "" && (
          <p className={styles["second"]}>{t(listWords.indexLoading, { done: search.done, total: search.total })}</p>
        )}
      </PageHeader>
      {list.error && list.data && <ErrorState problem={list.error} onRetry={() => void list.refetch()} />}
      <div className={styles["split"]}>
        <div className={styles["main"]}>
          {content}
          <SelectionBar object={object} records={chosen} onClear={() => setSelected(new Set())} />
          {list.data && (rows.length > 0 || state.page > 0) && (
            <Pager
              page={state.page}
              pageSize={state.pageSize}
              rows={rows.length}
              count={list.data.count}
              onPage={(page) => change({ page })}
              onPageSize={(pageSize) => change({ pageSize })}
            />
          )}
        </div>
        {preview !== undefined && small !== true && (
          <RecordPanel key={preview} object={object.key} id={preview} onClose={() => setPreview(undefined)} />
        )}
      </div>
      <PurposeSheet />
    </div>
  );
}

/** Import and create; `?new` in the address opens the form. */
function Actions({ object }: { readonly object: SchemaObject }): ReactNode {
  const { t } = useLanguage();
  const [params, setParams] = useSearchParams();
  const opened = params.has("new");
  const setOpened = (next: boolean): void =>
    setParams(
      (now) => {
        if (next) now.set("new", "");
        else now.delete("new");
        return now;
      },
      { replace: true },
    );
  return (
    <>
      {may(object, "import") && (
        <Button
          component={Link}
          to={`/import?object=${object.key}`}
          variant="default"
          leftSection={<Upload size="1em" aria-hidden />}
        >
          {t(listWords.import)}
        </Button>
      )}
      {may(object, "create") && (
        <Button leftSection={<Plus size="1em" aria-hidden />} onClick={() => setOpened(true)}>
          {t(listWords.create, { object: inSentence(t(object.labels)) })}
        </Button>
      )}
      {may(object, "create") && <CreateSheet object={object.key} opened={opened} onClose={() => setOpened(false)} />}
    </>
  );
}

function Nothing({
  object,
  asked,
  onClear,
}: {
  readonly object: SchemaObject;
  readonly asked: boolean;
  readonly onClear: () => void;
}): ReactNode {
  const { t } = useLanguage();
  const [, setParams] = useSearchParams();
  const confirmed = useSession().data?.confirmed !== false;
  const objects = t(object.plural);
  if (asked) {
    return (
      <EmptyState
        icon={SearchX}
        title={t(listWords.noMatch, { objects: inSentence(objects) })}
        text={t(confirmed ? listWords.noMatchHint : listWords.noMatchUnconfirmed)}
        actions={
          <Button variant="default" onClick={onClear}>
            {t(listWords.clearAll)}
          </Button>
        }
      />
    );
  }
  const create = may(object, "create");
  return (
    <EmptyState
      icon={object.key === "account" ? Building2 : Users}
      title={t(listWords.emptyTitle, { objects: inSentence(objects) })}
      text={create ? t(listWords.emptyHint) : t(listWords.emptyNoCreate, { objects: inSentence(objects) })}
      actions={
        create && (
          <>
            {may(object, "import") && (
              <Button component={Link} to={`/import?object=${object.key}`}>
                {t(listWords.importCsv)}
              </Button>
            )}
            <Button variant="default" onClick={() => setParams({ new: "" }, { replace: true })}>
              {t(listWords.create, { object: inSentence(t(object.labels)) })}
            </Button>
          </>
        )
      }
    />
  );
}

function may(object: SchemaObject, action: "create" | "import"): boolean {
  return (object.can[action] ?? "none") !== "none";
}
